using System.ComponentModel;
using Akka.Actor;
using Rig.Actors.Cameras;
using Rig.Actors.Flows;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Streams.Log;

namespace Rig.Actors.Tests.Cameras;

public sealed class IngestActorTests : ActorTest
{
    private readonly GopLog _gopLog = new();
    private readonly FakeSource _source = new();
    private double _random = 0.5;

    protected override void AfterAll()
    {
        base.AfterAll();
        _gopLog.Dispose();
    }

    [Fact]
    public void A_source_goes_from_idle_over_starting_to_streaming_and_each_step_is_told_once()
    {
        IActorRef ingest = Start();
        FakeIngestFlow flow = _source.Next();
        Assert.Equal(IngestState.Starting, Status(ingest).State);
        flow.Stream();
        flow.Stream();
        Assert.Equal(IngestState.Streaming, Status(ingest).State);
        Assert.Collection(
            Heard(),
            news => Assert.Equal((IngestState.Idle, IngestState.Starting), Step(news)),
            news => Assert.Equal((IngestState.Starting, IngestState.Streaming), Step(news)),
            news => Assert.IsType<CameraConnected>(news)
        );
    }

    [Fact]
    public void A_stalled_source_has_no_signal_until_units_come_again_and_is_not_started_anew()
    {
        IActorRef ingest = Start();
        FakeIngestFlow flow = _source.Next();
        flow.Stream();
        flow.Signal(new IngestSignal.Stalled());
        Assert.Equal(IngestState.NoSignal, Status(ingest).State);
        Hear<CameraDisconnected>();
        flow.Stream();
        Assert.Equal(IngestState.Streaming, Status(ingest).State);
        Hear<CameraConnected>();
        Assert.False(flow.IsDisposed);
        Assert.False(_source.HasNew);
    }

