using Rig.Actors.Coordination;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>The wanted session in the words of the API. Pure.</summary>
internal static class SessionViews
{
    /// <summary>The session as long as it runs or is being stopped.</summary>
    public static SessionStatus? Running(DesiredSession? session) =>
        session switch
        {
            { State: DesiredState.Recording } => Status(session, SessionState.Recording),
            { State: DesiredState.Stopped } => Status(session, SessionState.Stopping),
            _ => null,
        };

    public static SessionStatus Status(DesiredSession session, SessionState state) =>
        new()
        {
            SessionId = session.SessionId,
            State = state,
            Start = session.Start,
            End = session.End,
            Cameras = [.. session.Cameras.Where(Wishes.IsOpen).Select(camera => camera.Camera)],
            Marks = session.Marks,
            Metadata = session.Metadata,
        };

    public static SessionOutcome Summary(DesiredSession session, SessionState state, IReadOnlyList<CameraOutcome> outcomes) =>
        new()
        {
            SessionId = session.SessionId,
            State = state,
            Start = session.Start,
            End = session.End,
            Cameras = outcomes,
        };
}
