using System.Threading.Channels;
using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Etcd;

/// <summary>
/// Keeps this node's own key as it should be: there, on the present lease, with the newest announcement. Reads it through a majority every
/// <paramref name="every"/>, which is also how the node knows whether the engine can be used.
/// </summary>
internal sealed class EtcdPresence(
    EtcdClient client,
    RigKeys keys,
    ClusterView view,
    Member self,
    TimeSpan every,
    TimeProvider time,
    Action<long> leaseLost
)
{
    /// <summary>Holds one signal at most: many changes are one.</summary>
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Member _self = self;
    private long _lease;
    private long _written;

    public Member Self => _self;

    /// <summary>The node has joined, or knows that the engine is away.</summary>
    public Task FirstLook => _firstLook.Task;

    public void LivesOn(long? lease)
    {
        Interlocked.Exchange(ref _lease, lease ?? 0);
        _changed.Writer.TryWrite(true);
    }

    public void Announce(IReadOnlyList<string> cameras)
    {
        _self = _self with { Cameras = [.. cameras] };
        _changed.Writer.TryWrite(true);
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await LookAsync(cancel);
            await WaitAsync(cancel);
        }
    }

    /// <summary>Leaves a goodbye in the place of the announcement, on a lease of its own.</summary>
    public async Task SayGoodbyeAsync(TimeSpan stands, CancellationToken cancel)
    {
        EtcdLease lease = await client.GrantLeaseAsync(stands, cancel);
        EtcdKeyValue? present = await client.GetAsync(keys.Member(_self.NodeId), cancel);
        if (present is null || !IsAnothers(present))
        {
            await client.PutAsync(keys.Member(_self.NodeId), new MemberRecord(_self, Left: true).Write(), cancel, lease.Id);
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        long lease = Interlocked.Read(ref _lease);
        string key = keys.Member(_self.NodeId);
        byte[] value = new MemberRecord(_self, Left: false).Write();
        try
        {
            EtcdKeyValue? present = await client.GetAsync(key, cancel);
            if (lease != 0 && NeedsWriting(present, value, lease))
            {
                EtcdPutAnswer put = await client.PutAsync(key, value, cancel, lease);
                _written = put.Header.Revision;
            }

            view.SetEngine(reachable: true, null);
            _ = lease != 0 && _firstLook.TrySetResult();
        }
        catch (EtcdException gone) when (gone.Code == EtcdException.NotFound)
        {
            leaseLost(lease);
        }
        catch (EtcdException refused)
        {
            Away($"etcd refuses: {refused.Message}. {EtcdErrors.Remedy(refused)}");
        }
        catch (ClusterAwayException away)
        {
            Away(away.Message);
        }
        catch (OperationCanceledException)
        {
            _firstLook.TrySetResult();
        }
    }

    /// <summary>Another process took over this node's name after we wrote: it is the newer one, and two must not fight.</summary>
    private bool IsAnothers(EtcdKeyValue present) =>
        _written > 0
        && present.ModRevision > _written
        && MemberRecord.Read(_self.NodeId, present.Value) is { } record
        && record.Member.Incarnation != _self.Incarnation;

    private bool NeedsWriting(EtcdKeyValue? present, byte[] value, long lease) =>
        present is null || (!IsAnothers(present) && (present.Lease != lease || !present.Value.Span.SequenceEqual(value)));

    private void Away(string reason)
    {
        view.SetEngine(reachable: false, reason);
        _firstLook.TrySetResult();
    }

    /// <summary>Until something changed or it is time to look again.</summary>
    private async Task WaitAsync(CancellationToken cancel)
    {
        using CancellationTokenSource due = new(every, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancel);
        await ((Task)_changed.Reader.ReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
