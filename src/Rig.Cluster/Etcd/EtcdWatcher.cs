using System.Text;
using Rig.Cluster.Election;
using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Etcd;

/// <summary>Reads the members and the coordinator, then follows them, and tells the view and the candidacy.</summary>
internal sealed class EtcdWatcher(
    EtcdClient client,
    RigKeys keys,
    ClusterView view,
    Action<CandidacyInput> candidacy,
    Action membersChanged,
    TimeSpan retryAfter,
    TimeProvider time
)
{
    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancel);
            }
            catch (RevisionCompactedException)
            {
                // The changes in between are forgotten; what is now says it all.
            }
            catch (Exception failed) when (failed is ClusterAwayException or EtcdException or OperationCanceledException)
            {
                await Task.Delay(retryAfter, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        EtcdRangeAnswer now = await client.RangeAsync(keys.Own, cancel);
        TakeAll(now);
        await foreach (IReadOnlyList<EtcdEvent> changes in client.WatchAsync(keys.Own, now.Header.Revision, cancel))
        {
            foreach (EtcdEvent change in changes)
            {
                Take(change);
            }

            membersChanged();
        }
    }

    private void TakeAll(EtcdRangeAnswer now)
    {
        MemberRecord[] records = [.. now.Kvs.Select(Record).OfType<MemberRecord>()];
        foreach (MemberRecord gone in records.Where(record => record.Left))
        {
            view.Take(new MemberChange.Farewell(gone.Member.NodeId, gone.Member.Incarnation));
        }

        view.Take(new MemberChange.Listed([.. records.Where(record => !record.Left).Select(record => record.Member)]));
        candidacy(
            now.Kvs.FirstOrDefault(kv => kv.Key == keys.Coordinator) is { } held
                ? Seen(held)
                : new CandidacyInput.HolderGone(new FencingToken(now.Header.Revision))
        );
        membersChanged();
    }

    private void Take(EtcdEvent change)
    {
        if (change.Kv.Key == keys.Coordinator)
        {
            candidacy(change.IsDelete ? new CandidacyInput.HolderGone(new FencingToken(change.Kv.ModRevision)) : Seen(change.Kv));
        }
        else if (change.IsDelete && keys.NodeOf(change.Kv.Key) is { } nodeId)
        {
            view.Take(new MemberChange.Gone(nodeId));
        }
        else if (Record(change.Kv) is { } record)
        {
            Member member = record.Member;
            view.Take(record.Left ? new MemberChange.Farewell(member.NodeId, member.Incarnation) : new MemberChange.Present(member));
        }
    }

    /// <summary>Null for what is no node's announcement: it is no member.</summary>
    private MemberRecord? Record(EtcdKeyValue kv) => keys.NodeOf(kv.Key) is { } nodeId ? MemberRecord.Read(nodeId, kv.Value) : null;

    private static CandidacyInput.HolderSeen Seen(EtcdKeyValue held) =>
        new(Encoding.UTF8.GetString(held.Value.Span), new FencingToken(held.CreateRevision));
}
