using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Contract;

/// <summary>What every adapter for a rig of several nodes promises, beside what it promises about one.</summary>
public abstract partial class ClusterContract : OneNodeContract
{
    protected async Task<NodeLog[]> StartAllAsync(params string[] nodeIds)
    {
        NodeLog[] nodes = new NodeLog[nodeIds.Length];
        for (int index = 0; index < nodes.Length; index++)
        {
            nodes[index] = await StartAsync(nodeIds[index]);
        }

        await Rig.UntilAsync(() => nodes.All(node => nodeIds.All(other => SeesWell(node, other))), "all see and reach each other");
        return nodes;
    }

    protected static bool SeesWell(NodeLog node, string other) => node.Sees(other) is { State: MemberState.Up, Reachable: true };

    protected static NodeLog[] But(NodeLog[] nodes, NodeLog left) => [.. nodes.Where(node => node != left)];

    [Fact]
    public async Task All_members_see_each_other_and_one_leads()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");
        await LeaderAsync(nodes);
        Assert.All(
            nodes,
            node =>
                Assert.Equal(
                    nodes.Select(other => (other.Id, other.Cluster.Self.Incarnation)),
                    node.Cluster.Members.Current.Select(view => (view.Member.NodeId, view.Member.Incarnation)).Order()
                )
        );
    }

    [Fact]
    public async Task Who_says_goodbye_has_left_and_has_not_failed()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");

        await Rig.AwaitAsync(nodes[1].Cluster.LeaveAsync(default));

        await Rig.UntilAsync(() => nodes[0].Sees("B", MemberState.Left) && nodes[2].Sees("B", MemberState.Left), "B has left");
        Assert.DoesNotContain(
            nodes[0].Events,
            change => change is MemberChanged { Member: { Member.NodeId: "B", State: MemberState.Failed } }
        );
    }

    [Fact]
    public async Task Who_dies_has_failed()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");

        await Rig.KillAsync("B");

        await Rig.UntilAsync(() => nodes[0].Sees("B", MemberState.Failed) && nodes[2].Sees("B", MemberState.Failed), "B has failed");
        await Rig.UntilAsync(() => !nodes[0].Sees("B")!.Reachable, "A cannot reach B");
    }

    [Fact]
    public async Task Who_comes_back_is_seen_in_its_new_incarnation()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        await Rig.KillAsync("B");

        NodeLog anew = await StartAsync("B");

        Assert.NotEqual(nodes[1].Cluster.Self.Incarnation, anew.Cluster.Self.Incarnation);
        await Rig.UntilAsync(
            () => SeesWell(nodes[0], "B") && nodes[0].Sees("B")!.Member.Incarnation == anew.Cluster.Self.Incarnation,
            "A sees the new B"
        );
    }

    [Fact]
    public async Task Who_left_may_come_back()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        await Rig.AwaitAsync(nodes[1].Cluster.LeaveAsync(default));
        await Rig.UntilAsync(() => nodes[0].Sees("B", MemberState.Left), "B has left");
        await Rig.AwaitAsync(nodes[1].Cluster.DisposeAsync().AsTask());

        await StartAsync("B");

        await Rig.UntilAsync(() => SeesWell(nodes[0], "B"), "B is back");
    }

    [Fact]
    public async Task Announced_cameras_are_seen_by_all()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");

        nodes[1].Cluster.Announce(["cam0", "cam1"]);
        nodes[1].Cluster.Announce(["cam0", "cam1", "cam2"]);

        await Rig.UntilAsync(() => nodes.All(node => node.Sees("B")!.Member.Cameras is ["cam0", "cam1", "cam2"]), "all see three cameras");
        Assert.Equal(["cam0", "cam1", "cam2"], nodes[1].Cluster.Self.Cameras);
        Assert.All(nodes, node => Assert.Equal(MemberState.Up, node.Sees("B")!.State));
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_still_up_while_the_engine_knows_it()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");

        await Rig.AwaitAsync(Rig.CutAsync("B", Cut.Nodes));
        await Rig.UntilAsync(() => nodes[0].Sees("B") is { State: MemberState.Up, Reachable: false }, "A cannot reach B");
        await Rig.AwaitAsync(Rig.HealAsync("B"));
        await Rig.UntilAsync(() => SeesWell(nodes[0], "B"), "A reaches B");

        Assert.DoesNotContain(nodes[0].Events, change => change is MemberChanged { Member.State: not MemberState.Up });
    }

    [Fact]
    public async Task Who_is_cut_from_the_engine_hears_it_keeps_its_view_and_comes_back_as_the_same()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");

        await Rig.AwaitAsync(Rig.CutAsync("B", Cut.Engine));
        await Rig.UntilAsync(() => nodes[1].HearsEngine(reachable: false), "B hears that the engine is away");
        await Rig.UntilAsync(() => nodes[0].Sees("B", MemberState.Failed), "A sees that B has failed");
        Assert.All((string[])["A", "B", "C"], other => Assert.True(nodes[1].Sees(other, MemberState.Up)));
        Assert.NotNull(nodes[1].Events.OfType<EngineChanged>().Last().Reason);
        await Assert.ThrowsAsync<ClusterAwayException>(() => GetAsync(nodes[1], "a"));
        await Assert.ThrowsAsync<ClusterAwayException>(() => WriteAsync(nodes[1], "a", "1"));

        await Rig.AwaitAsync(Rig.HealAsync("B"));

        await Rig.UntilAsync(() => nodes[1].HearsEngine(reachable: true), "B hears that the engine is back");
        await Rig.UntilAsync(() => nodes.All(node => SeesWell(node, "B")), "all see B again");
        Assert.Equal(nodes[1].Cluster.Self.Incarnation, nodes[0].Sees("B")!.Member.Incarnation);
    }

    [Fact]
    public async Task Leaving_while_the_engine_is_away_ends_in_time_without_an_error()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        await Rig.AwaitAsync(Rig.CutAsync("B", Cut.All));
        using CancellationTokenSource cancel = new();
        Task leaving = nodes[1].Cluster.LeaveAsync(cancel.Token);
        await cancel.CancelAsync();
        await Rig.AwaitAsync(leaving);
    }
}
