using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Rig.Actors.Cluster;
using Rig.Actors.Coordination;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>
/// Makes this node match the sessions that are wanted. What must be done is decided by <see cref="NodeReconciliation"/>; here are its journal, its
/// cameras, its timer, and its ears: the coordinator's messages, the watched shared state, and the operator's local wishes
/// (<see cref="StartSession"/>, <see cref="StopSession"/>, <see cref="AddMark"/>: this node's cameras only). Every wish is in the journal before anything is
/// done about it, so that a killed process goes on with the same session when it is started again.
/// </summary>
public sealed partial class SessionActor : ReceivePersistentActor
{
    /// <summary>Journal entries that are kept behind the newest: enough for every session that a node may still have to report.</summary>
    private const int KeepJournalEntries = 50;

    private readonly SessionSetup _setup;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeReconciliation _machine;
    private readonly SessionNews _news;
    private readonly Dictionary<long, IActorRef> _askers = [];
    private readonly Dictionary<string, (DesiredSession Session, long Entry)> _journal = new(StringComparer.Ordinal);
    private long _lastAsker;
    private ICancelable? _wake;
    private bool _preparing;

    public SessionActor(SessionSetup setup)
    {
        _setup = setup;
        _machine = new NodeReconciliation(setup.NodeId, CoordinationSettings.From(setup.Settings.Current.Recording));
        _news = new SessionNews(setup.NodeId);
        Recover<DesiredSession>(session => Note(Qualified(session)));
        Recover<RecoveryCompleted>(_ => OnRecovered());

        Command<object>(message => _preparing && IsLocalWish(message), _ => Stash.Stash());
        Command<PrepareSession>(OnPrepare);
        Command<ApplySession>(apply => Step(new ApplyAsked(Asker(), apply.Session)));
        Command<StartSession>(OnLocalStart);
        Command<LocalPrepared>(OnLocalPrepared);
        Command<StopSession>(stop => Step(new LocalStop(Asker(), stop)));
        Command<AddMark>(mark => Step(new LocalMark(Asker(), mark)));
        Command<CameraDid>(OnCameraDid);
        Command<CamerasChanged>(changed => Step(new NodeCameras(changed.Cameras)));
        Command<CameraConnected>(connected => Step(new CameraForgot(connected.Camera)));
        Command<NodeWoke>(woke => Step(woke));
        Command<GetSession>(_ => Sender.Tell(new CurrentSession(_news.Shown)));
        Command<DeleteMessagesSuccess>(_ => { });
        FollowTheRig();
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
        _wake?.Cancel();
        StopFollowing();
        Context.System.EventStream.Unsubscribe(Self, typeof(CameraConnected));
        base.PostStop();
    }

    /// <summary>What must not overtake a local start that is being prepared.</summary>
    private static bool IsLocalWish(object message) => message is StartSession or StopSession or AddMark;

    private void OnRecovered()
    {
        DesiredSession[] journal = [.. _journal.Values.OrderBy(entry => entry.Entry).Select(entry => entry.Session)];
        DesiredSession? cut = journal.LastOrDefault(session => session.State != DesiredState.Finished && HasPart(session));
        if (cut is not null)
        {
            _log.Warning("Session {0} was running when this program ended.", cut.SessionId);
            _news.Recovered(cut);
        }

        Step(new NodeRecovered(journal, [.. _setup.Settings.Current.Cameras.Select(camera => camera.Id)]));
        BeginFollowing();
    }

    /// <summary>Cameras of this node are in it.</summary>
    private bool HasPart(DesiredSession session) => session.Cameras.Any(camera => Wishes.IsOf(camera.Camera, _setup.NodeId));

    /// <summary>One turn of the machine: it is told, and what it wants is done.</summary>
    private void Step(NodeInput input) => Carry(_machine.Handle(input, Now()), 0);

