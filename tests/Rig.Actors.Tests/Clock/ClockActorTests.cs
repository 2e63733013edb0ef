using Akka.Actor;
using Rig.Actors.Clock;
using Rig.Actors.Tests.Support;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Streams.Clocks;

namespace Rig.Actors.Tests.Clock;

public sealed class ClockActorTests : ActorTest
{
    private readonly ClockBoard _board = new();
    private readonly TwoClocks _rig;
    private volatile ChronyReading? _chrony;

    public ClockActorTests() => _rig = new TwoClocks(Time, "CAM_C") { OtherIsBehind = TimeSpan.FromMilliseconds(4) };

    [Fact]
    public void Without_chrony_the_offset_is_measured_against_the_coordinators_node()
    {
        IActorRef clock = Start(_rig);
        ClockStatus measured = Hear<ClockChanged>().Clock;
        Assert.Equal(
            ("exchange", 4, 0, "CAM_C", ClockRole.Client),
            (measured.Source, measured.OffsetMs, measured.UncertaintyMs, measured.Reference, measured.Role)
        );
        Assert.Equal(4, _rig.Asked);
        ClockAnswer answer = Answer<ClockAnswer>(clock, GetClock.Instance);
        Assert.True(answer.HasPeers);
        Assert.Equal(measured, answer.Clock);
        Assert.Equal(measured, _board.Newest);
    }

    [Fact]
    public void Chrony_takes_over_when_it_is_synchronised_and_the_change_is_told_once()
    {
        IActorRef clock = Start(_rig);
        Hear<ClockChanged>();
        _chrony = Synchronised();
        Advance(5);
        Assert.Equal("chrony", Hear<ClockChanged>().Clock.Source);
        Look(clock);
        Assert.Empty(Heard().OfType<ClockChanged>());
    }

    [Fact]
    public void Another_coordinator_is_another_reference()
    {
        IActorRef clock = Start(_rig);
        Hear<ClockChanged>();
        _rig.Leader = "CAM_R";
        _rig.Reachable = false;
        Advance(5);
        ClockStatus unknown = Hear<ClockChanged>().Clock;
        Assert.Equal(("none", null), (unknown.Source, unknown.OffsetMs));
        _rig.Leader = "CAM_L";
        Advance(5);
        Assert.Equal(
            (ClockRole.Master, 0),
            (Hear<ClockChanged>().Clock.Role, Answer<ClockAnswer>(clock, GetClock.Instance).Clock.OffsetMs)
        );
    }

    [Fact]
    public void A_node_alone_knows_nothing_and_nobody()
    {
        IActorRef clock = Start(null);
        Look(clock);
        Assert.Equal(new ClockAnswer(new ClockStatus { Source = "none" }, false), Answer<ClockAnswer>(clock, GetClock.Instance));
        Assert.Empty(Heard());
    }

    [Fact]
    public async Task Other_nodes_are_told_the_time_and_nothing_else()
    {
        Settle(Start(_rig));
        DateTimeOffset sent = Now.AddSeconds(-3);
        Assert.Equal(new TimeAnswer(sent, Now, Now), await _rig.Handler!(new FromNode("CAM_C", new AskTime(sent)), default));
        Assert.Null(await _rig.Handler(new FromNode("CAM_C", new AskNodeStatus()), default));
    }

    [Fact]
    public void A_step_is_told_and_ends_what_was_measured_before_it()
    {
        SteppedTime system = new(Time);
        SteadyTime steady = new(system);
        IActorRef clock = Start(_rig, steady);
        Hear<ClockChanged>();
        using (SteadyTime.Hold(steady))
        {
            system.Step += TimeSpan.FromSeconds(10);
            _rig.Reachable = false;
            Advance(5);
            ClockStepped stepped = Hear<ClockStepped>();
            Assert.Equal((10_000, true, Now), (stepped.StepMs, stepped.Held, stepped.Time));
            Assert.Equal(10_000, Hear<ClockChanged>().Clock.HeldStepMs);
        }

        Look(clock);
        Assert.Null(Answer<ClockAnswer>(clock, GetClock.Instance).Clock.HeldStepMs);
    }

    private IActorRef Start(ICluster? cluster, TimeProvider? time = null) =>
        ActorOf(
            ClockActor.Props(
                new ClockSetup
                {
                    NodeId = "CAM_L",
                    Board = _board,
                    Time = time ?? Time,
                    Interval = TimeSpan.FromSeconds(5),
                    Cluster = cluster,
                    ReadChrony = _ => Task.FromResult(_chrony),
                }
            ),
            "clock"
        );

    /// <summary>Plays a reading to its end.</summary>
    private void Look(IActorRef clock)
    {
        for (int turn = 0; turn < 3; turn++)
        {
            Advance(5);
            Settle(clock);
        }
    }

    private static ChronyReading Synchronised() =>
        new(
            new ChronyTracking
            {
                ReferenceId = "7F000001",
                Source = "cam-c",
                Stratum = 9,
                Offset = 0,
                FrequencyPpm = 1,
                RootDelay = 0,
                RootDispersion = 0,
                Synchronised = true,
            },
            []
        );

    /// <summary>The test's time, with the wall clock put forward beside it.</summary>
    private sealed class SteppedTime(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Step;

        public override long GetTimestamp() => inner.GetUtcNow().UtcTicks;
    }
}
