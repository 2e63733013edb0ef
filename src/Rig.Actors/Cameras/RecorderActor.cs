using Akka.Actor;
using Akka.Event;
using Rig.Actors.Flows;
using Rig.Actors.Manifests;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.Media;
using Rig.Streams.Log;

namespace Rig.Actors.Cameras;

/// <summary>
/// Owns the writing of one camera's segments for one session, and that camera's manifest. Disk trouble is a normal event here and ends
/// nothing. When this actor or its flow fails it is restarted; its camera gives it the order again and the log has what was not yet written.
/// </summary>
public sealed class RecorderActor : ReceiveActor, IWithTimers
{
    /// <summary>Between two progress events.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>A recording camera that made no bytes durable for so long raises an alarm.</summary>
    private const double DurableWithinSeconds = 3;

    private readonly RecorderSetup _setup;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _awaitingStart = [];
    private readonly List<IActorRef> _awaitingStop = [];

    private RecordingOrder? _order;
    private IRecordingFlow? _flow;

    /// <summary>Names the present flow: signals of an old one may still be in the mailbox, even after a restart.</summary>
    private object? _flowKey;

    /// <summary>Who waits for the files to be closed because the program ends; the session itself is not over.</summary>
    private IActorRef? _suspending;
    private CameraOutcome? _started;

    /// <summary>When the present flow began its first segment.</summary>
    private DateTimeOffset? _openedAt;

    /// <summary>A recorder before this one has begun; the world has been told.</summary>
    private bool _continues;
    private string? _lastError;
    private IReadOnlyDictionary<StreamFaultKind, long> _faultsBefore = new Dictionary<StreamFaultKind, long>();
    private double? _drift;
    private bool _durableAlarm;
    private bool _diskAlarm;

    public RecorderActor(RecorderSetup setup)
    {
        _setup = setup;
        Receive<RecordingOrder>(OnOrder);
        Receive<StopRecording>(OnStop);
        Receive<MarkRecording>(OnMark);
        Receive<SuspendRecordings>(_ => OnSuspend());
        Receive<FromFlow>(message => ReferenceEquals(message.FlowKey, _flowKey), message => OnSignal(message.Signal));
        Receive<FromFlow>(_ => { });
        Receive<CameraDrift>(drift => _drift = drift.Ppm);
        Receive<ClockStepped>(OnClockStepped);
        Receive<ShowProgress>(_ => OnProgress());
        Receive<GetStatus>(_ => Sender.Tell(Status()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RecorderSetup setup) => Akka.Actor.Props.Create(() => new RecorderActor(setup));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ClockStepped));
        Context.Parent.Tell(RecorderReady.Instance);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        foreach (IActorRef waiting in _awaitingStart.Concat(_awaitingStop))
        {
            waiting.Tell(Outcome(CameraResult.Failed, "The recorder was restarted."));
        }

