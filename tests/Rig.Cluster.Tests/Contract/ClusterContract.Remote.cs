using System.Collections.Concurrent;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Contract;

public abstract partial class ClusterContract
{
    [Fact]
    public async Task Nodes_ask_each_other_and_the_sender_is_known()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        using IDisposable handler = nodes[1]
            .Cluster.Remote.Handle("echo", (from, _) => Answer(new JoinCommand($"{from.NodeId} {Number(from.Message)}")));

        Assert.Equal(new JoinCommand("A 7"), await AskAsync(nodes[0], "B", "echo", Numbered(7)));
    }

    [Fact]
    public async Task Answers_find_their_asks_whatever_their_order()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        ConcurrentDictionary<int, TaskCompletionSource<RemoteMessage?>> held = new();
        using IDisposable handler = nodes[1]
            .Cluster.Remote.Handle("hold", (from, _) => held.GetOrAdd(Number(from.Message), _ => new()).Task);

        Task<RemoteMessage>[] asks =
        [
            .. Enumerable.Range(0, 5).Select(number => nodes[0].Cluster.Remote.AskAsync("B", "hold", Numbered(number), Soon, default)),
        ];
        await Rig.UntilAsync(() => held.Count == 5, "all have arrived");
        foreach (int number in (int[])[3, 0, 4, 1, 2])
        {
            held[number].SetResult(Numbered(number * 10));
        }

        Assert.Equal([0, 10, 20, 30, 40], (await Rig.AwaitAsync(Task.WhenAll(asks))).Select(Number));
    }

    [Fact]
    public async Task Messages_arrive_in_the_order_they_were_told()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        ConcurrentQueue<int> heard = new();
        using IDisposable handler = nodes[1].Cluster.Remote.Handle("count", (from, _) => Note(heard, from));

        for (int number = 0; number < 50; number++)
        {
            nodes[0].Cluster.Remote.Tell("B", "count", Numbered(number));
        }

        await Rig.UntilAsync(() => heard.Count == 50, "all are heard");
        Assert.Equal(Enumerable.Range(0, 50), heard);
    }

    [Fact]
    public async Task A_broadcast_reaches_every_member_but_the_sender()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");
        ConcurrentQueue<string> heard = new();
        IDisposable[] handlers =
        [
            .. nodes.Select(node =>
                node.Cluster.Remote.Handle(
                    "news",
                    (from, _) =>
                    {
                        heard.Enqueue($"{from.NodeId} to {node.Id}");
                        return Answer(null);
                    }
                )
            ),
        ];

        nodes[0].Cluster.Remote.Broadcast("news", Numbered(1));
        await Rig.UntilAsync(() => heard.Count >= 2, "two have heard it");
        await AskAllAsync(nodes);

        Assert.Equal(["A to B", "A to C"], heard.Order());
        Array.ForEach(handlers, handler => handler.Dispose());
    }

    [Fact]
    public async Task Faults_and_time_limits_are_told_across_nodes()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        TaskCompletionSource<RemoteMessage?> never = new();
        using IDisposable throws = nodes[1]
            .Cluster.Remote.Handle("throws", (_, _) => throw new InvalidOperationException("The disk is on fire."));
        using IDisposable silent = nodes[1].Cluster.Remote.Handle("silent", (_, _) => Answer(null));
        using IDisposable slow = nodes[1].Cluster.Remote.Handle("slow", (_, _) => never.Task);

        RemoteFaultException fault = await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(nodes[0], "B", "throws", Numbered(1)));
        Assert.Contains('B', fault.Message);
        await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(nodes[0], "B", "silent", Numbered(1)));
        await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(nodes[0], "B", "nobody", Numbered(1)));
        await Assert.ThrowsAsync<TimeoutException>(() => AskAsync(nodes[0], "B", "slow", Numbered(1), TimeSpan.FromMilliseconds(300)));
        never.SetResult(null);
    }

    [Fact]
    public async Task Who_is_known_to_be_out_of_reach_is_refused_at_once()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        await Rig.AwaitAsync(Rig.CutAsync("B", Cut.Nodes));
        await Rig.UntilAsync(() => nodes[0].Sees("B") is { Reachable: false }, "A cannot reach B");

        Task<RemoteMessage> ask = nodes[0].Cluster.Remote.AskAsync("B", "echo", Numbered(1), TimeSpan.FromMinutes(10), default);
        nodes[0].Cluster.Remote.Tell("B", "echo", Numbered(2));
        nodes[0].Cluster.Remote.Broadcast("echo", Numbered(3));

        UnreachableException error = await Assert.ThrowsAsync<UnreachableException>(() => Rig.AwaitAsync(ask));
        Assert.Equal("B", error.NodeId);
    }

    [Fact]
    public async Task Messages_pass_again_after_a_cut_and_to_the_next_incarnation()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        await Rig.AwaitAsync(Rig.CutAsync("B", Cut.Nodes));
        await Rig.UntilAsync(() => nodes[0].Sees("B") is { Reachable: false }, "A cannot reach B");
        await Rig.AwaitAsync(Rig.HealAsync("B"));
        await Rig.UntilAsync(() => SeesWell(nodes[0], "B") && SeesWell(nodes[1], "A"), "they reach each other");
        await AskAllAsync(nodes);

        await Rig.KillAsync("B");
        NodeLog anew = await StartAsync("B");
        await Rig.UntilAsync(
            () => SeesWell(nodes[0], "B") && nodes[0].Sees("B")!.Member.Incarnation == anew.Cluster.Self.Incarnation,
            "A sees the new B"
        );
        await Rig.UntilAsync(() => SeesWell(anew, "A"), "the new B reaches A");
        await AskAllAsync(nodes[0], anew);
    }

    [Fact]
    public async Task An_ask_whose_node_dies_ends_before_a_long_time_limit()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<RemoteMessage?> never = new();
        using IDisposable handler = nodes[1]
            .Cluster.Remote.Handle(
                "slow",
                (_, _) =>
                {
                    arrived.SetResult();
                    return never.Task;
                }
            );
        Task<RemoteMessage> ask = nodes[0].Cluster.Remote.AskAsync("B", "slow", Numbered(1), TimeSpan.FromMinutes(10), default);
        await Rig.AwaitAsync(arrived.Task);

        await Rig.KillAsync("B");

        await Assert.ThrowsAsync<UnreachableException>(() => Rig.AwaitAsync(ask));
        never.SetResult(null);
    }

    /// <summary>Everybody asks everybody: what was on the way before has arrived.</summary>
    private async Task AskAllAsync(params NodeLog[] nodes)
    {
        foreach (NodeLog to in nodes)
        {
            using IDisposable handler = to.Cluster.Remote.Handle("flush", (from, _) => Answer(from.Message));
            foreach (NodeLog from in nodes)
            {
                Assert.Equal(5, Number(await AskAsync(from, to.Id, "flush", Numbered(5))));
            }
        }
    }
}
