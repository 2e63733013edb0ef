using Rig.Actors.Coordination;
using Rig.Contracts.Events;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>
/// What the world is told of the session that this node records: each state once, each mark once. A session begins here when cameras of this node are told to
/// record, and is over when the last one has closed its files.
/// </summary>
internal sealed class SessionNews(string nodeId)
{
    /// <summary>Orders to cameras that have not been answered, with their session.</summary>
    private readonly Dictionary<long, string> _starting = [];
    private readonly Dictionary<long, string> _closing = [];
    private DesiredSession? _session;
    private SessionState _told = SessionState.Finished;
    private int _marks;

    /// <summary>The session as it stands here; null when nothing is recorded and no file is being closed.</summary>
    public SessionStatus? Shown => _session is { } session && _told != SessionState.Finished ? SessionViews.Status(session, _told) : null;

    /// <summary>A session that ran when the program before this one ended.</summary>
    public void Recovered(DesiredSession session) => (_session, _told, _marks) = (session, SessionState.Recording, session.Marks.Count);

    public void Starting(StartCamera start) => _starting[start.Order] = start.Session.SessionId;

    public void Closing(StopCamera stop) => _closing[stop.Order] = stop.SessionId;

    public void Did(long order)
    {
        _starting.Remove(order);
        _closing.Remove(order);
    }

    /// <summary>What is new since the last turn.</summary>
    /// <param name="current">The session that this node's cameras are to record in.</param>
    /// <param name="sessions">Newest copies of all that the node follows.</param>
    public IReadOnlyList<RigEvent> Look(DesiredSession? current, IReadOnlyList<DesiredSession> sessions, DateTimeOffset now)
    {
        List<RigEvent> news = [];
        if (_session is { } before && _told != SessionState.Finished)
        {
            _session = sessions.FirstOrDefault(session => session.SessionId == before.SessionId) ?? before;
            Tell(news, StateOf(_session, current), now);
        }

        if (current is not null && (current.SessionId != _session?.SessionId || _told == SessionState.Finished))
        {
            // Two sessions overlap while the files of the first are being closed: the newer one is shown.
            (_session, _told, _marks) = (current, SessionState.Starting, 0);
            news.Add(Changed(now));
            Tell(news, StateOf(current, current), now);
        }

        if (_session is { } shown && _told != SessionState.Finished)
        {
            news.AddRange(shown.Marks.Skip(_marks).Select(mark => new MarkAdded(shown.SessionId, mark) { Time = now, Node = nodeId }));
            _marks = Math.Max(_marks, shown.Marks.Count);
        }

        return news;
    }

    private void Tell(List<RigEvent> news, SessionState state, DateTimeOffset now)
    {
        // A state is never taken back: a camera that joins while others close does not make the session start again.
        if (state > _told)
        {
            _told = state;
            news.Add(Changed(now));
        }
    }

    private SessionState StateOf(DesiredSession session, DesiredSession? current)
    {
        string id = session.SessionId;
        bool closing = _closing.ContainsValue(id);
        if (current?.SessionId == id)
        {
            return closing && session.State != DesiredState.Recording ? SessionState.Stopping
                : _starting.ContainsValue(id) ? SessionState.Starting
                : SessionState.Recording;
        }

        return closing ? SessionState.Stopping : SessionState.Finished;
    }

    private SessionChanged Changed(DateTimeOffset now) => new(SessionViews.Status(_session!, _told)) { Time = now, Node = nodeId };
}
