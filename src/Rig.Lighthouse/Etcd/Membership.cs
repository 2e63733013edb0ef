using Rig.Cluster;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Http;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Etcd;

/// <summary>Changes of etcd's members, one at a time, each after a snapshot.</summary>
internal sealed class Membership(EtcdClient etcd, Snapshots snapshots, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan UntilConnected = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>
    /// Adds a member that learns first: it counts for no majority until it has caught up, so a new lighthouse that never comes up stops nothing.
    /// </summary>
    /// <returns>Its id and the others as etcd's <c>--initial-cluster</c>.</returns>
    /// <exception cref="RefusedException">etcd does not take it.</exception>
    public async Task<LighthouseAddition> AddAsync(string peer, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await snapshots.TakeAsync(etcd, cancel);
            IReadOnlyList<EtcdMember> members = (await etcd.ListMembersAsync(cancel)).Members;
            foreach (EtcdMember stale in members.Where(IsAbandoned))
            {
                await etcd.RemoveMemberAsync(stale.Id, cancel);
            }

            EtcdMember added = await AddLearnerAsync(peer, cancel);
            IEnumerable<string> others = members
                .Where(member => !IsAbandoned(member))
                .SelectMany(member => member.PeerUrls.Select(url => $"{member.Name}={url}"));
            return new LighthouseAddition(added.Id, string.Join(',', others));
        }
        catch (EtcdException error)
        {
            throw Refusals.MemberRefused(error.Message);
        }
        catch (IOException error)
        {
            throw Refusals.MemberRefused($"the snapshot before the change cannot be written: {error.Message}");
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Takes a lighthouse's member out.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="SetupException">etcd refuses.</exception>
    public async Task<bool> RemoveAsync(string name, ulong? knownId, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await snapshots.TakeAsync(etcd, cancel);
            IReadOnlyList<EtcdMember> members = (await etcd.ListMembersAsync(cancel)).Members;
            if (members.FirstOrDefault(member => member.Name == name || member.Id == knownId) is not { } gone)
            {
                return false;
            }

            await etcd.RemoveMemberAsync(gone.Id, cancel);
            return true;
        }
        catch (EtcdException error)
        {
            throw new SetupException(
                $"etcd does not let {name} go: {error.Message}. A majority of the lighthouses must be up; when it is lost for good, restore a snapshot: rig lighthouse restore FILE.",
                error
            );
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>
    /// etcd takes no new member until its leader has been connected to all for 5 s; a rig's second and third lighthouse often come quicker than that.
    /// </summary>
    private async Task<EtcdMember> AddLearnerAsync(string peer, CancellationToken cancel)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return (await etcd.AddLearnerAsync([new Uri(peer)], cancel)).Member!;
            }
            catch (Exception error) when (error is ClusterAwayException or EtcdException && time.GetElapsedTime(began) < UntilConnected)
            {
                // One that broke off may have happened all the same.
                IReadOnlyList<EtcdMember> now = (await etcd.ListMembersAsync(cancel)).Members;
                if (now.FirstOrDefault(member => member.PeerUrls.Contains(peer, StringComparer.Ordinal)) is { } there)
                {
                    return there;
                }

                await Task.Delay(BetweenAttempts, time, cancel);
            }
        }
    }

    /// <summary>A member that was added and never started: its lighthouse gave up. etcd takes no second learner beside it.</summary>
    private static bool IsAbandoned(EtcdMember member) => member is { IsLearner: true, Name.Length: 0 };
}

internal sealed record LighthouseAddition(ulong MemberId, string InitialCluster);
