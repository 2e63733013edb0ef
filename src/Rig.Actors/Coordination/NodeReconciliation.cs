using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>
/// What a node must do so that its cameras match what is wanted of them. It follows every session that it heard of; for each camera the latest wish holds
/// (<see cref="Wishes"/>), whoever made it. Absence of the rig, of the coordinator or of a document is not a wish: nothing stops by it. Pure but for its own memory.
/// </summary>
public sealed partial class NodeReconciliation(string nodeId, CoordinationSettings settings)
{
    /// <summary>Ended sessions that are remembered: an older one that turns up late must not be taken up again.</summary>
    private const int KeepEnded = 20;

    private readonly CoordinationSettings _settings = settings;

    /// <summary>Newest copies, with this node's own wishes in them.</summary>
    private readonly Dictionary<string, DesiredSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Found in the journal, too old to be taken up without word from the rig.</summary>
    private readonly HashSet<string> _unconfirmed = new(StringComparer.Ordinal);

    /// <summary>Recorded when the program ended; the first start of each is a resumption.</summary>
    private readonly HashSet<(string Session, string Camera)> _interrupted = [];
    private readonly Dictionary<string, Recording> _recording = new(StringComparer.Ordinal);
    private readonly List<NodeEffect> _actions = [];
    private readonly Dictionary<string, DesiredSession> _journal = new(StringComparer.Ordinal);
    private string[] _cameras = [];
    private DateTimeOffset _now;
    private DateTimeOffset? _wake;
    private long _lastOrder;

    public string NodeId { get; } = nodeId;

    /// <summary>Newest copies of the sessions that it follows, newest wish first: what a snapshot of the journal holds.</summary>
    public IReadOnlyList<DesiredSession> Sessions =>
        [
            .. _sessions
                .Values.OrderByDescending(session => session.RequestedAt)
                .ThenByDescending(session => session.SessionId, StringComparer.Ordinal),
        ];

    /// <summary>The session that this node's cameras record in now or are about to; null when nothing is wanted of them.</summary>
    public DesiredSession? Current =>
        _recording
            .Values.Where(recording => recording.End is null || recording.End > _now)
            .Select(recording => _sessions.GetValueOrDefault(recording.SessionId))
            .OfType<DesiredSession>()
            .MaxBy(session => (session.RequestedAt, session.SessionId));

    public IReadOnlyList<NodeEffect> Handle(NodeInput input, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(input);
        _now = now;
        Take(input);
        Reconcile();
        SendReports();
        AnswerWaiting();
        ScheduleWake();
        NodeEffect[] effects = [.. _journal.Values.Select(session => new JournalSession(session)), .. _actions];
        _journal.Clear();
        _actions.Clear();
        return effects;
    }

