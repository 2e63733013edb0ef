using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Rig.Actors.Cameras;
using Rig.Actors.Flows;
using Rig.Actors.Health;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>
/// Makes this node match the session that is wanted. Each change of the wish is in the journal before anything is done about it, so that
/// a killed process goes on with the same session when it is started again. Answers commands with <see cref="SessionOutcome"/>,
/// <see cref="Mark"/> or <see cref="Problem"/>.
/// </summary>
public sealed class SessionActor : ReceivePersistentActor
{
    /// <summary>Older journal entries than the last of these are of no use.</summary>
    private const int KeepJournalEntries = 50;

    private readonly SessionSetup _setup;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, RecordingCursor> _cursors = new(StringComparer.Ordinal);
    private DesiredSession? _session;
    private SessionOutcome? _outcome;
    private ICancelable? _plannedEnd;
    private bool _preparing;

    public SessionActor(SessionSetup setup)
    {
        _setup = setup;
        Recover<DesiredSession>(session => _session = session);
        Recover<RecoveryCompleted>(_ => OnRecovered());

        Command<object>(message => _preparing && IsCommand(message), _ => Stash.Stash());
        Command<StartSession>(OnStart);
        Command<Prepared>(OnPrepared);
        Command<CouldNotPrepare>(OnCouldNotPrepare);
        Command<StartsGathered>(OnStartsGathered);
        Command<StopSession>(OnStop);
        Command<StopsGathered>(OnStopsGathered);
        Command<AddMark>(OnMark);
        Command<JoinSession>(OnJoin);
        Command<LeaveSession>(OnLeave);
        Command<PlannedEnd>(OnPlannedEnd);
        Command<CameraConnected>(OnCameraConnected);
        Command<GetSession>(_ => Sender.Tell(new CurrentSession(SessionViews.Running(_session))));
        Command<SaveSnapshotSuccess>(_ => { });
        Command<DeleteMessagesSuccess>(_ => { });
    }

    public override string PersistenceId => "session";

