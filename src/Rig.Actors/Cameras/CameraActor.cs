using Akka.Actor;
using Akka.Event;
using Rig.Actors.Flows;
using Rig.Actors.Manifests;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;
using Rig.Streams.Log;

namespace Rig.Actors.Cameras;

/// <summary>
/// One camera: its identity, its GOP log, what the outside sees of it. Ingest and recorder are its children and know of each other only
/// through the log, so that neither's failure is the other's. It keeps the order that its recorder works on and gives it to every new one.
/// </summary>
public sealed class CameraActor : ReceiveActor
{
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(1);

    private readonly CameraSetup _setup;
    private readonly GopLog _gopLog;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _ingest = ActorRefs.Nobody;
    private IActorRef _recorder = ActorRefs.Nobody;
    private RecordingOrder? _order;

    /// <summary>The order that begins when the session before it has closed its files.</summary>
    private (StartRecording Start, IActorRef Asker)? _next;
    private CameraStatus _last;

    public CameraActor(CameraSetup setup)
    {
        _setup = setup;
        _gopLog = setup.OpenLog(setup.Camera);
        _last = Compose(new IngestStatus { State = IngestState.Idle }, new RecorderStatus { State = RecorderState.Idle });
        Receive<GetStatus>(_ => OnGetStatus());
        Receive<StatusCollected>(collected =>
        {
            _last = collected.Status;
            if (_last.Ingest.DriftPpm is { } drift)
            {
                _recorder.Tell(new CameraDrift(drift), ActorRefs.NoSender);
            }

            collected.For.Tell(collected.Status);
        });
        Receive<StartRecording>(OnStart);
        Receive<StopRecording>(OnStop);
        Receive<MarkRecording>(message => _recorder.Forward(message));
        Receive<SuspendRecordings>(message => _recorder.Forward(message));
        Receive<IngestActor.Pause>(message => _ingest.Forward(message));
        Receive<IngestActor.Resume>(message => _ingest.Forward(message));
        Receive<RecorderReady>(_ => OnRecorderReady());
        Receive<RecordingEnded>(OnRecordingEnded);
        Receive<Terminated>(OnChildGone);
    }

