using Akka.Actor;
using Rig.Actors.Settings;
using Rig.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Cluster;

/// <summary>What the cluster actor works with.</summary>
/// <param name="Session">Takes what comes for the path <c>session</c>.</param>
/// <param name="Coordinator">Takes what comes for the path <c>coordinator</c>.</param>
public sealed record ClusterSetup(
    string RigId,
    string Engine,
    ICluster Cluster,
    IActorRef Session,
    IActorRef Coordinator,
    LiveSettings Settings,
    TimeProvider Time
);

/// <summary>Answers with <see cref="RigStatus"/>: every member is asked at once, each for at most <paramref name="Limit"/>.</summary>
public sealed record GetRig(TimeSpan Limit);

/// <summary>Answers with <see cref="ClusterNow"/>, without asking anybody.</summary>
public sealed record GetCluster
{
    public static readonly GetCluster Instance = new();
}

/// <summary>The cluster as this node knows it.</summary>
public sealed record ClusterNow(ClusterStatus Status, IReadOnlyList<MemberView> Members);
