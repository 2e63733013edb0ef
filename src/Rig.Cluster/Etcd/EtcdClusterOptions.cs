using Rig.Contracts.Cluster;

namespace Rig.Cluster.Etcd;

/// <summary>A node of a rig whose shared state is an etcd.</summary>
public sealed record EtcdClusterOptions
{
    public required string RigId { get; init; }

    /// <summary>This node as the others will see it.</summary>
    public required Member Self { get; init; }

    public required EtcdOptions Etcd { get; init; }

    /// <summary>Without a sign of life for so long a node has failed, and another may lead. Whole seconds; etcd makes less than about 2 s longer.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Hears of etcd's client addresses when they have changed, to keep them for the next start. Null: <see cref="EtcdOptions.Endpoints"/> are meant to stay as they are.
    /// </summary>
    public Action<IReadOnlyList<Uri>>? EndpointsChanged { get; init; }

    /// <summary>A goodbye stands for so long: nodes that were away meanwhile still see that it was one.</summary>
    public TimeSpan FarewellTtl { get; init; } = TimeSpan.FromMinutes(2);
}
