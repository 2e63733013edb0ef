using Akka.Actor;
using Akka.Event;
using Rig.Actors.Flows;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Streams.Log;

namespace Rig.Actors.Cameras;

/// <summary>
/// Owns a camera's source: starts it into the GOP log, watches it, tries again after it ended. A source that ends, stalls or cannot
/// start is a normal event here. What flows through it never comes near.
/// </summary>
public sealed class IngestActor : ReceiveActor, IWithTimers
{
    /// <summary>How long a source that does not wait for a sender may take to its first picture after it counts as silent.</summary>
    private static readonly TimeSpan FirstPicture = TimeSpan.FromSeconds(30);

    private readonly IngestSetup _setup;
    private readonly RetryPolicy _retry;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private IIngestFlow? _flow;

    /// <summary>Flows whose process or socket is not yet gone; a device can be opened once only.</summary>
    private int _closing;
    private bool _startWhenClosed;
    private bool _hasStreamed;

    /// <summary>Names the present flow; a new object for each, since an old one's signals may still be in the mailbox, even after a restart.</summary>
    private object? _flowKey;
    private bool _slow;
    private IngestState _state = IngestState.Idle;
    private int _restarts;
    private string? _lastError;
    private IReadOnlyList<string>? _lastErrorOutput;
    private DateTimeOffset? _retryAt;
    private IReadOnlyDictionary<string, long> _faultsBefore = new Dictionary<string, long>(StringComparer.Ordinal);
    private long _unitsBefore;
    private long _keyUnitsBefore;

