using Akka.Actor;
using Akka.Event;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Cameras;

/// <summary>
/// One child per camera. A camera that keeps failing is stopped, shown as <c>error</c> and left alone until somebody resumes it or its
/// configuration changes; the others never notice.
/// </summary>
public sealed class CameraSupervisor : ReceiveActor
{
    /// <summary>A camera asks its own children for at most a second.</summary>
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Closing a file takes two syncs of the disk; a disk that takes longer leaves its file to the repair.</summary>
    private static readonly TimeSpan SuspendTimeout = TimeSpan.FromSeconds(8);

    private readonly Func<CameraSettings, Props> _cameraProps;
    private readonly string _nodeId;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<Entry> _cameras = [];

    public CameraSupervisor(
        string nodeId,
        IReadOnlyList<CameraSettings> cameras,
        Func<CameraSettings, Props> cameraProps,
        TimeProvider time
    )
    {
        _nodeId = nodeId;
        _cameraProps = cameraProps;
        _time = time;
        _cameras.AddRange(cameras.Select(camera => new Entry(camera)));
        Receive<GetCameras>(_ => OnGetCameras());
        Receive<GetCamera>(get => Reach(get.Camera, entry => Answer(entry, Sender)));
        Receive<StartRecording>(start => Reach(start.Camera, entry => Command(entry, start, start.Camera)));
        Receive<StopRecording>(stop => Reach(stop.Camera, entry => Command(entry, stop, stop.Camera)));
        Receive<MarkRecording>(mark => Reach(mark.Camera, entry => entry.Actor?.Forward(mark)));
        Receive<SuspendRecordings>(_ => OnSuspend());
        Receive<PauseCamera>(pause => Reach(pause.Camera, OnPause));
        Receive<ResumeCamera>(resume => Reach(resume.Camera, OnResume));
        Receive<ApplyCameras>(OnApply);
        Receive<StatusSeen>(seen => OnStatusSeen(seen.Status));
        Receive<Terminated>(OnCameraGone);
    }

