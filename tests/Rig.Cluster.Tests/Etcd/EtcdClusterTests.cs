using System.Text;
using Rig.Cluster.Etcd;
using Rig.Cluster.Tests.Contract;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>What is special to the adapter on etcd: its keys, its leases, and what happens behind its back.</summary>
public sealed class EtcdClusterTests(OneEtcd etcd) : IClassFixture<OneEtcd>, IAsyncLifetime
{
    private EtcdRig _rig = null!;
    private EtcdClient _behind = null!;
    private readonly System.Collections.Concurrent.ConcurrentQueue<(string NodeId, LeadershipEvent Event)> _order = new();

    public Task InitializeAsync()
    {
        _rig = EtcdRig.On(etcd.Servers);
        _behind = etcd.Servers.Client();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        _behind.Dispose();
    }

    [Fact]
    public async Task The_keys_in_etcd_are_those_of_the_specification()
    {
        using NodeLog node = await LeadingAsync("A");
        await node.Cluster.State.WriteAsync("sessions/S1", "doc"u8.ToArray(), new WriteGuard(node.Leads), CancellationToken.None);

        string keys = await etcd.Servers.CtlAsync("get", "--prefix", "--keys-only", $"/rig/{_rig.RigId}/");

        Assert.Equal(
            [Key("coordinator"), Key("members/A"), Key("sessions/S1")],
            keys.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        Assert.Equal("A\n", await etcd.Servers.CtlAsync("get", "--print-value-only", Key("coordinator")));
        EtcdKeyValue coordinator = (await _behind.GetAsync(Key("coordinator"), CancellationToken.None))!;
        EtcdKeyValue member = (await _behind.GetAsync(Key("members/A"), CancellationToken.None))!;
        Assert.Equal(node.Leads!.Value.Value, coordinator.CreateRevision);
        Assert.Equal(coordinator.Lease, member.Lease);
        Assert.Equal(5, (await _behind.LeaseTimeToLiveAsync(member.Lease, CancellationToken.None)).GrantedTtl);
    }

    [Fact]
    public async Task The_clusters_own_keys_are_no_documents()
    {
        using NodeLog node = await LeadingAsync("A");
        Assert.Empty((await node.Cluster.State.ListAsync("", CancellationToken.None)).Entries);
        await Assert.ThrowsAsync<ArgumentException>(() => node.Cluster.State.GetAsync("coordinator", CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            node.Cluster.State.WriteAsync("members/B", null, new WriteGuard(), CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_leader_whose_lease_is_taken_away_is_fenced_and_comes_back_on_a_new_one()
    {
        using NodeLog node = await LeadingAsync("A");
        FencingToken before = node.Leads!.Value;
        long lease = (await _behind.GetAsync(Key("members/A"), CancellationToken.None))!.Lease;

        await _behind.RevokeLeaseAsync(lease, CancellationToken.None);
        WriteResult late = await node.Cluster.State.WriteAsync("a", "1"u8.ToArray(), new WriteGuard(before), CancellationToken.None);

        Assert.IsType<WriteResult.Fenced>(late);
        await _rig.UntilAsync(() => node.Leads > before, "it leads anew");
        Assert.IsType<LeadershipLost>(node.Leaderships[1]);
        await UntilAsync(
            async () => await _behind.GetAsync(Key("members/A"), CancellationToken.None) is { } present && present.Lease != lease,
            "it is a member again"
        );
        Assert.Equal(MemberState.Up, node.Sees("A")!.State);
    }

    [Fact]
    public async Task An_announcement_that_was_deleted_is_made_again()
    {
        using NodeLog node = await LeadingAsync("A");
        await _behind.DeleteAsync(new EtcdDelete { Key = Key("members/A") }, CancellationToken.None);
        await UntilAsync(async () => await _behind.GetAsync(Key("members/A"), CancellationToken.None) is not null, "it is there again");
        Assert.Single(node.Leaderships);
    }

    [Fact]
    public async Task A_node_whose_name_another_process_took_over_does_not_take_it_back()
    {
        using NodeLog old = await LeadingAsync("A");
        await UntilAsync(async () => await _behind.GetAsync(Key("members/A"), CancellationToken.None) is not null, "it is a member");
        Member newer = old.Cluster.Self with { Incarnation = Guid.NewGuid() };
        await _behind.PutAsync(Key("members/A"), new MemberRecord(newer, Left: false).Write(), CancellationToken.None);

        await _rig.UntilAsync(() => old.Sees("A")!.Member.Incarnation == newer.Incarnation, "it sees the newer one");
        old.Cluster.Announce(["cam9"]);
        await old.Cluster.LeaveAsync(CancellationToken.None);

        EtcdKeyValue present = (await _behind.GetAsync(Key("members/A"), CancellationToken.None))!;
        Assert.Equal(newer.Incarnation, MemberRecord.Read("A", present.Value)!.Member.Incarnation);
    }

    [Fact]
    public async Task Rubbish_under_a_members_key_is_no_member()
    {
        await _behind.PutAsync(Key("members/X"), "rubbish"u8.ToArray(), CancellationToken.None);
        await _behind.PutAsync(Key("members/Y"), Encoding.UTF8.GetBytes("{\"member\":null,\"left\":false}"), CancellationToken.None);
        using NodeLog node = await LeadingAsync("A");
        await _behind.PutAsync(Key("members/Z"), new byte[] { 0, 255 }, CancellationToken.None);
        using NodeLog second = await StartAsync("B");
        await _rig.UntilAsync(() => node.Sees("B") is { State: MemberState.Up }, "it sees the true member");
        Assert.Equal(["A", "B"], node.Cluster.Members.Current.Select(view => view.Member.NodeId));
    }

    [Fact]
    public async Task A_node_starts_without_etcd_and_joins_when_etcd_comes()
    {
        NodeLog node = new(_rig.Create("A"), _order);
        await _rig.CutAsync("A", Cut.Engine);
        await _rig.AwaitAsync(node.Cluster.StartAsync(CancellationToken.None));
        Assert.Null(node.Leads);
        await Assert.ThrowsAsync<ClusterAwayException>(() => node.Cluster.State.GetAsync("a", CancellationToken.None));

        await _rig.HealAsync("A");

        await _rig.UntilAsync(() => node.Leads is not null && node.HearsEngine(reachable: true), "it has joined");
        node.Dispose();
    }

    [Fact]
    public async Task Members_and_leader_are_followed_across_a_compaction_during_an_absence()
    {
        using NodeLog first = await LeadingAsync("A");
        using NodeLog second = await StartAsync("B");
        await _rig.UntilAsync(() => first.Sees("B") is { State: MemberState.Up }, "A sees B");

        await _rig.CutAsync("B", Cut.Engine);
        first.Cluster.Announce(["cam0"]);
        await UntilAsync(
            async () => MemberRecord.Read("A", (await _behind.GetAsync(Key("members/A"), default))!.Value)!.Member.Cameras is ["cam0"],
            "A announced a camera"
        );
        await _rig.CompactAsync();
        await _rig.UntilAsync(() => second.HearsEngine(reachable: false), "B hears that the engine is away");
        await _rig.HealAsync("B");

        await _rig.UntilAsync(() => second.Sees("A")!.Member.Cameras is ["cam0"], "B sees the camera");
    }

    private string Key(string key) => $"/rig/{_rig.RigId}/{key}";

    private async Task<NodeLog> StartAsync(string nodeId)
    {
        NodeLog node = new(_rig.Create(nodeId), _order);
        await _rig.AwaitAsync(node.Cluster.StartAsync(CancellationToken.None));
        return node;
    }

    private async Task<NodeLog> LeadingAsync(string nodeId)
    {
        NodeLog node = await StartAsync(nodeId);
        await _rig.UntilAsync(() => node.Leads is not null, "it leads");
        return node;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource late = new(EtcdServers.Generous);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.False(late.IsCancellationRequested, what);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
