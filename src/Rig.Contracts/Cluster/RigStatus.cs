using System.Text.Json.Serialization;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Cluster;

/// <summary><c>GET /api/v1/rig</c>: all nodes as the answering one sees them.</summary>
public sealed record RigStatus
{
    public required string RigId { get; init; }

    /// <summary>The node that answered.</summary>
    public required string AnsweredBy { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required ClusterStatus Cluster { get; init; }
    public required IReadOnlyList<RigMember> Members { get; init; }

    /// <summary>The newest session that is not finished; null when nothing is recorded.</summary>
    public SessionStatus? Session { get; init; }

    /// <summary>What became of its start, camera by camera, as far as known.</summary>
    public IReadOnlyList<CameraOutcome> Outcomes { get; init; } = [];

    /// <summary>Where the nodes' states contradict each other or the wanted session, in words that name the remedy.</summary>
    public required IReadOnlyList<Disagreement> Disagreements { get; init; }
}

public sealed record ClusterStatus
{
    /// <summary><c>etcd</c> or <c>embedded</c>.</summary>
    public required string Engine { get; init; }
    public required bool Reachable { get; init; }
    public string? Reason { get; init; }

    /// <summary>The coordinator's node; null while there is none.</summary>
    public string? Coordinator { get; init; }
    public CoordinatorState? CoordinatorState { get; init; }

    /// <summary>The fencing token of the coordinator.</summary>
    public long? Token { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnumConverter<CoordinatorState>))]
public enum CoordinatorState
{
    Standby,

    /// <summary>Reads the desired state and asks every node.</summary>
    TakingOver,
    Active,
}

/// <summary>A member with the newest status that was heard from it.</summary>
public sealed record RigMember
{
    public required MemberView View { get; init; }

    /// <summary>Null when it could not be asked.</summary>
    public NodeStatus? Status { get; init; }
    public string? Error { get; init; }
}

/// <param name="Code">Stable: <c>clock</c>, <c>version</c>, <c>session</c>, <c>member</c>, <c>camera</c>, ...</param>
public sealed record Disagreement(string Code, IReadOnlyList<string> Nodes, string Text, string Remedy);

/// <summary>An actor and those below it, for <c>rig actor hierarchy</c>.</summary>
public sealed record ActorNode(string Name, string Type, IReadOnlyList<ActorNode> Children);

/// <summary><c>POST /api/v1/cluster/leave</c> and <c>/down</c>: the node that is meant.</summary>
public sealed record ClusterRequest(string Node);

/// <summary><c>POST /api/v1/cluster/join</c>: this node becomes part of a lighthouse's rig.</summary>
/// <param name="Lighthouse">Its discovery address: <c>http://lighthouse:9110</c>.</param>
/// <param name="Token">One-use token from <c>rig lighthouse token</c>.</param>
public sealed record ClusterJoin(string Lighthouse, string Token);

/// <summary>What a change of the cluster did.</summary>
/// <param name="Nodes">The nodes that it was done to.</param>
/// <param name="Text">What happened and what, if anything, is to be done next.</param>
public sealed record ClusterChanged(IReadOnlyList<string> Nodes, string Text);
