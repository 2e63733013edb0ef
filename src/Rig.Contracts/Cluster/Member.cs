using System.Text.Json.Serialization;
using Rig.Contracts.Json;

namespace Rig.Contracts.Cluster;

/// <summary>A node as it announces itself to its rig.</summary>
public sealed record Member
{
    public required string NodeId { get; init; }

    /// <summary>Where other nodes connect for messages: <c>https://host:port</c>.</summary>
    public required string LinkAddress { get; init; }

    /// <summary>Where people and programs find it: <c>http(s)://host:port</c>.</summary>
    public required string HttpAddress { get; init; }

    /// <summary><c>camera</c>, <c>lighthouse</c>, ...</summary>
    public IReadOnlyList<string> Roles
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>New at every start of the process; tells a node that came back from one that never went.</summary>
    public required Guid Incarnation { get; init; }
    public required string Version { get; init; }

    /// <summary>Ids of its cameras, without the node (<c>cam0</c>).</summary>
    public IReadOnlyList<string> Cameras
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>When this incarnation joined.</summary>
    public required DateTimeOffset Since { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnumConverter<MemberState>))]
public enum MemberState
{
    Up,

    /// <summary>Said goodbye.</summary>
    Left,

    /// <summary>Its lease ran out.</summary>
    Failed,
}

/// <summary>A member as one node sees it.</summary>
/// <param name="Member">What it announced last.</param>
/// <param name="State">By the shared state; the same for all nodes.</param>
/// <param name="Reachable">By this node's own connection to it; may differ from node to node. True for the node itself.</param>
/// <param name="StateSince">Since when it is in this state, by this node's clock.</param>
public sealed record MemberView(Member Member, MemberState State, bool Reachable, DateTimeOffset StateSince);
