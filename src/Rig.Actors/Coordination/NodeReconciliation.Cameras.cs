using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// From wishes to cameras, and what the cameras answer.
public sealed partial class NodeReconciliation
{
    private readonly Dictionary<long, (string Session, string Camera)> _orders = [];
    private readonly Dictionary<(string Session, string Camera), CameraOutcome> _outcomes = [];
    private readonly List<Waiting> _waiting = [];

    private void Reconcile()
    {
        foreach (string camera in _cameras)
        {
            Reconcile(camera);
        }
    }

    private void Reconcile(string camera)
    {
        DesiredSession? wanted = Wishes.Wanted(_sessions.Values.Where(session => !_unconfirmed.Contains(session.SessionId)), camera, _now);
        _recording.TryGetValue(camera, out Recording? recording);
        if (wanted is null)
        {
            if (recording is not null && EndOf(recording.SessionId, camera) is { } end)
            {
                StopOne(camera, recording, end);
            }

            return;
        }

        if (recording?.SessionId == wanted.SessionId && recording.End is null)
        {
            return;
        }

        if (recording is not null && recording.SessionId != wanted.SessionId)
        {
            Supersede(camera, recording, wanted);
        }

        if (Wishes.Entry(wanted, camera) is null)
        {
            wanted = Wishes.With(wanted, new DesiredCamera(camera, wanted.Start));
            Adopt(wanted);
        }

        _recording[camera] = new Recording(wanted.SessionId);
        StartOne(camera, wanted, _interrupted.Remove((wanted.SessionId, camera)));
    }

    /// <summary>Where the camera is to end in a session that it records in; null when nobody wished that.</summary>
    private DateTimeOffset? EndOf(string sessionId, string camera)
    {
        if (!_sessions.TryGetValue(sessionId, out DesiredSession? session))
        {
            return null;
        }

        DateTimeOffset? end = Wishes.Entry(session, camera)?.End;
        if (session.State != DesiredState.Recording || session.End <= _now)
        {
            DateTimeOffset whole = session.End ?? _now;
            end = end < whole ? end : whole;
        }

        return end;
    }

    /// <summary>A later wish takes the camera from the session that it records in; that is remembered, so that it does not go back.</summary>
    private void Supersede(string camera, Recording recording, DesiredSession wanted)
    {
        StopOne(camera, recording, EndOf(recording.SessionId, camera) ?? _now);
        if (_sessions.TryGetValue(recording.SessionId, out DesiredSession? left) && Wishes.Entry(left, camera) is { End: null } entry)
        {
            DateTimeOffset wish = Wishes.StartOf(wanted, Wishes.Entry(wanted, camera));
            Adopt(Wishes.With(left, entry with { End = entry.Start > _now ? entry.Start : _now, WishedAt = wish }));
        }
    }

    private void StartOne(string camera, DesiredSession session, bool resumed)
    {
        long order = ++_lastOrder;
        _orders.Add(order, (session.SessionId, camera));
        DateTimeOffset start = Wishes.Entry(session, camera)?.Start ?? session.Start;
        _actions.Add(new StartCamera(order, Plain(camera), start, session, resumed));
    }

    private void StopOne(string camera, Recording recording, DateTimeOffset end)
    {
        if (recording.End <= end || (recording.End is not null && recording.End <= _now))
        {
            return;
        }

        recording.End = end;
        recording.Stopping = ++_lastOrder;
        _orders.Add(recording.Stopping, (recording.SessionId, camera));
        _actions.Add(new StopCamera(recording.Stopping, Plain(camera), recording.SessionId, end));
    }

    private void StartAgain(string camera)
    {
        if (
            _recording.TryGetValue(camera, out Recording? recording)
            && recording.End is null
            && _sessions.TryGetValue(recording.SessionId, out DesiredSession? session)
        )
        {
            StartOne(camera, session, resumed: true);
        }
    }

    private void OnDid(CameraDid did)
    {
        if (!_orders.Remove(did.Order, out (string Session, string Camera) order))
        {
            return;
        }

        _outcomes[order] = did.Outcome with { Camera = order.Camera };
        if (_recording.TryGetValue(order.Camera, out Recording? recording) && recording.Stopping == did.Order)
        {
            _recording.Remove(order.Camera);
        }
    }

    /// <summary>Answers those who wait for cameras that have all answered.</summary>
    private void AnswerWaiting()
    {
        foreach (Waiting waiting in _waiting.ToArray())
        {
            if (_orders.Values.Any(order => order.Session == waiting.SessionId))
            {
                continue;
            }

            _waiting.Remove(waiting);
            _actions.Add(new AnswerNodeAsker(waiting.Asker, waiting.ByRig ? Applied(waiting.SessionId) : Outcome(waiting.SessionId)));
        }
    }

    private AppliedSession Applied(string sessionId)
    {
        DesiredSession? session = _sessions.GetValueOrDefault(sessionId);
        DesiredSession? later = session is not null && HasWishFor(session) ? OwnPart(session) : null;
        return new AppliedSession(
            NodeId,
            session is null ? [] : [.. OwnEntries(session).Select(entry => OutcomeOf(session, entry))],
            later
        );
    }

    private OutcomeAnswer Outcome(string sessionId)
    {
        DesiredSession session = _sessions[sessionId];
        bool records = _recording.Values.Any(recording => recording.SessionId == sessionId && recording.End is null);
        return new OutcomeAnswer(
            new SessionOutcome
            {
                SessionId = sessionId,
                State = records ? SessionState.Recording : SessionState.Finished,
                Start = session.Start,
                End = records ? session.End : session.End ?? OwnEntries(session).Max(entry => entry.End),
                Cameras = [.. OwnEntries(session).Select(entry => OutcomeOf(session, entry))],
            }
        );
    }

    private CameraOutcome OutcomeOf(DesiredSession session, DesiredCamera entry)
    {
        if (_outcomes.TryGetValue((session.SessionId, entry.Camera), out CameraOutcome? known))
        {
            return known;
        }

        return entry.Outcome is { Result: CameraResult.Refused } refused
            ? refused
            : new CameraOutcome
            {
                Camera = entry.Camera,
                Result = _cameras.Contains(entry.Camera) ? CameraResult.Stopped : CameraResult.Failed,
                Reason = _cameras.Contains(entry.Camera) ? "It does not record in this session." : "The node has no such camera.",
            };
    }

    /// <param name="ByRig">The coordinator asked; otherwise the operator of this node.</param>
    private sealed record Waiting(long Asker, string SessionId, bool ByRig);
}