    public IngestActor(IngestSetup setup)
    {
        _setup = setup;
        _retry = new RetryPolicy(setup.Settings, setup.Random);
        Receive<FromFlow>(message => ReferenceEquals(message.FlowKey, _flowKey), message => OnSignal(message.Signal));
        Receive<FromFlow>(_ => { });
        Receive<Closed>(_ => OnClosed());
        Receive<TryAgain>(_ => Start());
        Receive<GiveUp>(_ => OnEnded(new IngestSignal.Ended("No picture came any more.", null)));
        Receive<Pause>(_ => OnPause());
        Receive<Resume>(_ => OnResume());
        Receive<GetStatus>(_ => Sender.Tell(Status()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IngestSetup setup) => Akka.Actor.Props.Create(() => new IngestActor(setup));

    protected override void PreStart() => Start();

    protected override void PostStop()
    {
        Slow(null);
        _ = _flow?.DisposeAsync().AsTask();
    }

    private void Start()
    {
        Timers.Cancel(nameof(TryAgain));
        _retryAt = null;
        Enter(IngestState.Starting, null);
        _startWhenClosed = _closing > 0;
        if (_startWhenClosed)
        {
            return;
        }

        object key = new();
        IActorRef self = Self;
        _flowKey = key;
        try
        {
            _flow = _setup.Start(_setup.Camera, _setup.Log, signal => self.Tell(new FromFlow(key, signal), ActorRefs.NoSender));
        }
        catch (Exception error)
        {
            // Whatever keeps a source from starting, from a wrong text to a missing program: it is tried again as one that ended.
            OnSignal(new IngestSignal.Ended(error.Message, null));
        }
    }

    private void OnSignal(IngestSignal signal)
    {
        switch (signal)
        {
            case IngestSignal.Streaming:
                _retry.Succeeded();
                _hasStreamed = true;
                Timers.Cancel(nameof(GiveUp));
                _lastError = null;
                _lastErrorOutput = null;
                Enter(IngestState.Streaming, null);
                break;
            case IngestSignal.FormatChanged changed:
                Publish(new CameraFormatChanged(_setup.Camera.Id, changed.Format) { Time = Now(), Node = _setup.NodeId });
                break;
            case IngestSignal.Stalled:
                OnStalled();
                break;
            case IngestSignal.TooSlow slow:
                Slow(slow.Text);
                break;
            case IngestSignal.FastEnough:
                Slow(null);
                break;
            case IngestSignal.Ended ended:
                OnEnded(ended);
                break;
        }
    }

    /// <summary>
    /// A source that hangs is ended and started again: one that has streamed soon, one that has yet to begin (a device that is probed, a
    /// distant server) after a while. One that waits for its sender to connect goes on waiting.
    /// </summary>
    private void OnStalled()
    {
        Enter(IngestState.NoSignal, "No picture has come for some time.");
        if (_hasStreamed || _flow is { WaitsForSender: false })
        {
            TimeSpan patience = _hasStreamed ? 2 * _setup.Settings.StallTimeout : FirstPicture;
            Timers.StartSingleTimer(nameof(GiveUp), GiveUp.Instance, patience);
        }
    }

    private void OnEnded(IngestSignal.Ended ended)
    {
        _lastError = ended.Error ?? "The source ended.";
        _lastErrorOutput = ended.ErrorOutput;
        Close();
        TimeSpan delay = _retry.Failed();
        _restarts++;
        _retryAt = Now() + delay;
        Enter(_retry.IsOpen ? IngestState.Error : IngestState.NoSignal, _lastError);
        Timers.StartSingleTimer(nameof(TryAgain), TryAgain.Instance, delay);
        _log.Warning("{0}: {1} Next attempt in {2:0.0} s.", _setup.Camera.Id, _lastError, delay.TotalSeconds);
    }

    private void OnPause()
    {
        Timers.Cancel(nameof(TryAgain));
        _retryAt = null;
        _startWhenClosed = false;
        Close();
        Enter(IngestState.Paused, "Paused by request.");
    }

    private void OnResume()
    {
        if (_state is IngestState.Paused or IngestState.Error or IngestState.NoSignal)
        {
            _retry.Succeeded();
            Close();
            Start();
        }
    }

    /// <summary>Ends the flow in the background; counters of the ended flow are kept.</summary>
    private void Close()
    {
        _flowKey = null;
        _hasStreamed = false;
        Timers.Cancel(nameof(GiveUp));
        Slow(null);
        if (_flow is not { } flow)
        {
            return;
        }

        _flow = null;
        IngestStatus last = flow.Measure();
        _faultsBefore = Sum(last.Faults);
        _unitsBefore += last.Units;
        _keyUnitsBefore += last.KeyUnits;
        _closing++;
        flow.DisposeAsync().AsTask().PipeTo(Self, success: () => Closed.Instance, failure: _ => Closed.Instance);
    }

    private void OnClosed()
    {
        _closing--;
        if (_closing == 0 && _startWhenClosed)
        {
            Start();
        }
    }

    /// <summary>Raises the encoder's alarm once, with its text; null clears it.</summary>
    private void Slow(string? text)
    {
        if (_slow == (text is not null))
        {
            return;
        }

        _slow = text is not null;
        string alarm = $"camera.{_setup.Camera.Id}.encoder";
        Publish(
            text is null
                ? new AlarmCleared(alarm, _setup.Camera.Id) { Time = Now(), Node = _setup.NodeId }
                : new AlarmRaised(alarm, _setup.Camera.Id, GateLevel.Warn, text, "Lower size, rate or preset of the encoder.")
                {
                    Time = Now(),
                    Node = _setup.NodeId,
                }
        );
    }

    private void Enter(IngestState state, string? reason)
    {
        IngestState before = _state;
        if (state == before)
        {
            return;
        }

        _state = state;
        DateTimeOffset now = Now();
        Publish(new CameraStateChanged(_setup.Camera.Id, before, state, reason) { Time = now, Node = _setup.NodeId });
        if (state == IngestState.Streaming)
        {
            Publish(new CameraConnected(_setup.Camera.Id) { Time = now, Node = _setup.NodeId });
        }
        else if (before == IngestState.Streaming)
        {
            Publish(new CameraDisconnected(_setup.Camera.Id, reason ?? "The source ended.") { Time = now, Node = _setup.NodeId });
        }
    }

    private IngestStatus Status()
    {
        IngestStatus measured = _flow?.Measure() ?? new IngestStatus { State = _state };
        return measured with
        {
            State = _state,
            Units = _unitsBefore + measured.Units,
            KeyUnits = _keyUnitsBefore + measured.KeyUnits,
            Faults = Sum(measured.Faults),
            Restarts = _restarts,
            LastError = _lastError,
            LastErrorOutput = _lastErrorOutput ?? measured.LastErrorOutput,
            RetryAt = _retryAt,
        };
    }

    private Dictionary<string, long> Sum(IReadOnlyDictionary<string, long> faults) =>
        _faultsBefore
            .Concat(faults)
            .GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private void Publish(RigEvent news) => Context.System.EventStream.Publish(news);

    /// <summary>From the camera: end the source and leave it.</summary>
    public sealed record Pause
    {
        public static readonly Pause Instance = new();
    }

    /// <summary>From the camera: start again, at once.</summary>
    public sealed record Resume
    {
        public static readonly Resume Instance = new();
    }

    private sealed record GiveUp
    {
        public static readonly GiveUp Instance = new();
    }

    private sealed record TryAgain
    {
        public static readonly TryAgain Instance = new();
    }

    private sealed record Closed
    {
        public static readonly Closed Instance = new();
    }

    private sealed record FromFlow(object FlowKey, IngestSignal Signal);
}

/// <summary>What an ingest actor works with.</summary>
public sealed record IngestSetup(
    string NodeId,
    CameraSettings Camera,
    IngestSettings Settings,
    GopLog Log,
    StartIngest Start,
    TimeProvider Time,
    Func<double> Random
);
