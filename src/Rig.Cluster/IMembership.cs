using Rig.Contracts.Cluster;

namespace Rig.Cluster;

/// <summary>Who is here.</summary>
public interface IMembership
{
    /// <summary>Every member known now, this node too; those that left or failed stay for a while in that state.</summary>
    IReadOnlyList<MemberView> Current { get; }

    /// <summary>
    /// Hears of every change. Begins with one <see cref="MemberChanged"/> for each member known, then <see cref="EngineChanged"/>, then
    /// <see cref="LeaderChanged"/> if somebody leads; after that in order, one call at a time. The listener must not block; it usually tells an actor.
    /// </summary>
    IDisposable Subscribe(Action<ClusterEvent> listener);
}

/// <summary>Something happened among the members, as this node sees it.</summary>
public abstract record ClusterEvent;

/// <summary>A member came, went, came back in a new incarnation, changed its cameras, or can(not) be reached from here.</summary>
public sealed record MemberChanged(MemberView Member) : ClusterEvent;

/// <summary>
/// The shared state can (not) be used from here now. While it is away, members and leader are as last known, and nothing rig-wide can be written.
/// </summary>
public sealed record EngineChanged(bool Reachable, string? Reason) : ClusterEvent;

/// <summary>Who leads now, as far as this node knows; null while nobody does.</summary>
public sealed record LeaderChanged(string? NodeId, FencingToken? Token) : ClusterEvent;