        Alarm(ref _durableAlarm, raise: false, "durable", "", "");
        Alarm(ref _diskAlarm, raise: false, "disk", "", "");
        _ = _flow?.DisposeAsync().AsTask();
    }

    private void OnOrder(RecordingOrder order)
    {
        if (_order is { } running)
        {
            Repeat(order, running);
            return;
        }

        IActorRef self = Self;
        object key = new();
        _order = order;
        _flowKey = key;
        _started = null;
        _openedAt = null;
        _faultsBefore = Enum.GetValues<StreamFaultKind>().ToDictionary(kind => kind, _setup.Log.CountFaults);
        _continues = order.Cursor.Sequence >= 0;
        _lastError = null;
        _awaitingStart.Add(Sender);
        _setup.Manifests.Update(order.SessionId, order.Camera, existing => Begin(existing, order));
        _flow = _setup.Start(order, _setup.Log, signal => self.Tell(new FromFlow(key, signal), ActorRefs.NoSender));
        Timers.StartPeriodicTimer(nameof(ShowProgress), ShowProgress.Instance, ProgressInterval);
        if (order.Start > Now())
        {
            AnswerStart(
                new CameraOutcome
                {
                    Camera = order.Camera,
                    Result = CameraResult.Recording,
                    OffsetMs = 0,
                }
            );
        }
    }

    /// <summary>The order that is being carried out changes nothing when it comes again; whoever gave it hears the same.</summary>
    private void Repeat(RecordingOrder order, RecordingOrder running)
    {
        if (order.SessionId != running.SessionId)
        {
            Sender.Tell(Outcome(CameraResult.Refused, $"The camera records session {running.SessionId}."));
        }
        else if (_started is { } started)
        {
            Sender.Tell(started);
        }
        else
        {
            _awaitingStart.Add(Sender);
        }
    }

    private void OnStop(StopRecording stop)
    {
        if (_order is not { } order || order.SessionId != stop.SessionId || _flow is not { } flow)
        {
            Sender.Tell(Outcome(CameraResult.Stopped, null) with { Camera = stop.Camera });
            return;
        }

        // An end that is known can be moved earlier, not later.
        DateTimeOffset end = order.End is { } known && known < stop.End ? known : stop.End;
        _order = order with { End = end };
        _awaitingStop.Add(Sender);
        Edit(manifest => manifest with { End = end });
        flow.Stop(end);
    }

    private void OnSuspend()
    {
        if (_flow is not { } flow)
        {
            Sender.Tell(Suspended.Instance);
            return;
        }

        _suspending = Sender;
        Edit(manifest => manifest.WithNote(Now(), "The recording program was ended in the middle of the session."));
        flow.Stop(Now());
    }

    private void OnMark(MarkRecording message)
    {
        if (_order?.SessionId == message.SessionId)
        {
            Edit(manifest => manifest.WithMark(message.Mark));
            _flow?.AddMark(message.Mark);
        }
    }

    private void OnClockStepped(ClockStepped stepped)
    {
        if (_order is not null)
        {
            Edit(manifest => manifest.WithClockStep(stepped.Time, stepped.StepMs));
        }
    }

    private void OnSignal(RecordingSignal signal)
    {
        switch (signal)
        {
            case RecordingSignal.SegmentOpened opened:
                OnOpened(opened);
                break;
            case RecordingSignal.SegmentClosed closed:
                Edit(manifest =>
                    manifest.WithSegment(Merge(manifest, closed.Segment)) with
                    {
                        Faults = FaultsOfSession(),
                        CameraDriftPpm = _drift ?? manifest.CameraDriftPpm,
                    }
                );
                Publish(new SegmentClosed(_order!.Camera, _order.SessionId, closed.Segment) { Time = Now(), Node = _setup.NodeId });
                break;
            case RecordingSignal.Gap gap:
                Edit(manifest => manifest.WithGap(gap.Value));
                Publish(new RecordingGap(_order!.Camera, _order.SessionId, gap.Value) { Time = Now(), Node = _setup.NodeId });
                break;
            case RecordingSignal.FormatChanged changed:
                Edit(manifest => manifest with { FormatChanges = [.. manifest.FormatChanges, changed.Change] });
                break;
            case RecordingSignal.DiskTrouble trouble:
                OnDiskTrouble(trouble);
                break;
            case RecordingSignal.DiskRecovered:
                OnDiskRecovered();
                break;
            case RecordingSignal.Finished:
                OnFinished();
                break;
            case RecordingSignal.Failed failed:
                throw new RecorderFailedException(_order!.Camera, failed.Error);
        }
    }

    private void OnOpened(RecordingSignal.SegmentOpened opened)
    {
        RecordingOrder order = _order!;
        DateTimeOffset first = opened.Segment.First ?? order.Start;
        if (_openedAt is null && order.Resumed)
        {
            NameRestartGap(first);
        }

        Edit(manifest => Describe(manifest.WithSegment(opened.Segment), opened));
        if (_openedAt is not null)
        {
            return;
        }

        _openedAt = Now();
        AnswerStart(
            new CameraOutcome
            {
                Camera = order.Camera,
                Result = opened.Late > 0 ? CameraResult.Late : CameraResult.Recording,
                OffsetMs = (first - order.Session.Start).TotalMilliseconds,
                Reason = opened.Late > 0 ? $"The log no longer reached back to the start; begins {opened.Late:0} ms late." : null,
            }
        );
        if (!_continues)
        {
            Publish(new RecordingStarted(order.Camera, order.SessionId, first, opened.Late) { Time = Now(), Node = _setup.NodeId });
        }
    }

    /// <summary>What is missing since the process or camera that recorded before ended.</summary>
    private void NameRestartGap(DateTimeOffset until)
    {
        RecordingOrder order = _order!;
        if (_setup.Manifests.Find(order.SessionId, order.Camera)?.RestartGap(until) is { } gap)
        {
            Edit(manifest => manifest.WithGap(gap));
            Publish(new RecordingGap(order.Camera, order.SessionId, gap) { Time = Now(), Node = _setup.NodeId });
        }
    }

    private void OnDiskTrouble(RecordingSignal.DiskTrouble trouble)
    {
        _lastError = trouble.Error;
        _log.Error("{0}: {1} {2}", _order!.Camera, trouble.Error, trouble.Remedy);
        Publish(new RecordingError(_order.Camera, _order.SessionId, trouble.Error, trouble.Remedy) { Time = Now(), Node = _setup.NodeId });
        Alarm(ref _diskAlarm, raise: true, "disk", trouble.Error, trouble.Remedy);
    }

    private void OnDiskRecovered()
    {
        _lastError = null;
        Alarm(ref _diskAlarm, raise: false, "disk", "", "");
    }

    private void OnFinished()
    {
        RecordingOrder order = _order!;
        RecorderStatus last = _flow!.Measure();
        Timers.Cancel(nameof(ShowProgress));
        Alarm(ref _durableAlarm, raise: false, "durable", "", "");
        Alarm(ref _diskAlarm, raise: false, "disk", "", "");
        if (_suspending is null)
        {
            Edit(manifest => manifest with { End = order.End, Complete = true });
        }

        Publish(
            new RecordingStopped(order.Camera, order.SessionId, last.Frames, last.DurableBytes, last.Segments)
            {
                Time = Now(),
                Node = _setup.NodeId,
            }
        );
        _flow.DisposeAsync().AsTask().PipeTo(ActorRefs.Nobody);
        _flow = null;
        _flowKey = null;
        _order = null;
        if (_suspending is null)
        {
            // A program that ends has not stopped the session: whoever waits for that hears nothing of it.
            CameraOutcome outcome = Outcome(CameraResult.Stopped, null);
            _awaitingStart.ForEach(waiting => waiting.Tell(outcome));
            _awaitingStop.ForEach(waiting => waiting.Tell(outcome));
        }

        _awaitingStart.Clear();
        _awaitingStop.Clear();
        _suspending?.Tell(Suspended.Instance);
        _suspending = null;
        Context.Parent.Tell(new RecordingEnded(order.SessionId));
    }

    private void OnProgress()
    {
        if (_order is not { } order || _flow?.Measure() is not { } status)
        {
            return;
        }

        double since = status.SecondsSinceDurable ?? (Now() - (_openedAt ?? Now())).TotalSeconds;
        Publish(
            new RecordingProgress(order.Camera, order.SessionId, status.Frames, status.DurableBytes, since)
            {
                Time = Now(),
                Node = _setup.NodeId,
            }
        );
        Alarm(
            ref _durableAlarm,
            raise: status.State == RecorderState.Recording && since > DurableWithinSeconds,
            "durable",
            $"No bytes of {order.Camera} have become durable for {since:0.0} s.",
            "Check the camera's signal and the disk."
        );
    }

    private void Alarm(ref bool raised, bool raise, string matter, string text, string remedy)
    {
        if (raised == raise)
        {
            return;
        }

        raised = raise;
        string id = $"camera.{_setup.Camera}.{matter}";
        Publish(
            raise
                ? new AlarmRaised(id, _setup.Camera, GateLevel.Block, text, remedy) { Time = Now(), Node = _setup.NodeId }
                : new AlarmCleared(id, _setup.Camera) { Time = Now(), Node = _setup.NodeId }
        );
    }

    private void AnswerStart(CameraOutcome outcome)
    {
        _started = outcome;
        _awaitingStart.ForEach(waiting => waiting.Tell(outcome));
        _awaitingStart.Clear();
    }

    private RecorderStatus Status() =>
        (_flow?.Measure() ?? new RecorderStatus { State = RecorderState.Idle }) with
        {
            LastError = _lastError,
        };

    private Manifest Begin(Manifest? existing, RecordingOrder order)
    {
        Manifest manifest =
            existing
            ?? new Manifest
            {
                SessionId = order.SessionId,
                Camera = order.Camera,
                Node = _setup.NodeId,
                Position = _setup.Position,
                SoftwareVersion = _setup.Version,
                Start = order.Session.Start,
                Segments = [],
                Clock = _setup.Clock?.Invoke(),
                Marks = order.Session.Marks,
                Metadata = order.Session.Metadata,
                GateOverrides = [.. order.Session.GateOverrides.Where(gate => gate.Camera is null || gate.Camera == order.Camera)],
            };
        if (existing is null)
        {
            return manifest;
        }

        Manifest open = manifest with { Complete = false, End = null };
        return order.Resumed ? open.WithNote(Now(), "Resumed after the recording program had been started again.") : open;
    }

    /// <summary>Fills in what is known once the first picture of a segment is there.</summary>
    private static Manifest Describe(Manifest manifest, RecordingSignal.SegmentOpened opened)
    {
        DateTimeOffset? first = manifest.StartLocal ?? opened.Segment.First;
        return manifest with
        {
            StartLocal = first,
            StartMaster = first is { } local && manifest.Clock?.OffsetMs is { } offset ? local.AddMilliseconds(-offset) : null,
            StartOffsetMs = first is { } at ? (at - manifest.Start).TotalMilliseconds : null,
            LateMs = manifest.LateMs ?? (opened.Late > 0 && manifest.StartLocal is null ? opened.Late : null),
            CaptureClock = opened.Format.CaptureClock,
            Resolution = opened.Format.Resolution,
            Fps = opened.Format.Fps,
            VideoCodec = opened.Format.VideoCodec,
            AudioCodec = opened.Format.AudioCodec,
        };
    }

    /// <summary>What the camera's stream survived since the session began, by kind.</summary>
    private Dictionary<string, long> FaultsOfSession() =>
        Enum.GetValues<StreamFaultKind>()
            .Select(kind => (Kind: kind, Count: _setup.Log.CountFaults(kind) - _faultsBefore.GetValueOrDefault(kind)))
            .Where(fault => fault.Count > 0)
            .ToDictionary(
                fault => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{fault.Kind}"),
                fault => fault.Count,
                StringComparer.Ordinal
            );

    /// <summary>A hash or confirmation that is already known is not lost when the segment is described anew.</summary>
    private static Segment Merge(Manifest manifest, Segment segment) =>
        manifest.Segments.FirstOrDefault(known => known.File == segment.File) is { } found
            ? segment with
            {
                Sha256 = segment.Sha256 ?? found.Sha256,
                Offloaded = found.Offloaded,
            }
            : segment;

    private void Edit(Func<Manifest, Manifest> edit) =>
        _setup.Manifests.Update(_order!.SessionId, _order.Camera, manifest => manifest is null ? null : edit(manifest));

    private CameraOutcome Outcome(CameraResult result, string? reason) =>
        new()
        {
            Camera = _setup.Camera,
            Result = result,
            Reason = reason,
        };

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private void Publish(RigEvent news) => Context.System.EventStream.Publish(news);

    private sealed record ShowProgress
    {
        public static readonly ShowProgress Instance = new();
    }

    private sealed record FromFlow(object FlowKey, RecordingSignal Signal);
}

/// <summary>What a recorder works with.</summary>
public sealed record RecorderSetup(
    string NodeId,
    string Camera,
    string? Position,
    string Version,
    GopLog Log,
    StartRecordingFlow Start,
    ManifestStore Manifests,
    TimeProvider Time,
    Func<ClockStatus>? Clock = null
);

/// <summary>To the camera: this recorder has just been started and can take an order.</summary>
public sealed record RecorderReady
{
    public static readonly RecorderReady Instance = new();
}

/// <summary>From the camera: how much faster its clock runs than the node's, in millionths, as last measured.</summary>
public sealed record CameraDrift(double Ppm);

/// <summary>To the camera: all files of the session are closed.</summary>
public sealed record RecordingEnded(string SessionId);

/// <summary>The recording flow gave up; the recorder is restarted and goes on.</summary>
public sealed class RecorderFailedException(string camera, Exception cause) : Exception($"{camera}: {cause.Message}", cause);
