using System.Globalization;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Health;

/// <summary>
/// The conditions for recording. Pure: readings and limits in, verdicts out. A gate that passes is not listed. Whether a verdict stops
/// anything is decided elsewhere: before a recording <see cref="GateLevel.Block"/> refuses, during one every gate only warns.
/// </summary>
public static class Gates
{
    /// <summary>Verdicts that concern the whole node.</summary>
    /// <param name="plannedMinutes">How long the session is going to be, if that is known.</param>
    public static IReadOnlyList<GateReading> OfNode(MachineReadings readings, GateSettings limits, double? plannedMinutes = null)
    {
        ArgumentNullException.ThrowIfNull(readings);
        ArgumentNullException.ThrowIfNull(limits);
        List<GateReading> failing = [];
        Add(failing, Disk(readings.Disk, limits));
        Add(failing, Length(readings.Disk, plannedMinutes));
        Add(failing, Temperature(readings.Temperature, limits));
        Add(failing, Battery(readings.Battery, limits));
        Add(failing, Clock(readings.Clock, readings.HasPeers, limits));
        return failing;
    }

    /// <summary>Verdicts on one camera.</summary>
    public static IReadOnlyList<GateReading> OfCamera(CameraStatus camera)
    {
        ArgumentNullException.ThrowIfNull(camera);
        List<GateReading> failing = [];
        if (camera.Ingest.State is not IngestState.Streaming)
        {
            failing.Add(
                new GateReading
                {
                    Gate = "signal",
                    Camera = camera.Id,
                    Level = GateLevel.Block,
                    Value = camera.Ingest.State == IngestState.NoSignal ? "no signal" : camera.Ingest.State.ToString().ToLowerInvariant(),
                    Limit = "streaming",
                    Remedy = camera.Ingest.State switch
                    {
                        IngestState.Paused => "Resume the camera.",
                        IngestState.Starting or IngestState.Idle => "Wait until the camera streams.",
                        _ => camera.Ingest.LastError is { } error
                            ? $"Check cable, power and settings of the camera: {error}"
                            : "Check cable and power of the camera.",
                    },
                }
            );
        }

        if (camera.Recorder.State == RecorderState.Failed)
        {
            failing.Add(
                new GateReading
                {
                    Gate = "recorder",
                    Camera = camera.Id,
                    Level = GateLevel.Block,
                    Value = camera.Recorder.LastError ?? "failed",
                    Limit = "ready",
                    Remedy = "Look at the log, then resume the camera.",
                }
            );
        }

        return failing;
    }

    private static GateReading? Disk(DiskStatus disk, GateSettings limits)
    {
        if (!disk.Writable)
        {
            return Reading(
                "disk",
                GateLevel.Block,
                "not writable",
                "writable",
                $"Mount {disk.Path} for writing, or choose another recordings folder."
            );
        }

        GateLevel level = Below(disk.FreePercent, limits.DiskWarnPercent, limits.DiskBlockPercent);
        return level == GateLevel.Ok
            ? null
            : Reading(
                "disk",
                level,
                Text(disk.FreePercent, "% free"),
                $"warn below {Text(limits.DiskWarnPercent, "%")}, block below {Text(limits.DiskBlockPercent, "%")}",
                "Copy recordings off and confirm them, then delete the confirmed ones; or use a larger disk."
            );
    }

    private static GateReading? Length(DiskStatus disk, double? plannedMinutes) =>
        plannedMinutes is { } planned && disk.EstimatedMinutes is { } fits && fits < planned
            ? Reading(
                "disk",
                GateLevel.Warn,
                $"room for about {Text(fits, " min")}",
                $"{Text(planned, " min")} planned",
                "Free disk space, lower the bitrate, or plan a shorter session."
            )
            : null;

    private static GateReading? Temperature(TemperatureStatus? temperature, GateSettings limits)
    {
        if (temperature is null)
        {
            return null;
        }

        GateLevel level = Above(temperature.Celsius, limits.TemperatureWarn, limits.TemperatureBlock);
        return level == GateLevel.Ok
            ? null
            : Reading(
                "temperature",
                level,
                $"{Text(temperature.Celsius, " °C")} ({temperature.Sensor})",
                $"warn from {Text(limits.TemperatureWarn, " °C")}, block from {Text(limits.TemperatureBlock, " °C")}",
                "Give the machine shade and air, or check its fan."
            );
    }

    private static GateReading? Battery(BatteryStatus? battery, GateSettings limits)
    {
        if (battery is null || battery.Charging)
        {
            return null;
        }

        GateLevel level = Below(battery.Percent, limits.BatteryWarnPercent, limits.BatteryBlockPercent);
        return level == GateLevel.Ok
            ? null
            : Reading(
                "battery",
                level,
                Text(battery.Percent, "%"),
                $"warn below {Text(limits.BatteryWarnPercent, "%")}, block below {Text(limits.BatteryBlockPercent, "%")}",
                "Connect power or change the battery."
            );
    }

    /// <summary>
    /// Offset and uncertainty count together: a clock that may be off by 5 ms is not known to be better. A clock of which nothing is known passes on
    /// a node alone, whose cameras share it, and warns in a rig; it never blocks, because it may well be right.
    /// </summary>
    private static GateReading? Clock(ClockStatus clock, bool hasPeers, GateSettings limits)
    {
        if (clock.OffsetMs is not { } offset)
        {
            return hasPeers
                ? Reading(
                    "clock",
                    GateLevel.Warn,
                    "unknown",
                    $"known within {Text(limits.ClockWarnMs, " ms")}",
                    "Install chrony on this node (deploy/chrony has its configuration), or wait until the rig has a coordinator to measure against."
                )
                : null;
        }

        double worst = Math.Abs(offset) + (clock.UncertaintyMs ?? 0);
        GateLevel level = Above(worst, limits.ClockWarnMs, limits.ClockBlockMs ?? double.PositiveInfinity);
        return level == GateLevel.Ok
            ? null
            : Reading(
                "clock",
                level,
                $"offset {Text(offset, " ms")}, uncertain by {Text(clock.UncertaintyMs ?? 0, " ms")}",
                $"warn from {Text(limits.ClockWarnMs, " ms")}"
                    + (limits.ClockBlockMs is { } block ? $", block from {Text(block, " ms")}" : ", never blocks"),
                "Check the network to the clock master, or wait for the clock to settle."
            );
    }

    private static GateLevel Below(double value, double warn, double block) =>
        value < block ? GateLevel.Block
        : value < warn ? GateLevel.Warn
        : GateLevel.Ok;

    private static GateLevel Above(double value, double warn, double block) =>
        value >= block ? GateLevel.Block
        : value >= warn ? GateLevel.Warn
        : GateLevel.Ok;

    private static string Text(double value, string unit) => value.ToString("0.#", CultureInfo.InvariantCulture) + unit;

    private static GateReading Reading(string gate, GateLevel level, string value, string limit, string remedy) =>
        new()
        {
            Gate = gate,
            Level = level,
            Value = value,
            Limit = limit,
            Remedy = remedy,
        };

    private static void Add(List<GateReading> list, GateReading? reading)
    {
        if (reading is not null)
        {
            list.Add(reading);
        }
    }
}
