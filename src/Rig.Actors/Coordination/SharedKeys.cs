namespace Rig.Actors.Coordination;

/// <summary>Where things are in the shared state, and the paths that nodes speak to.</summary>
public static class SharedKeys
{
    /// <summary>Prefix of the session documents.</summary>
    public const string Sessions = "sessions/";

    /// <summary>Remote path of the coordinator; answered only on the leader.</summary>
    public const string CoordinatorPath = "coordinator";

    /// <summary>Remote path of a node's session.</summary>
    public const string SessionPath = "session";

    public static string OfSession(string sessionId) => Sessions + sessionId;
}
