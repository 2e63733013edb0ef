using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// The node by itself while the rig is away, and telling the rig of it afterwards.
public sealed partial class NodeReconciliation
{
    /// <summary>As the rig has them.</summary>
    private readonly Dictionary<string, DesiredSession> _shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reporting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _nextReport = new(StringComparer.Ordinal);
    private bool _reachable;
    private bool _listed;

    /// <summary>
    /// The name of a session that this node begins by itself, for <see cref="PrepareSession"/>: it ends in the node's, so that sessions which parted nodes begin are
    /// never taken for one.
    /// </summary>
    public string LocalId(StartSession request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        string name = request.SessionId ?? SessionRules.IdOf(SessionRules.StartOf(request, now));
        string tail = "-" + NodeId;
        return name.EndsWith(tail, StringComparison.Ordinal) ? name : name[..Math.Min(name.Length, Math.Max(1, 64 - tail.Length))] + tail;
    }

    private void Start(LocalStart start)
    {
        StartSession request = start.Request;
        if (request.RequestId is { } id && Sessions.FirstOrDefault(session => session.RequestId == id) is { } made)
        {
            _waiting.Add(new Waiting(start.Asker, made.SessionId, ByRig: false));
            return;
        }

        (DesiredSession? session, Problem? problem) = Plan(start);
        if (session is null)
        {
            _actions.Add(new AnswerNodeAsker(start.Asker, new ProblemAnswer(problem!)));
            return;
        }

        Adopt(session);
        _waiting.Add(new Waiting(start.Asker, session.SessionId, ByRig: false));
    }

    private (DesiredSession? Session, Problem? Problem) Plan(LocalStart local)
    {
        StartSession request = local.Request;
        if (Current is { } running)
        {
            return (null, SessionProblems.SessionRunning(running));
        }

        if (SessionRules.Validate(request, _now) is { } invalid)
        {
            return (null, invalid);
        }

        List<CameraId> chosen = [];
        foreach (string name in request.Cameras is { Count: > 0 } named ? named.Distinct() : _cameras)
        {
            if (!CameraId.TryParse(name, NodeId, out CameraId id) || !_cameras.Contains(id.ToString()))
            {
                return (null, SessionProblems.UnknownCamera(name, _cameras));
            }

            chosen.Add(id);
        }

        string sessionId = LocalId(request, _now);
        if (chosen.Count == 0)
        {
            return (null, SessionProblems.UnknownCamera(null, []));
        }

        if (local.Gates.SessionExists || _sessions.ContainsKey(sessionId))
        {
            return (null, SessionProblems.SessionExists(sessionId));
        }

        DateTimeOffset start = SessionRules.StartOf(request, _now);
        Dictionary<string, PreparedNode> answers = new(StringComparer.Ordinal) { [NodeId] = local.Gates };
        StartPlan plan = StartPlan.Make(
            request,
            start,
            chosen,
            answers,
            camera => throw new InvalidOperationException($"{camera} is not of this node.")
        );
        DesiredSession session = plan.Document(request, sessionId, start, WishTime(request.RequestedAt));
        return plan.Problem is { } problem ? (null, problem) : (session with { Revision = 0, AllCameras = false, Origin = NodeId }, null);
    }

    private void Stop(LocalStop stop)
    {
        StopSession request = stop.Request;
        if (Current is not { } session || (request.SessionId is { } id && id != session.SessionId))
        {
            AnswerNoSession(stop);
            return;
        }

        (DateTimeOffset? end, Problem? problem) = SessionRules.EndOf(request, session, _now);
        if (problem is not null)
        {
            _actions.Add(new AnswerNodeAsker(stop.Asker, new ProblemAnswer(problem)));
            return;
        }

        DateTimeOffset wish = WishTime(request.RequestedAt);
        foreach (DesiredSession running in _sessions.Values.ToArray())
        {
            DesiredSession ended = running;
            foreach (
                DesiredCamera entry in OwnEntries(running).Where(entry => running.State == DesiredState.Recording && Wishes.IsOpen(entry))
            )
            {
                ended = Wishes.With(ended, entry with { End = end < entry.Start ? entry.Start : end, WishedAt = wish });
            }

            if (!ReferenceEquals(ended, running))
            {
                Adopt(ended with { StopRequestId = request.RequestId ?? ended.StopRequestId });
            }
        }

        _waiting.Add(new Waiting(stop.Asker, session.SessionId, ByRig: false));
    }

    private void AnswerNoSession(LocalStop stop)
    {
        StopSession request = stop.Request;
        if (request.RequestId is { } id && Sessions.FirstOrDefault(session => session.StopRequestId == id) is { } stopped)
        {
            _waiting.Add(new Waiting(stop.Asker, stopped.SessionId, ByRig: false));
        }
        else
        {
            _actions.Add(new AnswerNodeAsker(stop.Asker, new ProblemAnswer(SessionProblems.NoSession(request.SessionId))));
        }
    }

    private void Mark(LocalMark local)
    {
        (DesiredSession? marked, Mark? mark, Problem? problem) = SessionRules.AddMark(local.Request, Current, _now);
        if (marked is not null)
        {
            Adopt(marked);
        }

        _actions.Add(new AnswerNodeAsker(local.Asker, mark is null ? new ProblemAnswer(problem!) : new MarkAnswer(mark)));
    }

    /// <summary>The instant of a new wish: as asked for, but after everything that this node knows of.</summary>
    private DateTimeOffset WishTime(DateTimeOffset? asked)
    {
        DateTimeOffset wish = asked ?? _now;
        foreach (DesiredSession session in _sessions.Values)
        {
            DateTimeOffset known = Wishes.Newest(session);
            wish = known >= wish ? known.AddTicks(1) : wish;
        }

        return wish;
    }

    /// <summary>What the rig does not know yet goes to the coordinator, again and again until its document shows it.</summary>
    private void SendReports()
    {
        if (!_reachable)
        {
            return;
        }

        foreach (DesiredSession session in _sessions.Values)
        {
            string id = session.SessionId;
            if (!HasWishFor(session))
            {
                _nextReport.Remove(id);
            }
            else if (!_reporting.Contains(id) && !(_nextReport.GetValueOrDefault(id) > _now))
            {
                _reporting.Add(id);
                _nextReport[id] = _now + _settings.RetryInterval;
                _actions.Add(new SendReport(new ReportWishes(NodeId, [.. _cameras.Select(Plain)], OwnPart(session))));
            }
        }
    }

    /// <summary>This node knows something about its cameras in the session that the rig does not.</summary>
    private bool HasWishFor(DesiredSession session)
    {
        _shared.TryGetValue(session.SessionId, out DesiredSession? shared);
        if (shared?.State != DesiredState.Recording && EndsElsewhere(session))
        {
            return true;
        }

        if (shared is null)
        {
            return _listed && _recording.Values.Any(recording => recording.SessionId == session.SessionId && recording.End is null);
        }

        return shared.State == DesiredState.Recording
            && !ReferenceEquals(Wishes.Merge(shared, session, NodeId, SessionRules.MostMarks), shared);
    }

    private bool EndsElsewhere(DesiredSession session) =>
        Wishes.EndElsewhere([.. _shared.Values.Where(other => other.State == DesiredState.Recording)], OwnPart(session), _now) is not null;

    private DesiredSession OwnPart(DesiredSession session) => session with { Cameras = [.. OwnEntries(session)] };
}