    private void Take(NodeInput input)
    {
        switch (input)
        {
            case NodeRecovered recovered:
                Recover(recovered);
                break;
            case NodeCameras cameras:
                SetCameras(cameras.Cameras);
                break;
            case CameraForgot forgot:
                StartAgain(Qualified(forgot.Camera));
                break;
            case ApplyAsked apply:
                Learn(apply.Session);
                _waiting.Add(new Waiting(apply.Asker, apply.Session.SessionId, ByRig: true));
                break;
            case DocumentSeen seen:
                Learn(seen.Session);
                break;
            case DocumentsSeen seen:
                LearnAll(seen.Sessions);
                break;
            case RigReachable rig:
                _reachable = rig.Reachable;
                _nextReport.Clear();
                break;
            case ReportEnded ended:
                _reporting.Remove(ended.SessionId);
                break;
            case LocalStart start:
                Start(start);
                break;
            case LocalStop stop:
                Stop(stop);
                break;
            case LocalMark mark:
                Mark(mark);
                break;
            case CameraDid did:
                OnDid(did);
                break;
            case NodeWoke:
                _wake = null;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "Not an input of a node's session.");
        }
    }

    private void Recover(NodeRecovered recovered)
    {
        SetCameras(recovered.Cameras);
        foreach (DesiredSession session in recovered.Journal)
        {
            _sessions[session.SessionId] = session;
            foreach (DesiredCamera camera in OwnEntries(session).Where(Wishes.IsOpen))
            {
                _interrupted.Add((session.SessionId, camera.Camera));
            }

            if (_now - session.Start >= _settings.ResumeWithin)
            {
                _unconfirmed.Add(session.SessionId);
            }
        }
    }

    private void SetCameras(IReadOnlyList<string> cameras)
    {
        _cameras = [.. cameras.Select(Qualified)];
        foreach (string gone in _recording.Keys.Except(_cameras).ToArray())
        {
            _recording.Remove(gone);
        }
    }

    /// <summary>A document as the rig has it. Older revisions and known ones change nothing.</summary>
    private void Learn(DesiredSession document)
    {
        string id = document.SessionId;
        _unconfirmed.Remove(id);
        _sessions.TryGetValue(id, out DesiredSession? own);
        if (
            document.Revision < (own?.Revision ?? 0)
            || (_shared.TryGetValue(id, out DesiredSession? known) && known.Revision >= document.Revision)
        )
        {
            return;
        }

        _shared[id] = document;
        Adopt(own is null ? document : Wishes.Merge(document, own, NodeId, SessionRules.MostMarks));
    }

    private void LearnAll(IReadOnlyList<DesiredSession> documents)
    {
        HashSet<string> present = [.. documents.Select(document => document.SessionId)];
        foreach (string gone in _shared.Keys.Where(id => !present.Contains(id)).ToArray())
        {
            _shared.Remove(gone);
        }

        foreach (DesiredSession document in documents)
        {
            Learn(document);
        }

        _listed = true;
    }

    /// <summary>Takes over a newer copy; its new marks go to the cameras that record.</summary>
    private void Adopt(DesiredSession session)
    {
        string id = session.SessionId;
        _sessions.TryGetValue(id, out DesiredSession? before);
        if (session.State != DesiredState.Recording)
        {
            // Of what has ended only this node's own part is ever looked at again.
            session = session with
            {
                Cameras = [.. session.Cameras.Where(camera => Wishes.IsOf(camera.Camera, NodeId))],
            };
        }

        _sessions[id] = session;
        if (before is null ? session.State == DesiredState.Recording : Differs(before, session))
        {
            _journal[id] = session;
        }

        foreach (
            Mark mark in session
                .Marks.Skip(before?.Marks.Count ?? 0)
                .Concat(before is null ? [] : session.Marks.Take(before.Marks.Count).Except(before.Marks))
        )
        {
            foreach ((string camera, Recording recording) in _recording)
            {
                if (recording.SessionId == id && before?.Marks.Contains(mark) != true)
                {
                    _actions.Add(new MarkCamera(Plain(camera), id, mark));
                }
            }
        }

        ForgetEnded();
    }

    /// <summary>What became of other nodes' cameras need not survive a crash of this one.</summary>
    private bool Differs(DesiredSession before, DesiredSession after) =>
        (before.State, before.End, before.RequestedAt, before.AllCameras) != (after.State, after.End, after.RequestedAt, after.AllCameras)
        || before.Marks.Count != after.Marks.Count
        || !before.Marks.SequenceEqual(after.Marks)
        || !OwnEntries(before).Select(Meaning).SequenceEqual(OwnEntries(after).Select(Meaning));

    private static DesiredCamera Meaning(DesiredCamera camera) =>
        camera with
        {
            Outcome = camera.Outcome is { Result: CameraResult.Refused } ? camera.Outcome with { Gates = null } : null,
        };

    private IEnumerable<DesiredCamera> OwnEntries(DesiredSession session) =>
        session.Cameras.Where(camera => Wishes.IsOf(camera.Camera, NodeId));

    private void ForgetEnded()
    {
        DesiredSession[] ended = [.. Sessions.Where(session => session.State != DesiredState.Recording).Skip(KeepEnded)];
        foreach (
            DesiredSession session in ended.Where(session => _recording.Values.All(recording => recording.SessionId != session.SessionId))
        )
        {
            _sessions.Remove(session.SessionId);
            _shared.Remove(session.SessionId);
            foreach ((string, string) key in _outcomes.Keys.Where(key => key.Session == session.SessionId).ToArray())
            {
                _outcomes.Remove(key);
            }
        }
    }

    private void ScheduleWake()
    {
        DateTimeOffset? next = null;
        foreach (DesiredSession session in _sessions.Values.Where(session => session.State == DesiredState.Recording))
        {
            Consider(session.End);
            Consider(session.Start);
        }

        foreach (DateTimeOffset report in _nextReport.Values)
        {
            Consider(report);
        }

        if (next is { } at && at != _wake)
        {
            _wake = at;
            _actions.Add(new WakeNodeAt(at));
        }

        void Consider(DateTimeOffset? at)
        {
            if (at > _now && (next is null || at < next))
            {
                next = at;
            }
        }
    }

    private string Qualified(string camera) => $"{NodeId}/{camera}";

    private string Plain(string camera) => camera[(NodeId.Length + 1)..];

    /// <summary>What a camera was told last.</summary>
    private sealed class Recording(string sessionId)
    {
        public string SessionId { get; } = sessionId;
        public DateTimeOffset? End { get; set; }

        /// <summary>The stop that is under way.</summary>
        public long Stopping { get; set; }
    }
}
