using Rig.Actors.Clock;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Tests.Clock;

public sealed class ClockViewTests
{
    private static readonly ExchangeReading Alone = new(null, false, null, null);
    private static readonly ExchangeReading Measured = new(
        "CAM_C",
        false,
        (TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(1)),
        20
    );

    [Fact]
    public void A_synchronised_chronyd_is_believed_before_the_exchange()
    {
        ClockStatus clock = ClockView.Of(Chrony(0.0004), Measured, TimeSpan.Zero);
        Assert.Equal(
            ("chrony", true, 0.4, 0.2, ClockConfidence.High, ClockRole.Client, "cam-c", 9),
            (
                clock.Source,
                clock.Synchronised,
                clock.OffsetMs,
                clock.UncertaintyMs,
                clock.Confidence,
                clock.Role,
                clock.Reference,
                clock.Stratum
            )
        );
        Assert.Equal((0.2, 0.1, 12.5), (clock.RootDelayMs, clock.RootDispersionMs, clock.DriftPpm));
    }

    [Fact]
    public void A_chronyd_that_follows_nothing_leaves_it_to_the_exchange()
    {
        ChronyReading waiting = Chrony(0);
        waiting = waiting with { Tracking = waiting.Tracking with { Synchronised = false } };
        ClockStatus clock = ClockView.Of(waiting, Measured, TimeSpan.Zero);
        Assert.Equal(
            ("exchange", false, 3, 1, ClockConfidence.Medium, ClockRole.Client, "CAM_C", 20),
            (
                clock.Source,
                clock.Synchronised,
                clock.OffsetMs,
                clock.UncertaintyMs,
                clock.Confidence,
                clock.Role,
                clock.Reference,
                clock.DriftPpm
            )
        );
    }

    [Fact]
    public void Without_either_nothing_is_known() =>
        Assert.Equal(new ClockStatus { Source = "none" }, ClockView.Of(null, Alone, TimeSpan.Zero));

    [Fact]
    public void The_coordinators_node_is_what_the_others_measure_against()
    {
        ClockStatus clock = ClockView.Of(null, new ExchangeReading("CAM_L", true, null, null), TimeSpan.Zero);
        Assert.Equal((0, 0, ClockRole.Master), (clock.OffsetMs, clock.UncertaintyMs, clock.Role));
    }

    [Theory]
    [InlineData(ChronyTracking.LocalReference, ChronySourceKind.Server, ClockRole.Master)]
    [InlineData("47505300", ChronySourceKind.ReferenceClock, ClockRole.Master)]
    [InlineData("7F000001", ChronySourceKind.Server, ClockRole.Client)]
    public void Who_serves_its_own_clock_or_a_receivers_is_master(string reference, object kind, object role)
    {
        ChronyReading reading = Chrony(0);
        reading = new ChronyReading(
            reading.Tracking with
            {
                ReferenceId = reference,
            },
            [new ChronySource((ChronySourceKind)kind, true, "x", 1, true)]
        );
        Assert.Equal(role, ClockView.Of(reading, Alone, TimeSpan.Zero).Role);
    }

    [Fact]
    public void A_step_that_is_held_back_is_an_offset_of_the_nodes_time()
    {
        ClockStatus clock = ClockView.Of(Chrony(0), Alone, TimeSpan.FromSeconds(10));
        Assert.Equal((-10_000, 10_000, ClockConfidence.Low), (clock.OffsetMs, clock.HeldStepMs, clock.Confidence));
    }

    [Fact]
    public void News_is_another_source_role_or_confidence_or_a_millisecond()
    {
        ClockStatus clock = ClockView.Of(Chrony(0), Alone, TimeSpan.Zero);
        Assert.False(ClockView.IsNews(clock, clock with { OffsetMs = 0.9, LastSync = DateTimeOffset.UnixEpoch }));
        Assert.True(ClockView.IsNews(clock, clock with { OffsetMs = 1 }));
        Assert.True(ClockView.IsNews(clock, clock with { Role = ClockRole.Master }));
        Assert.True(ClockView.IsNews(clock, new ClockStatus { Source = "none" }));
    }

    private static ChronyReading Chrony(double offset) =>
        new(
            new ChronyTracking
            {
                ReferenceId = "7F000001",
                Source = "cam-c",
                Stratum = 9,
                Offset = offset,
                FrequencyPpm = 12.5,
                RootDelay = 0.0002,
                RootDispersion = 0.0001,
                Synchronised = true,
            },
            []
        );
}
