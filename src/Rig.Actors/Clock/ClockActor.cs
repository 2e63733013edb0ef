using Akka.Actor;
using Akka.Event;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Streams.Clocks;

namespace Rig.Actors.Clock;

/// <summary>
/// Knows how far the node's clock can be trusted: asks chronyd, measures against the coordinator's node where chronyd has nothing to say, answers
/// other nodes' measurements, and tells of steps. Corrects nothing: that is chronyd's.
/// </summary>
public sealed class ClockActor : ReceiveActor, IWithTimers
{
    /// <summary>Where other nodes send <see cref="AskTime"/>.</summary>
    public const string RemotePath = "clock";

    /// <summary>Exchanges in a round, one after the other.</summary>
    private const int Exchanges = 4;

    private static readonly TimeSpan ExchangeTimeout = TimeSpan.FromSeconds(1);

    private readonly ClockSetup _setup;
    private readonly ExchangeFilter _filter = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly long _begun;
    private IDisposable? _handler;
    private string? _reference;
    private int _steps;
    private bool _looking;

    public ClockActor(ClockSetup setup)
    {
        _setup = setup;
        _begun = setup.Time.GetTimestamp();
        Receive<Look>(_ => OnLook());
        Receive<Looked>(OnLooked);
        Receive<GetClock>(_ => Sender.Tell(new ClockAnswer(_setup.Board.Newest, HasPeers())));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ClockSetup setup) => Akka.Actor.Props.Create(() => new ClockActor(setup));

    protected override void PreStart()
    {
        _steps = Steps().Count;
        _handler = _setup.Cluster?.Remote.Handle(RemotePath, Answer);
        Self.Tell(Look.Instance);
    }

    protected override void PostStop()
    {
        _handler?.Dispose();
    }

    /// <summary>On the link's thread, without a mailbox in between: waiting would be taken for transit time.</summary>
    private Task<RemoteMessage?> Answer(FromNode from, CancellationToken cancel)
    {
        DateTimeOffset now = _setup.Time.GetUtcNow();
        return Task.FromResult<RemoteMessage?>(from.Message is AskTime ask ? new TimeAnswer(ask.Sent, now, _setup.Time.GetUtcNow()) : null);
    }

    private void OnLook()
    {
        Timers.StartSingleTimer(nameof(Look), Look.Instance, _setup.Interval);
        NoteSteps();
        if (_looking)
        {
            return;
        }

        _looking = true;
        string? leader = _setup.Cluster?.Leadership.Current.NodeId;
        int steps = _steps;
        Collect().PipeTo(Self, success: looked => looked, failure: error => new Looked(null, leader, [], steps, error));

        async Task<Looked> Collect()
        {
            Task<IReadOnlyList<TimeSample>> exchange = ExchangeAsync(leader);
            return new Looked(await _setup.ReadChrony(CancellationToken.None), leader, await exchange, steps, null);
        }
    }

    private void OnLooked(Looked looked)
    {
        _looking = false;
        NoteSteps();
        if (looked.Error is { } error)
        {
            _log.Error(error, "The clock could not be read.");
        }

        if (looked.Leader != _reference)
        {
            _reference = looked.Leader;
            _filter.Clear();
        }

        // A sample across a step compares the other node's clock with two of this one's.
        _filter.Add(looked.Steps == _steps ? looked.Samples : []);
        ExchangeReading exchange = new(_reference, _reference == _setup.NodeId, _filter.Best(Monotonic()), _filter.DriftPpm);
        ClockStatus now = ClockView.Of(looked.Chrony, exchange, Steps().Held);
        ClockStatus before = _setup.Board.Newest;
        _setup.Board.Newest = now;
        if (ClockView.IsNews(before, now))
        {
            Context.System.EventStream.Publish(new ClockChanged(now) { Time = Now(), Node = _setup.NodeId });
        }
    }

    /// <summary>One round with the coordinator's node; what fails is left out, and so is the rest when nobody is there.</summary>
    private async Task<IReadOnlyList<TimeSample>> ExchangeAsync(string? leader)
    {
        List<TimeSample> samples = [];
        if (_setup.Cluster is not { } cluster || leader is null || leader == _setup.NodeId)
        {
            return samples;
        }

        for (int exchange = 0; exchange < Exchanges; exchange++)
        {
            long tick = _setup.Time.GetTimestamp();
            DateTimeOffset sent = _setup.Time.GetUtcNow();
            try
            {
                RemoteMessage answer = await cluster.Remote.AskAsync(
                    leader,
                    RemotePath,
                    new AskTime(sent),
                    ExchangeTimeout,
                    CancellationToken.None
                );
                TimeSpan elapsed = _setup.Time.GetElapsedTime(tick);
                if (answer is TimeAnswer time && TimeSample.Of(sent, time, elapsed, Monotonic()) is { } sample)
                {
                    samples.Add(sample);
                }
            }
            catch (Exception error) when (error is UnreachableException or TimeoutException or RemoteFaultException)
            {
                break;
            }
        }

        return samples;
    }

    private void NoteSteps()
    {
        SteadySteps steps = Steps();
        if (steps.Count == _steps)
        {
            return;
        }

        _steps = steps.Count;
        _filter.Clear();
        bool held = steps.Held != TimeSpan.Zero;
        _log.Warning(
            "The system's clock was set by {0:+0.000;-0.000} s. {1}",
            steps.Last.TotalSeconds,
            held ? "Recordings go on by the time they began with." : "Nothing records; the node goes on by the new time."
        );
        Context.System.EventStream.Publish(
            new ClockStepped(Math.Round(steps.Last.TotalMilliseconds, 3), held) { Time = Now(), Node = _setup.NodeId }
        );
    }

    private bool HasPeers() =>
        _setup.Cluster?.Members.Current.Any(view => view.State == MemberState.Up && view.Member.NodeId != _setup.NodeId) ?? false;

    private SteadySteps Steps() => _setup.Time is SteadyTime steady ? steady.Steps : default;

    private TimeSpan Monotonic() => _setup.Time.GetElapsedTime(_begun);

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record Looked(ChronyReading? Chrony, string? Leader, IReadOnlyList<TimeSample> Samples, int Steps, Exception? Error);
}
