using System.Text;

namespace Rig.Cluster.TestKit;

/// <summary>What became of trying to become leader.</summary>
public abstract record AcquireResult
{
    /// <summary>The key is on the asker's lease, now or already before.</summary>
    public sealed record Mine(FencingToken Token) : AcquireResult;

    public sealed record Others(string Holder, FencingToken Token) : AcquireResult;

    public sealed record NoLease : AcquireResult;
}

public sealed partial class SimulatedStore
{
    /// <summary>The key whose owner leads; its create revision is the fencing token.</summary>
    public const string LeaderKey = "coordinator";

    private readonly SortedDictionary<long, Lease> _leases = [];
    private long _newestLease;

    /// <summary>The leader's key; null while nobody leads. Its value is the node's name.</summary>
    public StoredKey? Leader => _keys.GetValueOrDefault(LeaderKey);

    /// <summary>When the next lease runs out; null when there is none.</summary>
    public TimeSpan? NextExpiry => _leases.Count == 0 ? null : _leases.Values.Min(lease => lease.Until);

    public long Grant(TimeSpan now, TimeSpan ttl)
    {
        _leases.Add(++_newestLease, new Lease(ttl, now + ttl));
        return _newestLease;
    }

    /// <summary>The time it lives from now on; null when there is no such lease.</summary>
    public TimeSpan? KeepAlive(long lease, TimeSpan now)
    {
        if (!_leases.TryGetValue(lease, out Lease? kept))
        {
            return null;
        }

        _leases[lease] = kept with { Until = now + kept.Ttl };
        return kept.Ttl;
    }

    /// <summary>Ends a lease and deletes its keys.</summary>
    public void Revoke(long lease)
    {
        if (_leases.Remove(lease))
        {
            Delete([.. _keys.Values.Where(key => key.Lease == lease).Select(key => key.Key)]);
        }
    }

    /// <summary>Ends the leases that have run out by now.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (long lease in _leases.Where(entry => entry.Value.Until <= now).Select(entry => entry.Key).ToArray())
        {
            Revoke(lease);
        }
    }

    /// <summary>Makes the leader's key if there is none.</summary>
    public AcquireResult TryAcquire(string nodeId, long lease)
    {
        if (!_leases.ContainsKey(lease))
        {
            return new AcquireResult.NoLease();
        }

        if (Leader is null)
        {
            Put(LeaderKey, Encoding.UTF8.GetBytes(nodeId), lease);
        }

        FencingToken token = new(Leader!.Created);
        return Leader.Lease == lease ? new AcquireResult.Mine(token) : new AcquireResult.Others(HolderOf(Leader), token);
    }

    /// <summary>Deletes the leader's key if it has this token.</summary>
    public void Release(FencingToken token)
    {
        if (Leader?.Created == token.Value)
        {
            Delete(LeaderKey);
        }
    }

    /// <summary>The node that a leader's key names.</summary>
    public static string HolderOf(StoredKey leader) => Encoding.UTF8.GetString(leader.Value.Span);

    private sealed record Lease(TimeSpan Ttl, TimeSpan Until);
}
