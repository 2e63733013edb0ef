using Rig.Contracts.Cluster;

namespace Rig.Cluster;

/// <summary>
/// What a node knows of and does with the other nodes of its rig: members, one leader, shared state, messages, farewell. The engine
/// behind it (etcd, nothing, or memory in tests) is exchangeable; one contract suite holds all of them to the same behaviour.
/// </summary>
public interface ICluster : IAsyncDisposable
{
    /// <summary>This node as the others see it.</summary>
    Member Self { get; }

    IMembership Members { get; }
    ILeadership Leadership { get; }
    ISharedState State { get; }
    IRemote Remote { get; }

    /// <summary>
    /// Joins: from here on this node is a member, takes messages and stands for leader. Returns when it has joined, or when the engine turned out to be away: then it goes on
    /// trying, and <see cref="EngineChanged"/> tells when it succeeds.
    /// </summary>
    Task StartAsync(CancellationToken cancel);

    /// <summary>The cameras of this node changed; the others are told.</summary>
    void Announce(IReadOnlyList<string> cameras);

    /// <summary>
    /// Says goodbye: gives up leadership, leaves a farewell so that the others see <see cref="MemberState.Left"/> and not
    /// <see cref="MemberState.Failed"/>, closes the connections. Best effort within the token's time; never throws for an engine that is away.
    /// </summary>
    Task LeaveAsync(CancellationToken cancel);
}
