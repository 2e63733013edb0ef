using Akka.Actor;
using Rig.Actors.Settings;
using Rig.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>What the session works with.</summary>
/// <param name="Alone">There is no rig beside this node.</param>
public sealed record SessionSetup(
    string NodeId,
    LiveSettings Settings,
    IActorRef Cameras,
    IActorRef Health,
    ICluster Cluster,
    TimeProvider Time,
    bool Alone = false
);

/// <summary>Answers with <see cref="CurrentSession"/>.</summary>
public sealed record GetSession
{
    public static readonly GetSession Instance = new();
}

/// <summary>The session that this node records, or whose files it closes; null when there is none.</summary>
public sealed record CurrentSession(SessionStatus? Session);

/// <summary>The configuration changed: the node has these cameras now.</summary>
public sealed record CamerasChanged(IReadOnlyList<string> Cameras);
