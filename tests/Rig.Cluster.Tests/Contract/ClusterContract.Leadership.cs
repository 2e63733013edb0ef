using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Contract;

public abstract partial class ClusterContract
{
    [Fact]
    public async Task When_the_leader_dies_another_leads_with_a_higher_token()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");
        NodeLog first = await LeaderAsync(nodes);
        FencingToken before = first.Leads!.Value;

        await Rig.KillAsync(first.Id);
        NodeLog second = await LeaderAsync(But(nodes, first));

        Assert.True(second.Leads > before);
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_hears_its_loss_before_another_gains()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");
        NodeLog first = await LeaderAsync(nodes);

        await Rig.AwaitAsync(Rig.CutAsync(first.Id, Cut.All));
        NodeLog second = await LeaderAsync(But(nodes, first));

        Assert.Equal(
            [(first.Id, "LeadershipGained"), (first.Id, "LeadershipLost"), (second.Id, "LeadershipGained")],
            Leaderships.Select(entry => (entry.NodeId, entry.Event.GetType().Name))
        );
        Assert.Null(first.Cluster.Leadership.Current.NodeId);
        await Rig.AwaitAsync(Rig.HealAsync(first.Id));
        Assert.Same(second, await LeaderAsync(nodes));
    }

    [Fact]
    public async Task Who_resigns_hands_over_to_another_at_once()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");
        NodeLog first = await LeaderAsync(nodes);
        FencingToken before = first.Leads!.Value;

        await Rig.AwaitAsync(first.Cluster.Leadership.ResignAsync(default));
        NodeLog second = await LeaderAsync(nodes);

        Assert.NotSame(first, second);
        Assert.True(second.Leads > before);
        Assert.Equal(
            [(first.Id, "LeadershipGained"), (first.Id, "LeadershipLost"), (second.Id, "LeadershipGained")],
            Leaderships.Select(entry => (entry.NodeId, entry.Event.GetType().Name))
        );
    }

    [Fact]
    public async Task Who_does_not_lead_resigns_nothing()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        NodeLog leader = await LeaderAsync(nodes);

        await Rig.AwaitAsync(But(nodes, leader)[0].Cluster.Leadership.ResignAsync(default));

        Assert.Same(leader, await LeaderAsync(nodes));
        Assert.Single(Leaderships);
    }

    [Fact]
    public async Task A_leader_that_leaves_hands_over()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        NodeLog first = await LeaderAsync(nodes);

        await Rig.AwaitAsync(first.Cluster.LeaveAsync(default));
        NodeLog second = But(nodes, first)[0];
        await LeaderAsync(second);

        Assert.True(second.Sees(first.Id, MemberState.Left));
    }

    [Fact]
    public async Task The_former_leaders_writes_are_fenced_and_the_new_ones_happen()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        NodeLog first = await LeaderAsync(nodes);
        WriteGuard old = new(first.Leads!.Value);
        await PutAsync(first, "a", "1", old);

        await Rig.AwaitAsync(first.Cluster.Leadership.ResignAsync(default));
        Assert.IsType<WriteResult.Fenced>(await WriteAsync(first, "a", "2", old));
        NodeLog second = await LeaderAsync(nodes);

        Assert.All(
            await Task.WhenAll(nodes.Select(node => WriteAsync(node, "a", "3", old))),
            result => Assert.IsType<WriteResult.Fenced>(result)
        );
        Assert.IsType<WriteResult.Fenced>(await WriteAsync(first, "a", null, old));
        await PutAsync(second, "a", "4", new WriteGuard(second.Leads!.Value));
        Assert.Equal("4", Text(await GetAsync(first, "a")));
    }

    [Fact]
    public async Task A_leader_that_the_nodes_cannot_reach_leads_on_while_the_engine_knows_it()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        NodeLog leader = await LeaderAsync(nodes);

        await Rig.AwaitAsync(Rig.CutAsync(leader.Id, Cut.Nodes));
        await Rig.UntilAsync(() => leader.Sees(But(nodes, leader)[0].Id) is { Reachable: false }, "they cannot reach each other");
        await Rig.AwaitAsync(Rig.HealAsync(leader.Id));
        await Rig.UntilAsync(() => SeesWell(leader, But(nodes, leader)[0].Id), "they reach each other");

        Assert.Same(leader, await LeaderAsync(nodes));
        Assert.Single(Leaderships);
    }
}