    public static Props Props(CameraSetup setup) => Akka.Actor.Props.Create(() => new CameraActor(setup));

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 10, withinTimeRange: TimeSpan.FromMinutes(1), localOnlyDecider: _ => Directive.Restart);

    protected override void PreStart()
    {
        NodeSettings node = _setup.Node;
        _ingest = Context.ActorOf(
            IngestActor.Props(
                new IngestSetup(node.NodeId, _setup.Camera, node.Ingest, _gopLog, _setup.StartIngest, _setup.Time, Random.Shared.NextDouble)
            ),
            "ingest"
        );
        _recorder = Context.ActorOf(
            RecorderActor.Props(
                new RecorderSetup(
                    node.NodeId,
                    _setup.Camera.Id,
                    _setup.Camera.Position ?? node.Position,
                    node.Version,
                    _gopLog,
                    _setup.StartRecording,
                    _setup.Manifests,
                    _setup.Time,
                    _setup.Clock
                )
            ),
            "recorder"
        );
        Context.Watch(_ingest);
        Context.Watch(_recorder);
    }

    protected override void PostStop() => _gopLog.Dispose();

    private void OnGetStatus()
    {
        IActorRef asker = Sender;
        IActorRef self = Self;
        CameraStatus last = _last;
        Collect().PipeTo(self, success: status => new StatusCollected(asker, status), failure: _ => new StatusCollected(asker, last));

        async Task<CameraStatus> Collect()
        {
            Task<IngestStatus> ingest = _ingest.Ask<IngestStatus>(GetStatus.Instance, StatusTimeout);
            Task<RecorderStatus> recorder = _recorder.Ask<RecorderStatus>(GetStatus.Instance, StatusTimeout);
            return Compose(await ingest, await recorder);
        }
    }

    private void OnStart(StartRecording start)
    {
        if (_order is { End: not null } ending && ending.SessionId != start.Order.SessionId)
        {
            _next = (start, Sender);
            return;
        }

        if (_order is { } running && running.SessionId != start.Order.SessionId)
        {
            Sender.Tell(
                new CameraOutcome
                {
                    Camera = start.Camera,
                    Result = CameraResult.Refused,
                    Reason = $"The camera records session {running.SessionId}.",
                }
            );
            return;
        }

        _order ??= start.Order;
        _recorder.Tell(_order, Sender);
    }

    private void OnStop(StopRecording stop)
    {
        if (_next is { } next && next.Start.Order.SessionId == stop.SessionId)
        {
            CameraOutcome never = new() { Camera = stop.Camera, Result = CameraResult.Stopped };
            next.Asker.Tell(never);
            Sender.Tell(never);
            _next = null;
            return;
        }

        if (_order is { } order && order.SessionId == stop.SessionId)
        {
            _order = order with { End = order.End is { } known && known < stop.End ? known : stop.End };
        }

        _recorder.Forward(stop);
    }

    private void OnRecordingEnded(RecordingEnded ended)
    {
        if (ended.SessionId != _order?.SessionId)
        {
            return;
        }

        _order = null;
        if (_next is { } next)
        {
            _next = null;
            _order = next.Start.Order;
            _recorder.Tell(_order, next.Asker);
        }
    }

    /// <summary>A recorder that was restarted in the middle of a session goes on after the last unit that is safely in a file.</summary>
    private void OnRecorderReady()
    {
        if (_order is not { } order)
        {
            return;
        }

        // What was said of a restarted process holds for the first recorder that gets anything onto the disk.
        _recorder.Tell(order with { Resumed = order.Resumed && order.Cursor.Sequence < 0 }, ActorRefs.NoSender);
        if (order.End is { } end)
        {
            _recorder.Tell(new StopRecording(order.Camera, order.SessionId, end), ActorRefs.NoSender);
        }
    }

    private void OnChildGone(Terminated gone)
    {
        _log.Error("{0}: {1} failed more than ten times in a minute and was stopped.", _setup.Camera.Id, gone.ActorRef.Path.Name);
        Context.Stop(Self);
    }

    private CameraStatus Compose(IngestStatus ingest, RecorderStatus recorder)
    {
        GopLogStatistics log = _gopLog.GetStatistics();
        CameraStatus status = new()
        {
            Id = _setup.Camera.Id,
            Node = _setup.Node.NodeId,
            Name = _setup.Camera.Name,
            Position = _setup.Camera.Position ?? _setup.Node.Position,
            Source = _setup.ShownSource,
            Ingest = ingest,
            Recorder = recorder,
            Log = new LogStatus
            {
                SpanSeconds = log.Oldest.IsKnown ? (log.Newest - log.Oldest).Seconds : 0,
                Oldest = log.Oldest.IsKnown ? log.Oldest.ToDateTimeOffset() : null,
                Bytes = log.Bytes,
                LimitBytes = _setup.Node.Log.CameraBytes,
                Pressure = log.UnderPressure,
                Readers = log.Readers,
            },
        };
        return status with { Warnings = [.. Health.Gates.OfCamera(status).Select(gate => $"{gate.Gate}: {gate.Value}. {gate.Remedy}")] };
    }

    private sealed record StatusCollected(IActorRef For, CameraStatus Status);
}

/// <summary>What a camera works with.</summary>
/// <param name="Clock">The newest reading of the node's clock; null where nothing is known of it.</param>
public sealed record CameraSetup(
    NodeSettings Node,
    CameraSettings Camera,
    string ShownSource,
    Func<CameraSettings, GopLog> OpenLog,
    StartIngest StartIngest,
    StartRecordingFlow StartRecording,
    ManifestStore Manifests,
    TimeProvider Time,
    Func<ClockStatus>? Clock = null
);
