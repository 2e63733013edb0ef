using Rig.Actors.Health;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Tests.Health;

public sealed class GatesTests
{
    private static readonly GateSettings Limits = new();

    [Fact]
    public void A_healthy_machine_passes_every_gate() => Assert.Empty(Gates.OfNode(Samples.Machine(), Limits, plannedMinutes: 110));

    [Theory]
    [InlineData(15.0, null)]
    [InlineData(14.9, GateLevel.Warn)]
    [InlineData(10.0, GateLevel.Warn)]
    [InlineData(9.9, GateLevel.Block)]
    public void Free_space_warns_below_15_and_blocks_below_10_percent(double free, GateLevel? expected)
    {
        MachineReadings machine = Samples.Machine();
        AssertLevel(expected, "disk", machine with { Disk = machine.Disk with { FreePercent = free } });
    }

    [Theory]
    [InlineData(74.9, null)]
    [InlineData(75.0, GateLevel.Warn)]
    [InlineData(85.0, GateLevel.Block)]
    public void Temperature_warns_from_75_and_blocks_from_85_degrees(double celsius, GateLevel? expected) =>
        AssertLevel(expected, "temperature", Samples.Machine() with { Temperature = new TemperatureStatus(celsius, "cpu") });

    [Theory]
    [InlineData(20.0, false, null)]
    [InlineData(19.9, false, GateLevel.Warn)]
    [InlineData(9.9, false, GateLevel.Block)]
    [InlineData(5.0, true, null)]
    public void Battery_warns_below_20_and_blocks_below_10_percent_unless_it_charges(double percent, bool charging, GateLevel? expected) =>
        AssertLevel(expected, "battery", Samples.Machine() with { Battery = new BatteryStatus(percent, charging) });

    [Theory]
    [InlineData(1.0, 0.5, null)]
    [InlineData(-1.5, 0.5, GateLevel.Warn)]
    [InlineData(1.0, 4.0, GateLevel.Block)]
    public void The_clock_is_judged_by_offset_and_uncertainty_together(double offset, double uncertainty, GateLevel? expected) =>
        AssertLevel(expected, "clock", Samples.Machine() with { Clock = Clock(offset, uncertainty) });

    [Fact]
    public void An_unknown_clock_warns_in_a_rig_and_passes_on_a_node_alone()
    {
        MachineReadings machine = Samples.Machine() with { Clock = new ClockStatus { Source = "none" } };
        Assert.Empty(Gates.OfNode(machine, Limits));
        Assert.Equal(
            ("clock", GateLevel.Warn),
            Assert.Single(Gates.OfNode(machine with { HasPeers = true }, Limits)) is var gate ? (gate.Gate, gate.Level) : default
        );
    }

    [Fact]
    public void The_clock_only_warns_when_its_block_level_is_taken_away()
    {
        MachineReadings machine = Samples.Machine() with { Clock = Clock(100, 0) };
        GateReading reading = Assert.Single(Gates.OfNode(machine, Limits with { ClockBlockMs = null }));
        Assert.Equal(GateLevel.Warn, reading.Level);
    }

    [Fact]
    public void A_disk_that_cannot_be_written_blocks()
    {
        MachineReadings machine = Samples.Machine();
        AssertLevel(GateLevel.Block, "disk", machine with { Disk = machine.Disk with { Writable = false } });
    }

    [Fact]
    public void A_session_longer_than_the_free_space_warns_with_both_numbers()
    {
        MachineReadings machine = Samples.Machine();
        GateReading reading = Assert.Single(Gates.OfNode(machine with { Disk = machine.Disk with { EstimatedMinutes = 60 } }, Limits, 110));
        Assert.Equal((GateLevel.Warn, "room for about 60 min", "110 min planned"), (reading.Level, reading.Value, reading.Limit));
    }

    [Theory]
    [InlineData(IngestState.Streaming, RecorderState.Idle, null)]
    [InlineData(IngestState.NoSignal, RecorderState.Idle, "signal")]
    [InlineData(IngestState.Error, RecorderState.Idle, "signal")]
    [InlineData(IngestState.Paused, RecorderState.Idle, "signal")]
    [InlineData(IngestState.Streaming, RecorderState.Failed, "recorder")]
    public void A_camera_needs_a_signal_and_a_recorder(IngestState ingest, RecorderState recorder, string? gate)
    {
        IReadOnlyList<GateReading> readings = Gates.OfCamera(Samples.Camera("cam0", ingest, recorder));
        Assert.Equal(gate is null ? [] : [gate], readings.Select(reading => reading.Gate));
        Assert.All(readings, reading => Assert.Equal(("cam0", GateLevel.Block), (reading.Camera, reading.Level)));
    }

    [Fact]
    public void A_machine_that_tells_nothing_of_battery_or_temperature_passes() =>
        Assert.Empty(
            Gates.OfNode(
                Samples.Machine() with
                {
                    Battery = null,
                    Temperature = null,
                    Clock = new ClockStatus { Source = "none" },
                },
                Limits
            )
        );

    private static ClockStatus Clock(double offset, double uncertainty) =>
        new()
        {
            Source = "chrony",
            OffsetMs = offset,
            UncertaintyMs = uncertainty,
        };

    private static void AssertLevel(GateLevel? expected, string gate, MachineReadings machine)
    {
        GateReading? reading = Gates.OfNode(machine, Limits).SingleOrDefault();
        Assert.Equal(expected, reading?.Level);
        if (reading is not null)
        {
            Assert.Equal(gate, reading.Gate);
            Assert.NotEmpty(reading.Remedy);
        }
    }
}