    public static Props Props(
        string nodeId,
        IReadOnlyList<CameraSettings> cameras,
        Func<CameraSettings, Props> cameraProps,
        TimeProvider time
    ) => Akka.Actor.Props.Create(() => new CameraSupervisor(nodeId, cameras, cameraProps, time));

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 10, withinTimeRange: TimeSpan.FromMinutes(1), localOnlyDecider: _ => Directive.Restart);

    protected override void PreStart() => _cameras.ForEach(Start);

    private void Start(Entry entry)
    {
        entry.Actor = Context.ActorOf(_cameraProps(entry.Settings), Name(entry));
        Context.Watch(entry.Actor);
        if (entry.Failure is not null)
        {
            entry.Failure = null;
            Context.System.EventStream.Publish(
                new AlarmCleared(Alarm(entry), entry.Settings.Id) { Time = _time.GetUtcNow(), Node = _nodeId }
            );
        }
    }

    /// <summary>A name is free again only when its actor is gone; a generation makes it unique without waiting.</summary>
    private static string Name(Entry entry) => entry.Generation++ == 0 ? entry.Settings.Id : $"{entry.Settings.Id}~{entry.Generation}";

    private static string Alarm(Entry entry) => $"camera.{entry.Settings.Id}.failed";

    private void OnGetCameras()
    {
        IActorRef asker = Sender;
        Task<CameraStatus>[] statuses = [.. _cameras.Select(Ask)];
        IActorRef self = Self;
        Task.WhenAll(statuses)
            .PipeTo(
                asker,
                self,
                success: all =>
                {
                    foreach (CameraStatus status in all)
                    {
                        self.Tell(new StatusSeen(status));
                    }

                    return (IReadOnlyList<CameraStatus>)all;
                }
            );
    }

    private void Answer(Entry entry, IActorRef asker) => Ask(entry).PipeTo(asker, Self);

    /// <summary>The status of a camera; of one that does not answer, what was last seen of it.</summary>
    private async Task<CameraStatus> Ask(Entry entry)
    {
        CameraStatus last = entry.Last ?? Unknown(entry.Settings);
        if (entry.Actor is not { } actor)
        {
            return Failed(last, entry.Failure);
        }

        try
        {
            return await actor.Ask<CameraStatus>(GetStatus.Instance, StatusTimeout);
        }
        catch (AskTimeoutException)
        {
            return last with { Warnings = ["The camera's control does not answer; what is shown is old."] };
        }
    }

    private void OnStatusSeen(CameraStatus status)
    {
        if (_cameras.Find(entry => entry.Settings.Id == status.Id) is { Actor: not null } entry)
        {
            entry.Last = status;
        }
    }

    private void Command(Entry entry, object command, string camera)
    {
        if (entry.Actor is { } actor)
        {
            actor.Forward(command);
        }
        else
        {
            Sender.Tell(
                new CameraOutcome
                {
                    Camera = camera,
                    Result = CameraResult.Failed,
                    Reason = entry.Failure,
                }
            );
        }
    }

    private void OnSuspend()
    {
        Task<Suspended>[] all =
        [
            .. _cameras
                .Select(entry => entry.Actor)
                .OfType<IActorRef>()
                .Select(actor => actor.Ask<Suspended>(SuspendRecordings.Instance, SuspendTimeout)),
        ];
        Task.WhenAll(all).PipeTo(Sender, Self, success: _ => Suspended.Instance, failure: _ => Suspended.Instance);
    }

    private void OnPause(Entry entry)
    {
        entry.Actor?.Tell(IngestActor.Pause.Instance);
        Answer(entry, Sender);
    }

    private void OnResume(Entry entry)
    {
        if (entry.Actor is { } actor)
        {
            actor.Tell(IngestActor.Resume.Instance);
        }
        else
        {
            Start(entry);
        }

        Answer(entry, Sender);
    }

    private void OnApply(ApplyCameras apply)
    {
        foreach (Entry gone in _cameras.Where(entry => apply.Cameras.All(camera => camera.Id != entry.Settings.Id)).ToList())
        {
            _cameras.Remove(gone);
            Stop(gone);
        }

        foreach (CameraSettings camera in apply.Cameras)
        {
            Entry? known = _cameras.Find(entry => entry.Settings.Id == camera.Id);
            if (known is null)
            {
                known = new Entry(camera);
                _cameras.Add(known);
                Start(known);
            }
            else if (apply.RestartAll || known.Settings != camera || known.Actor is null)
            {
                known.Settings = camera;
                Stop(known);
                Start(known);
            }
        }

        string[] order = [.. apply.Cameras.Select(camera => camera.Id)];
        _cameras.Sort((left, right) => Array.IndexOf(order, left.Settings.Id).CompareTo(Array.IndexOf(order, right.Settings.Id)));
    }

    private static void Stop(Entry entry)
    {
        if (entry.Actor is { } actor)
        {
            entry.Actor = null;
            Context.Unwatch(actor);
            Context.Stop(actor);
        }
    }

    private void OnCameraGone(Terminated gone)
    {
        if (_cameras.Find(entry => entry.Actor?.Equals(gone.ActorRef) == true) is not { } entry)
        {
            return;
        }

        entry.Actor = null;
        entry.Failure = "It failed more than ten times in a minute and was stopped.";
        string id = entry.Settings.Id;
        _log.Error("{0}: {1}", id, entry.Failure);
        Context.System.EventStream.Publish(
            new AlarmRaised(Alarm(entry), id, GateLevel.Block, $"{id}: {entry.Failure}", "Look at the log, then resume the camera.")
            {
                Time = _time.GetUtcNow(),
                Node = _nodeId,
            }
        );
    }

    private void Reach(string camera, Action<Entry> action)
    {
        if (_cameras.Find(entry => entry.Settings.Id == camera) is { } entry)
        {
            action(entry);
        }
        else
        {
            Sender.Tell(new UnknownCamera(camera));
        }
    }

    private CameraStatus Unknown(CameraSettings camera) =>
        new()
        {
            Id = camera.Id,
            Node = _nodeId,
            Name = camera.Name,
            Position = camera.Position,
            Source = "",
            Ingest = new IngestStatus { State = IngestState.Idle },
            Recorder = new RecorderStatus { State = RecorderState.Idle },
            Log = new LogStatus(),
        };

    private static CameraStatus Failed(CameraStatus last, string? reason) =>
        last with
        {
            Ingest = last.Ingest with { State = IngestState.Error, LastError = reason },
            Recorder = last.Recorder with { State = RecorderState.Failed, LastError = reason },
            Warnings = [$"{reason} Look at the log, then resume the camera."],
        };

    /// <summary>A configured camera. <see cref="Actor"/> is null while it is stopped after failures; <see cref="Failure"/> says why.</summary>
    private sealed class Entry(CameraSettings settings)
    {
        public CameraSettings Settings { get; set; } = settings;
        public IActorRef? Actor { get; set; }
        public int Generation { get; set; }
        public string? Failure { get; set; }
        public CameraStatus? Last { get; set; }
    }

    private sealed record StatusSeen(CameraStatus Status);
}
