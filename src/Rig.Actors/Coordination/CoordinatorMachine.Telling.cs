using Rig.Actors.Sessions;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// Telling the nodes what is wanted, and hearing what became of it. A node that did not answer is told again while it is here.
public sealed partial class CoordinatorMachine
{
    private readonly Dictionary<long, Telling> _tellings = [];
    private readonly List<Gathering> _gatherings = [];

    /// <summary>The revision that nodes must have heard of.</summary>
    private readonly Dictionary<string, long> _need = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Session, string Node), Told> _told = [];

    /// <summary>What became of the cameras since the session's state last changed.</summary>
    private readonly Dictionary<string, Dictionary<string, CameraOutcome>> _outcomes = new(StringComparer.Ordinal);
    private DateTimeOffset? _retell;

    private void OnWoke()
    {
        if (_readAgain <= _now)
        {
            Read();
        }

        if (_retell <= _now)
        {
            Retell();
        }
    }

    private void ScheduleWake()
    {
        if (_ended)
        {
            return;
        }

        DateTimeOffset? next = Earlier(_readAgain, _retell);
        if (State == CoordinatorState.Active)
        {
            foreach (SharedDocument document in _documents.Values)
            {
                // An end that came is written as soon as that can be done; nothing needs to wake for it, and it must not hide what comes later.
                if (document.Session is { State: DesiredState.Recording, End: { } end } && end > _now)
                {
                    next = Earlier(next, end);
                }
            }
        }

        if (next is { } at && at > _now && at != _wake)
        {
            _wake = at;
            _effects.Add(new WakeAt(at));
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    /// <summary>The nodes with cameras in the session, or that could have.</summary>
    private IEnumerable<string> Concerned(DesiredSession session)
    {
        IEnumerable<string> nodes = session.Cameras.Select(camera => Wishes.NodeOf(camera.Camera));
        if (session is { AllCameras: true, State: DesiredState.Recording })
        {
            nodes = nodes.Concat(
                _members.Values.Where(member => IsHere(member) && member.Member.Cameras.Count > 0).Select(member => member.Member.NodeId)
            );
        }

        return nodes.Distinct(StringComparer.Ordinal);
    }

    private static bool IsHere(MemberView member) => member is { State: MemberState.Up, Reachable: true };

    private void Tell(DesiredSession session, IEnumerable<string> nodes, Gathering? gathering)
    {
        TimeSpan timeout = session.State == DesiredState.Recording ? _settings.ApplyTimeout : _settings.StopTimeout;
        if (session is { State: DesiredState.Stopped, End: { } end } && end > _now)
        {
            timeout += end - _now;
        }

        foreach (string node in nodes.ToArray())
        {
            long ask = NextNumber();
            Told told = ToldOf(session.SessionId, node);
            told.UnderWay++;
            told.Next = _now + _settings.RetryInterval;
            _tellings[ask] = new Telling(session, node, told);
            gathering?.Asks.Add(ask);
            _effects.Add(new AskNode(ask, node, new ApplySession(session), timeout));
        }
    }

    /// <summary>Tells a written change to all who are concerned and answers the asker when they have answered.</summary>
    private void TellAll(string sessionId, long? asker, string? camera = null)
    {
        DesiredSession session = _documents[sessionId].Session;
        Gathering gathering = new(sessionId, camera);
        if (asker is { } waiting)
        {
            gathering.Askers.Add(waiting);
        }

        Tell(session, camera is null ? Concerned(session) : [Wishes.NodeOf(camera)], gathering);
        if (camera is not null)
        {
            Tell(session, Concerned(session).Where(node => node != Wishes.NodeOf(camera)), null);
        }

        Await(gathering);
    }

    private void Await(Gathering gathering)
    {
        _gatherings.Add(gathering);
        Complete(gathering);
        _retell ??= _now + _settings.RetryInterval;
    }

    /// <summary>The members that have not heard of the newest revision, and do not take it in just now.</summary>
    private void Retell()
    {
        _retell = null;
        if (!_readOnce)
        {
            return;
        }

        foreach (DesiredSession session in NewestFirst().Where(IsUnfinished))
        {
            _retell = _now + _settings.RetryInterval;
            long need = _need[session.SessionId];
            Tell(session, Concerned(session).Where(node => MustHear(session.SessionId, node, need)), null);
        }
    }

    private bool MustHear(string sessionId, string node, long need)
    {
        if (!_members.TryGetValue(node, out MemberView? member) || !IsHere(member))
        {
            return false;
        }

        Told told = ToldOf(sessionId, node);
        if (told.Incarnation != member.Member.Incarnation)
        {
            // A node that came back may have lost what it had not yet put into its journal.
            told.Acknowledged = told.Incarnation is null ? told.Acknowledged : 0;
            told.Incarnation = member.Member.Incarnation;
        }

        return told.Acknowledged < need && told.UnderWay == 0 && told.Next <= _now;
    }

    private Told ToldOf(string sessionId, string node)
    {
        if (!_told.TryGetValue((sessionId, node), out Told? told))
        {
            told = new Told();
            _told.Add((sessionId, node), told);
        }

        return told;
    }

    private void OnAnswered(NodeAnswered answered)
    {
        if (_preparation?.Asks.ContainsKey(answered.Ask) == true)
        {
            OnPrepared(_preparation, answered.Ask, answered.Answer);
        }
        else if (_tellings.Remove(answered.Ask, out Telling? telling))
        {
            if (answered.Answer is AppliedSession applied && applied.NodeId == telling.Node)
            {
                telling.Told.Acknowledged = Math.Max(telling.Told.Acknowledged, telling.Revision);
                foreach (CameraOutcome outcome in applied.Outcomes.Where(outcome => Wishes.IsOf(outcome.Camera, telling.Node)))
                {
                    Note(telling, outcome);
                }
            }

            Heard(answered.Ask, telling);
        }
    }

    private void OnSilent(NodeSilent silent)
    {
        if (_preparation?.Asks.ContainsKey(silent.Ask) == true)
        {
            OnNotPrepared(_preparation, silent);
        }
        else if (_tellings.Remove(silent.Ask, out Telling? telling))
        {
            if (_documents.TryGetValue(telling.Session, out SharedDocument? document))
            {
                foreach (DesiredCamera camera in document.Session.Cameras.Where(camera => Wishes.IsOf(camera.Camera, telling.Node)))
                {
                    if (OutcomeOf(document.Session, camera) is null)
                    {
                        Note(telling, Silence(camera.Camera, silent.Unreachable, silent.Reason));
                    }
                }
            }

            Heard(silent.Ask, telling);
        }
    }

    /// <summary>
    /// What a node says about an earlier revision does not count once the session's state is another, or the camera has been joined or left since: a refusal from before a
    /// join would stand for good.
    /// </summary>
    private void Note(Telling telling, CameraOutcome outcome)
    {
        if (
            !_documents.TryGetValue(telling.Session, out SharedDocument? document)
            || (document.Session.State != DesiredState.Recording && telling.Revision < _need[telling.Session])
            || Wishes.Entry(telling.Document, outcome.Camera)?.WishedAt != Wishes.Entry(document.Session, outcome.Camera)?.WishedAt
        )
        {
            return;
        }

        if (!_outcomes.TryGetValue(telling.Session, out Dictionary<string, CameraOutcome>? known))
        {
            _outcomes[telling.Session] = known = new(StringComparer.Ordinal);
        }

        known[outcome.Camera] = outcome;
    }

    private void Heard(long ask, Telling telling)
    {
        telling.Told.UnderWay--;
        foreach (Gathering gathering in _gatherings.Where(gathering => gathering.Asks.Remove(ask)).ToArray())
        {
            Complete(gathering);
        }
    }

    private void Complete(Gathering gathering)
    {
        if (gathering.Asks.Count > 0 || !_gatherings.Remove(gathering))
        {
            return;
        }

        gathering.Then?.Invoke();
        foreach (long asker in gathering.Askers)
        {
            AnswerOutcome(asker, gathering.Session, gathering.Camera);
        }
    }

    /// <summary>Answers when the nodes that are being told have answered, or now when none is.</summary>
    private void AnswerAlike(long asker, string sessionId)
    {
        Gathering gathering = new(sessionId, null);
        gathering.Askers.Add(asker);
        gathering.Asks.UnionWith(_tellings.Where(telling => telling.Value.Session == sessionId).Select(telling => telling.Key));
        Await(gathering);
    }

    private void AnswerOutcome(long asker, string sessionId, string? camera)
    {
        if (!_documents.TryGetValue(sessionId, out SharedDocument? document))
        {
            Answer(asker, SessionProblems.NoSession(sessionId));
            return;
        }

        DesiredSession session = document.Session;
        CameraOutcome[] outcomes =
        [
            .. session
                .Cameras.Where(entry => camera is null || entry.Camera == camera)
                .Select(entry => OutcomeOf(session, entry) ?? Silence(entry.Camera, unreachable: false, "No answer yet.")),
        ];
        SessionState state = session.State switch
        {
            DesiredState.Recording => SessionState.Recording,
            DesiredState.Stopped when outcomes.Any(outcome => !IsFinal(outcome)) => SessionState.Stopping,
            _ => SessionState.Finished,
        };
        Answer(asker, new OutcomeAnswer(SessionViews.Summary(session, state, outcomes)));
    }

    /// <summary>As known now, for the state that the session is in; null when nothing was heard.</summary>
    private CameraOutcome? OutcomeOf(DesiredSession session, DesiredCamera camera)
    {
        if (camera.Outcome is { Result: CameraResult.Refused })
        {
            return camera.Outcome;
        }

        if (
            _outcomes.TryGetValue(session.SessionId, out Dictionary<string, CameraOutcome>? known)
            && known.TryGetValue(camera.Camera, out CameraOutcome? outcome)
        )
        {
            return outcome;
        }

        return
            session.State == DesiredState.Recording
            || camera.Outcome is { Result: CameraResult.Stopped }
            || session.State == DesiredState.Finished
            ? camera.Outcome
            : null;
    }

    private static bool IsFinal(CameraOutcome outcome) =>
        outcome.Result is CameraResult.Stopped or CameraResult.Refused or CameraResult.Failed;

    private static CameraOutcome Silence(string camera, bool unreachable, string reason) =>
        new()
        {
            Camera = camera,
            Result = unreachable ? CameraResult.Unreachable : CameraResult.Timeout,
            Reason = unreachable
                ? $"{reason} It follows when it is back; local commands work there."
                : $"{reason} It goes on trying and the manifest will tell.",
        };

    /// <param name="Document">As it was told.</param>
    private sealed record Telling(DesiredSession Document, string Node, Told Told)
    {
        public string Session => Document.SessionId;
        public long Revision => Document.Revision;
    }

    /// <summary>What a node has heard of a session.</summary>
    private sealed class Told
    {
        public long Acknowledged { get; set; }
        public Guid? Incarnation { get; set; }
        public int UnderWay { get; set; }
        public DateTimeOffset Next { get; set; } = DateTimeOffset.MinValue;
    }

    /// <summary>Askers that wait until nodes have answered. <c>camera</c>: only its outcome is told.</summary>
    private sealed class Gathering(string session, string? camera)
    {
        public string Session { get; } = session;
        public string? Camera { get; } = camera;
        public HashSet<long> Asks { get; } = [];
        public List<long> Askers { get; } = [];
        public Action? Then { get; init; }
    }
}
