using Rig.Contracts.Events;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>
/// Turns the copies of a session that a node writes to its journal, and its cameras' answers, into what the world is told: each state once,
/// each mark once.
/// </summary>
internal sealed class SessionNews(string nodeId)
{
    private readonly HashSet<long> _starting = [];
    private string? _session;
    private SessionState? _told;
    private int _marks;

    /// <summary>A session that was found in the journal; told already by the program before.</summary>
    public void Recovered(DesiredSession session)
    {
        (_session, _marks) = (session.SessionId, session.Marks.Count);
        _told = session.State switch
        {
            DesiredState.Recording => SessionState.Starting,
            DesiredState.Stopped => SessionState.Stopping,
            _ => SessionState.Finished,
        };
    }

    public IEnumerable<RigEvent> Wanted(DesiredSession session, DateTimeOffset now)
    {
        if (session.SessionId != _session)
        {
            if (session.State == DesiredState.Finished)
            {
                // An old one that ended while the node was away: nobody here has heard of its beginning.
                yield break;
            }

            (_session, _told, _marks) = (session.SessionId, null, 0);
            _starting.Clear();
        }

        if (State(session) is { } state && (_told is null || state > _told))
        {
            _told = state;
            yield return new SessionChanged(SessionViews.Status(session, state)) { Time = now, Node = nodeId };
        }

        foreach (Mark mark in session.Marks.Skip(_marks))
        {
            yield return new MarkAdded(session.SessionId, mark) { Time = now, Node = nodeId };
        }

        _marks = Math.Max(_marks, session.Marks.Count);
    }

    public void Starting(long order) => _starting.Add(order);

    public void Did(long order) => _starting.Remove(order);

    /// <summary>Whether every camera that was told to start has answered; told once a session.</summary>
    public IEnumerable<RigEvent> Settled(DesiredSession? current, DateTimeOffset now)
    {
        if (
            _starting.Count == 0
            && _told == SessionState.Starting
            && current is { State: DesiredState.Recording }
            && current.SessionId == _session
        )
        {
            _told = SessionState.Recording;
            yield return new SessionChanged(SessionViews.Status(current, SessionState.Recording)) { Time = now, Node = nodeId };
        }
    }

    private static SessionState? State(DesiredSession session) =>
        session.State switch
        {
            DesiredState.Recording => SessionState.Starting,
            DesiredState.Stopped => SessionState.Stopping,
            DesiredState.Finished => SessionState.Finished,
            _ => null,
        };
}