    /// <summary>Carries out effects in order. What follows an entry of the journal waits until that is durable; other messages wait meanwhile.</summary>
    private void Carry(IReadOnlyList<NodeEffect> effects, int from)
    {
        for (int next = from; next < effects.Count; next++)
        {
            if (effects[next] is JournalSession { Session: var session })
            {
                int rest = next + 1;
                Persist(
                    session,
                    _ =>
                    {
                        Note(session);
                        Carry(effects, rest);
                    }
                );
                return;
            }

            Do(effects[next]);
        }

        Look();
    }

    /// <summary>What this node did for a session is done, said once. A rig that still wants something of it says so.</summary>
    private void Close(string sessionId)
    {
        if (_journal.TryGetValue(sessionId, out var last) && last.Session.State != DesiredState.Finished)
        {
            Persist(
                last.Session with
                {
                    State = DesiredState.Finished,
                },
                finished =>
                {
                    Note(finished);
                    Prune();
                }
            );
        }
    }

    private void Look()
    {
        foreach (RigEvent news in _news.Look(_machine.Current, _machine.Sessions, Now()))
        {
            Context.System.EventStream.Publish(news);
            if (news is SessionChanged { Session: { State: SessionState.Finished, SessionId: var id } })
            {
                Close(id);
            }
        }
    }

    private void Do(NodeEffect effect)
    {
        switch (effect)
        {
            case StartCamera start:
                _news.Starting(start);
                Start(start);
                break;
            case StopCamera stop:
                _news.Closing(stop);
                Stop(stop);
                break;
            case MarkCamera mark:
                _setup.Cameras.Tell(new Cameras.MarkRecording(mark.Camera, mark.SessionId, mark.Mark));
                break;
            case AnswerNodeAsker answer:
                Answer(answer);
                break;
            case SendReport report:
                Send(report.Report);
                break;
            case WakeNodeAt wake:
                WakeAt(wake.At);
                break;
        }
    }

    private void OnCameraDid(CameraDid did)
    {
        _news.Did(did.Order);
        Step(did);
    }

    private void WakeAt(DateTimeOffset at)
    {
        _wake?.Cancel();
        TimeSpan delay = at > Now() ? at - Now() : TimeSpan.Zero;
        _wake = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, new NodeWoke(), Self);
    }

    private void Note(DesiredSession session) => _journal[session.SessionId] = (session, LastSequenceNr);

    /// <summary>Forgets entries that no session needs any more.</summary>
    private void Prune()
    {
        HashSet<string> needed = [.. _machine.Sessions.Select(session => session.SessionId)];
        foreach (string old in _journal.Keys.Where(id => !needed.Contains(id)).ToList())
        {
            _journal.Remove(old);
        }

        long oldest = _journal.Count == 0 ? LastSequenceNr : _journal.Values.Min(entry => entry.Entry);
        DeleteMessages(Math.Max(0, Math.Min(oldest - 1, LastSequenceNr - KeepJournalEntries)));
    }

    /// <summary>A journal from before there was a rig names cameras without their node.</summary>
    private DesiredSession Qualified(DesiredSession session) =>
        session.Cameras.All(camera => camera.Camera.Contains('/', StringComparison.Ordinal))
            ? session
            : session with
            {
                Cameras = [.. session.Cameras.Select(camera => camera with { Camera = Qualified(camera.Camera) })],
            };

    private string Qualified(string camera) => CameraId.TryParse(camera, _setup.NodeId, out CameraId id) ? id.ToString() : camera;

    private long Asker()
    {
        _askers.Add(++_lastAsker, Sender);
        return _lastAsker;
    }

    /// <summary>Answers to this node's operator go without the envelope that they have between nodes.</summary>
    private void Answer(AnswerNodeAsker answer)
    {
        if (!_askers.Remove(answer.Asker, out IActorRef? asker))
        {
            return;
        }

        asker.Tell(
            answer.Answer switch
            {
                OutcomeAnswer(var outcome) => outcome,
                MarkAnswer(var mark) => mark,
                ProblemAnswer(var problem) => problem,
                var message => message,
            }
        );
    }

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private static Problem Silent(Exception error) =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.TimedOut,
            Title = "The node does not answer",
            Detail = error.Message,
            Remedy = "Try again; if it stays, look at the log.",
        };
}