    [Fact]
    public void Delays_between_attempts_double_and_repeated_failures_open_the_breaker()
    {
        IActorRef ingest = Start();
        foreach (
            (double delay, IngestState state) in new[]
            {
                (1.0, IngestState.NoSignal),
                (2.0, IngestState.NoSignal),
                (4.0, IngestState.NoSignal),
                (8.0, IngestState.NoSignal),
                (60.0, IngestState.Error),
                (60.0, IngestState.Error),
            }
        )
        {
            _source.Next().End("no route");
            IngestStatus status = Status(ingest);
            Assert.Equal((state, "no route", Now.AddSeconds(delay)), (status.State, status.LastError, status.RetryAt!.Value));
            Advance(delay - 0.01);
            Settle(ingest);
            Assert.False(_source.HasNew);
            Advance(0.02);
        }

        Assert.False(_source.Next().IsDisposed);
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(1, 1.2)]
    public void Attempts_of_many_cameras_are_spread_by_a_fifth(double random, double seconds)
    {
        _random = random;
        IActorRef ingest = Start();
        _source.Next().End();
        Assert.Equal(Now.AddSeconds(seconds), Status(ingest).RetryAt!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_picture_makes_the_next_delay_short_again()
    {
        IActorRef ingest = Start();
        _source.Next().End();
        Settle(ingest);
        Advance(1);
        _source.Next().End();
        Settle(ingest);
        Advance(2);
        FakeIngestFlow third = _source.Next();
        third.Stream();
        third.End();
        Assert.Equal(Now.AddSeconds(1), Status(ingest).RetryAt);
    }

    [Fact]
    public void Resuming_a_camera_whose_breaker_is_open_tries_at_once()
    {
        IActorRef ingest = Start(new IngestSettings { BreakerFailures = 1 });
        _source.Next().End();
        Assert.Equal(IngestState.Error, Status(ingest).State);
        ingest.Tell(IngestActor.Resume.Instance);
        _source.Next().Stream();
        IngestStatus status = Status(ingest);
        Assert.Equal((IngestState.Streaming, null, null), (status.State, status.LastError, status.RetryAt));
    }

    [Fact]
    public async Task A_paused_camera_ends_its_source_and_stays_away_until_resumed()
    {
        IActorRef ingest = Start();
        FakeIngestFlow flow = _source.Next();
        flow.Stream();
        ingest.Tell(IngestActor.Pause.Instance);
        await flow.Disposed;
        Advance(3600);
        Assert.Equal(IngestState.Paused, Status(ingest).State);
        Assert.False(_source.HasNew);
        ingest.Tell(IngestActor.Resume.Instance);
        _source.Next();
        Assert.Equal(IngestState.Starting, Status(ingest).State);
    }

    [Fact]
    public void A_camera_paused_while_it_waits_for_its_next_attempt_makes_none()
    {
        IActorRef ingest = Start();
        _source.Next().End();
        ingest.Tell(IngestActor.Pause.Instance);
        Settle(ingest);
        Advance(3600);
        IngestStatus status = Status(ingest);
        Assert.Equal((IngestState.Paused, null), (status.State, status.RetryAt));
        Assert.False(_source.HasNew);
    }

    [Fact]
    public async Task The_next_source_starts_only_when_the_one_before_is_gone()
    {
        _source.CloseSlowly = true;
        IActorRef ingest = Start();
        FakeIngestFlow first = _source.Next();
        first.End();
        await first.Disposed;
        Settle(ingest);
        Advance(5);
        Settle(ingest);
        Assert.False(_source.HasNew);
        first.Close();
        Assert.False(_source.Next().IsDisposed);
    }

    [Fact]
    public void Signals_of_a_source_that_has_ended_are_ignored()
    {
        IActorRef ingest = Start();
        FakeIngestFlow first = _source.Next();
        first.End("gone");
        first.Stream();
        first.End("gone again");
        IngestStatus status = Status(ingest);
        Assert.Equal((IngestState.NoSignal, "gone", 1), (status.State, status.LastError, status.Restarts));
        Advance(1);
        FakeIngestFlow second = _source.Next();
        first.End("gone for the third time");
        Assert.Equal(IngestState.Starting, Status(ingest).State);
        Assert.False(second.IsDisposed);
    }

    [Fact]
    public async Task After_a_crash_the_source_is_closed_and_its_signals_do_not_reach_the_new_one()
    {
        IActorRef ingest = Start();
        FakeIngestFlow first = _source.Next();
        first.Bug = new InvalidOperationException("a bug");
        ingest.Tell(GetStatus.Instance);
        await first.Disposed;
        FakeIngestFlow second = _source.Next();
        first.End("the old one");
        Assert.Equal(IngestState.Starting, Status(ingest).State);
        Assert.False(second.IsDisposed);
    }

    [Fact]
    public void Counters_go_on_over_restarts_of_the_source()
    {
        IActorRef ingest = Start();
        FakeIngestFlow first = _source.Next();
        first.Measured = Measured(units: 100, keys: 4, lost: 3);
        first.End();
        Assert.Equal((100, 4, 3), Counters(Status(ingest)));
        Advance(1);
        _source.Next().Measured = Measured(units: 10, keys: 1, lost: 2);
        Assert.Equal((110, 5, 5), Counters(Status(ingest)));
        Assert.Equal(1, Status(ingest).Restarts);
    }

    public static TheoryData<Exception> Refusals =>
        [
            new FormatException("The source text is wrong."),
            new IOException("The device is busy."),
            new UnauthorizedAccessException("The device may not be opened."),
            new Win32Exception(2, "The program is missing."),
        ];

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void A_source_that_cannot_even_start_is_tried_again_as_any_other(Exception refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        _source.Refusal = refusal;
        IActorRef ingest = Start();
        IngestStatus status = Status(ingest);
        Assert.Equal((IngestState.NoSignal, refusal.Message), (status.State, status.LastError));
        _source.Refusal = null;
        Advance(1);
        _source.Next().Stream();
        Assert.Equal(IngestState.Streaming, Status(ingest).State);
    }

    [Fact]
    public void A_new_format_is_told()
    {
        Start();
        _source.Next().Signal(new IngestSignal.FormatChanged("h264 1280x720 50 fps"));
        Assert.Equal("h264 1280x720 50 fps", Hear<CameraFormatChanged>().Format);
    }

    [Fact]
    public void A_slow_encoder_raises_one_alarm_which_ends_with_its_source()
    {
        IActorRef ingest = Start();
        FakeIngestFlow flow = _source.Next();
        flow.Signal(new IngestSignal.TooSlow("0.7 of real time"));
        flow.Signal(new IngestSignal.TooSlow("0.6 of real time"));
        flow.End();
        Settle(ingest);
        IReadOnlyList<RigEvent> heard = Heard();
        Assert.Equal(
            ("camera.cam0.encoder", GateLevel.Warn),
            heard.OfType<AlarmRaised>().Select(alarm => (alarm.Alarm, alarm.Level)).Single()
        );
        Assert.Equal("camera.cam0.encoder", heard.OfType<AlarmCleared>().Single().Alarm);
    }

    private IActorRef Start(IngestSettings? settings = null) =>
        ActorOf(
            IngestActor.Props(
                new IngestSetup(
                    "CAM_L",
                    new CameraSettings { Id = "cam0", Source = "fake:" },
                    settings ?? new IngestSettings(),
                    _gopLog,
                    _source.Start,
                    Time,
                    () => _random
                )
            )
        );

    private IngestStatus Status(IActorRef ingest) => Answer<IngestStatus>(ingest, GetStatus.Instance);

    private static (IngestState, IngestState) Step(RigEvent news) =>
        news is CameraStateChanged changed
            ? (changed.From, changed.To)
            : throw new Xunit.Sdk.XunitException($"{news} is no change of state");

    private static IngestStatus Measured(long units, long keys, long lost) =>
        new()
        {
            State = IngestState.Streaming,
            Units = units,
            KeyUnits = keys,
            Faults = new Dictionary<string, long>(StringComparer.Ordinal) { ["packet_lost"] = lost },
        };

    private static (long, long, long) Counters(IngestStatus status) => (status.Units, status.KeyUnits, status.Faults["packet_lost"]);
}