    public static Props Props(SessionSetup setup) => Akka.Actor.Props.Create(() => new SessionActor(setup));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(CameraConnected));
        base.PreStart();
    }

    protected override void PostStop()
    {
        CancelPlannedEnd();
        Context.System.EventStream.Unsubscribe(Self, typeof(CameraConnected));
        base.PostStop();
    }

    /// <summary>What must not overtake a start that is being prepared.</summary>
    private static bool IsCommand(object message) => message is StartSession or StopSession or AddMark or JoinSession or LeaveSession;

    private void OnRecovered()
    {
        if (_session is not { State: not DesiredState.Finished } session)
        {
            return;
        }

        if (SessionDecisions.ShouldResume(session, _setup.Settings.Current.Recording.ResumeWithin, Now()))
        {
            _log.Warning("Session {0} was running when this program ended; recording goes on.", session.SessionId);
            Fan(session, resumed: true);
            SchedulePlannedEnd();
        }
        else
        {
            _log.Warning("Session {0} was running when this program ended and is not resumed.", session.SessionId);
            Self.Tell(new StopsGathered(session, [], ActorRefs.Nobody));
        }
    }

    private void OnStart(StartSession request)
    {
        if (_session is { State: not DesiredState.Finished } running)
        {
            bool repeated = request.RequestId is { } id && id == running.RequestId && _outcome is not null;
            Sender.Tell(repeated ? _outcome! : SessionDecisions.SessionRunning(running));
            return;
        }

        // Preparing takes time; the session begins when it was asked for.
        request = request with
        {
            RequestedAt = request.RequestedAt ?? Now(),
        };
        _preparing = true;
        IActorRef asker = Sender;
        double? minutes = request.DurationSeconds / 60;
        Task<IReadOnlyList<CameraStatus>> cameras = _setup.Cameras.Ask<IReadOnlyList<CameraStatus>>(
            GetCameras.Instance,
            _setup.Settings.Current.Recording.StartTimeout
        );
        Task<GatesAnswer> gates = _setup.Health.Ask<GatesAnswer>(new GetGates(minutes), _setup.Settings.Current.Recording.StartTimeout);
        Prepare().PipeTo(Self, success: prepared => prepared, failure: error => new CouldNotPrepare(error, asker));

        async Task<Prepared> Prepare() => new(request, await cameras, (await gates).Readings, asker);
    }

    private void OnPrepared(Prepared prepared)
    {
        StartDecision decision = SessionDecisions.Start(prepared.Request, prepared.Cameras, prepared.Gates, Now());
        if (decision.Session is { } taken && HasFiles(taken.SessionId))
        {
            decision = prepared.Request.SessionId is null
                ? decision with
                {
                    Session = taken with { SessionId = FreeId(taken.SessionId) },
                }
                : new StartDecision(null, [], SessionDecisions.SessionExists(taken.SessionId));
        }

        if (decision.Session is not { } session)
        {
            EndPreparing();
            prepared.Asker.Tell(decision.Problem!);
            return;
        }

        Persist(
            session,
            _ =>
            {
                _session = session;
                _outcome = null;
                _cursors.Clear();
                EndPreparing();
                Publish(SessionState.Starting);
                SchedulePlannedEnd();
                Gather(session, session.Cameras, decision.Refused, prepared.Asker);
            }
        );
    }

    /// <summary>A session's name is used once: its files and manifests are never mixed with another's.</summary>
    private bool HasFiles(string sessionId) => Directory.Exists(Path.Combine(_setup.Settings.Current.RecordingsFolder, sessionId));

    private string FreeId(string sessionId) =>
        Enumerable.Range(2, int.MaxValue - 2).Select(number => $"{sessionId}-{number}").First(candidate => !HasFiles(candidate));

    private void OnCouldNotPrepare(CouldNotPrepare failure)
    {
        EndPreparing();
        _log.Error(failure.Error, "A start could not be prepared.");
        failure.Asker.Tell(
            new Problem
            {
                Status = 503,
                Code = ProblemCodes.TimedOut,
                Title = "The node does not answer",
                Detail = failure.Error.Message,
                Remedy = "Try again; if it stays, look at the log.",
            }
        );
    }

    /// <summary>Tells cameras to record and waits for each one's answer, each with its own time limit.</summary>
    private void Gather(DesiredSession session, IEnumerable<DesiredCamera> cameras, IReadOnlyList<CameraOutcome> refused, IActorRef asker)
    {
        Task<CameraOutcome>[] starts = [.. cameras.Select(camera => StartOne(session, camera, resumed: false))];
        Task.WhenAll(starts).PipeTo(Self, success: outcomes => new StartsGathered(session, [.. outcomes, .. refused], asker));
    }

    private void Fan(DesiredSession session, bool resumed)
    {
        foreach (DesiredCamera camera in session.Cameras.Where(camera => camera.End is null))
        {
            StartOne(session, camera, resumed).PipeTo(ActorRefs.Nobody);
        }
    }

    private async Task<CameraOutcome> StartOne(DesiredSession session, DesiredCamera camera, bool resumed)
    {
        RecordingOrder order = new()
        {
            SessionId = session.SessionId,
            Camera = camera.Camera,
            Start = camera.Start,
            Session = session,
            Cursor = Cursor(camera.Camera),
            Resumed = resumed,
        };
        TimeSpan timeout = _setup.Settings.Current.Recording.StartTimeout;
        return await AskCamera(new StartRecording(camera.Camera, order), camera.Camera, timeout);
    }

    private async Task<CameraOutcome> AskCamera(object command, string camera, TimeSpan timeout)
    {
        try
        {
            object answer = await _setup.Cameras.Ask<object>(command, timeout);
            return answer as CameraOutcome ?? Outcome(camera, CameraResult.Failed, "The camera is no longer configured.");
        }
        catch (AskTimeoutException)
        {
            return Outcome(
                camera,
                CameraResult.Timeout,
                $"No answer within {timeout.TotalSeconds:0.#} s; it goes on trying and the manifest will tell."
            );
        }
    }

    private void OnStartsGathered(StartsGathered gathered)
    {
        SessionOutcome outcome = SessionViews.Summary(gathered.Session, SessionState.Recording, gathered.Outcomes);
        if (_session?.SessionId == gathered.Session.SessionId && _session.State == DesiredState.Recording)
        {
            _outcome = outcome;
            Publish(SessionState.Recording);
        }

        gathered.Asker.Tell(outcome);
    }

    private void OnStop(StopSession request)
    {
        (DesiredSession? stopped, Problem? problem) = SessionDecisions.Stop(request, _session, Now());
        if (stopped is null)
        {
            Sender.Tell(problem!);
            return;
        }

        IActorRef asker = Sender;
        Persist(
            stopped,
            _ =>
            {
                _session = stopped;
                CancelPlannedEnd();
                Publish(SessionState.Stopping);
                Task<CameraOutcome>[] stops =
                [
                    .. stopped
                        .Cameras.Where(camera => camera.End is null)
                        .Select(camera =>
                            AskCamera(
                                new StopRecording(camera.Camera, stopped.SessionId, stopped.End!.Value),
                                camera.Camera,
                                Wait(stopped.End.Value)
                            )
                        ),
                ];
                Task.WhenAll(stops).PipeTo(Self, success: outcomes => new StopsGathered(stopped, outcomes, asker));
            }
        );
    }

    private void OnStopsGathered(StopsGathered gathered)
    {
        gathered.Asker.Tell(SessionViews.Summary(gathered.Session, SessionState.Finished, gathered.Outcomes));
        if (_session is not { State: not DesiredState.Finished } session || session.SessionId != gathered.Session.SessionId)
        {
            return;
        }

        DesiredSession finished = session with
        {
            State = DesiredState.Finished,
            Revision = session.Revision + 1,
            End = session.End ?? Now(),
        };
        Persist(
            finished,
            _ =>
            {
                _session = finished;
                _outcome = null;
                Publish(SessionState.Finished);
                DeleteMessages(Math.Max(0, LastSequenceNr - KeepJournalEntries));
            }
        );
    }

    private void OnMark(AddMark request)
    {
        (DesiredSession? marked, Mark? mark, Problem? problem) = SessionDecisions.AddMark(request, _session, Now());
        if (marked is null)
        {
            Sender.Tell(problem!);
            return;
        }

        IActorRef asker = Sender;
        Persist(
            marked,
            _ =>
            {
                _session = marked;
                foreach (DesiredCamera camera in marked.Cameras)
                {
                    _setup.Cameras.Tell(new MarkRecording(camera.Camera, marked.SessionId, mark!));
                }

                Context.System.EventStream.Publish(new MarkAdded(marked.SessionId, mark!) { Time = Now(), Node = _setup.NodeId });
                asker.Tell(mark!);
            }
        );
    }

    private void OnJoin(JoinSession join)
    {
        if (
            _session is not { State: DesiredState.Recording } session
            || session.Cameras.Any(camera => camera.Camera == join.Camera && camera.End is null)
        )
        {
            Sender.Tell(
                _session is { State: DesiredState.Recording } running
                    ? SessionDecisions.SessionRunning(running)
                    : SessionDecisions.NoSession(null)
            );
            return;
        }

        // What it recorded before it left is done with; it does not go on from there.
        _cursors.Remove(join.Camera);
        DesiredCamera joining = new(join.Camera, Now());
        IActorRef asker = Sender;
        DesiredSession joined = session with
        {
            Cameras = [.. session.Cameras.Where(camera => camera.Camera != join.Camera), joining],
            Revision = session.Revision + 1,
        };
        Persist(
            joined,
            _ =>
            {
                _session = joined;
                Gather(joined, [joining], [], asker);
            }
        );
    }

    /// <summary>A camera that was stopped after failures and started again has forgotten its order; one that has not takes no notice.</summary>
    private void OnCameraConnected(CameraConnected connected)
    {
        if (
            _session is { State: DesiredState.Recording } session
            && session.Cameras.FirstOrDefault(camera => camera.Camera == connected.Camera && camera.End is null) is { } wanted
        )
        {
            _cursors.Remove(wanted.Camera);
            StartOne(session, wanted, resumed: true).PipeTo(ActorRefs.Nobody);
        }
    }

    private void OnLeave(LeaveSession leave)
    {
        if (
            _session is not { State: DesiredState.Recording } session
            || session.Cameras.All(camera => camera.Camera != leave.Camera || camera.End is not null)
        )
        {
            Sender.Tell(SessionDecisions.NoSession(null));
            return;
        }

        if (session.Cameras.Count(camera => camera.End is null) == 1)
        {
            OnStop(new StopSession());
            return;
        }

        DateTimeOffset end = Now();
        IActorRef asker = Sender;
        DesiredSession left = session with
        {
            Cameras = [.. session.Cameras.Select(camera => camera.Camera == leave.Camera ? camera with { End = end } : camera)],
            Revision = session.Revision + 1,
        };
        Persist(
            left,
            _ =>
            {
                _session = left;
                AskCamera(new StopRecording(leave.Camera, left.SessionId, end), leave.Camera, _setup.Settings.Current.Recording.StopTimeout)
                    .PipeTo(asker, success: outcome => SessionViews.Summary(left, SessionState.Recording, [outcome]));
            }
        );
    }

    private void OnPlannedEnd(PlannedEnd planned)
    {
        if (_session is { State: DesiredState.Recording } session && session.SessionId == planned.SessionId)
        {
            Self.Tell(new StopSession { SessionId = session.SessionId, At = session.End }, ActorRefs.NoSender);
        }
    }

    private void SchedulePlannedEnd()
    {
        CancelPlannedEnd();
        if (_session is { State: DesiredState.Recording, End: { } end } session)
        {
            TimeSpan delay = end > Now() ? end - Now() : TimeSpan.Zero;
            _plannedEnd = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, new PlannedEnd(session.SessionId), Self);
        }
    }

    private void CancelPlannedEnd()
    {
        _plannedEnd?.Cancel();
        _plannedEnd = null;
    }

    private void EndPreparing()
    {
        _preparing = false;
        Stash.UnstashAll();
    }

    private RecordingCursor Cursor(string camera)
    {
        if (!_cursors.TryGetValue(camera, out RecordingCursor? cursor))
        {
            cursor = new RecordingCursor();
            _cursors.Add(camera, cursor);
        }

        return cursor;
    }

    /// <summary>A stop may lie in the future; the files close after it.</summary>
    private TimeSpan Wait(DateTimeOffset end) =>
        _setup.Settings.Current.Recording.StopTimeout + (end > Now() ? end - Now() : TimeSpan.Zero);

    private void Publish(SessionState state)
    {
        if (_session is { } session)
        {
            Context.System.EventStream.Publish(
                new SessionChanged(SessionViews.Status(session, state)) { Time = Now(), Node = _setup.NodeId }
            );
        }
    }

    private static CameraOutcome Outcome(string camera, CameraResult result, string reason) =>
        new()
        {
            Camera = camera,
            Result = result,
            Reason = reason,
        };

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private sealed record Prepared(
        StartSession Request,
        IReadOnlyList<CameraStatus> Cameras,
        IReadOnlyList<GateReading> Gates,
        IActorRef Asker
    );

    private sealed record CouldNotPrepare(Exception Error, IActorRef Asker);

    private sealed record StartsGathered(DesiredSession Session, IReadOnlyList<CameraOutcome> Outcomes, IActorRef Asker);

    private sealed record StopsGathered(DesiredSession Session, IReadOnlyList<CameraOutcome> Outcomes, IActorRef Asker);

    private sealed record PlannedEnd(string SessionId);
}
