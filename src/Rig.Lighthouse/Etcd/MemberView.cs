using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Tokens;

namespace Rig.Lighthouse.Etcd;

/// <summary>What the lighthouse last heard of its member and of the rig. Parts that could not be asked stay as they were.</summary>
internal sealed record MemberView
{
    /// <summary>The own member's word about itself; null while it does not answer.</summary>
    public EtcdStatus? Own { get; init; }

    /// <summary>Since when it is so that <see cref="Own"/> is there, or not.</summary>
    public DateTimeOffset Since { get; init; }
    public IReadOnlyList<EtcdMember> Members { get; init; } = [];
    public IReadOnlyList<EtcdAlarm> Alarms { get; init; } = [];
    public IReadOnlyList<LighthouseRecord> Lighthouses { get; init; } = [];
    public IReadOnlyList<RigNodeAddress> Nodes { get; init; } = [];

    /// <summary>Null when the shared state could be read the last time.</summary>
    public string? Away { get; init; }

    /// <summary>The member answers and knows a leader: nodes can work with it.</summary>
    public bool IsHealthy => Own is { Leader: not 0 };
}
