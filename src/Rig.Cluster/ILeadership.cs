namespace Rig.Cluster;

/// <summary>
/// Proof of leadership: a number that grows with every change of leader. A write that carries it is refused once there is a newer leader, or none,
/// whatever the writer believes.
/// </summary>
public readonly record struct FencingToken(long Value) : IComparable<FencingToken>
{
    public int CompareTo(FencingToken other) => Value.CompareTo(other.Value);

    public static bool operator <(FencingToken left, FencingToken right) => left.Value < right.Value;

    public static bool operator >(FencingToken left, FencingToken right) => left.Value > right.Value;

    public static bool operator <=(FencingToken left, FencingToken right) => left.Value <= right.Value;

    public static bool operator >=(FencingToken left, FencingToken right) => left.Value >= right.Value;

    public override string ToString() => $"{Value}";
}

/// <summary>One node of the rig leads: on it, and nowhere else, the coordinator lives.</summary>
public interface ILeadership
{
    /// <summary>The leader as last heard; null while nobody leads or none is known.</summary>
    LeaderChanged Current { get; }

    /// <summary>
    /// Stands for leader from <see cref="ICluster.StartAsync"/> on and hears of its own gains and losses, in order, one call at a time; a gain that still
    /// holds is told at once. A loss is told before the right to lead can have passed to another, by this node's monotonic clock; a
    /// frozen process may believe longer, which is what the token is for.
    /// </summary>
    IDisposable Stand(Action<LeadershipEvent> listener);

    /// <summary>Gives the leadership to whoever stands next; nothing when this node does not lead.</summary>
    Task ResignAsync(CancellationToken cancel);
}

public abstract record LeadershipEvent;

public sealed record LeadershipGained(FencingToken Token) : LeadershipEvent;

public sealed record LeadershipLost(FencingToken Token, string Reason) : LeadershipEvent;
