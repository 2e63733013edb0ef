using System.Collections.Concurrent;
using Rig.Cluster.Remote;
using Rig.Cluster.Tests.Remote.Support;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Remote;

/// <summary>Two or three well-behaved nodes.</summary>
public sealed class LinkTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Wait.Patience;
    private readonly MemoryRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Tells_arrive_in_the_order_in_which_they_were_sent_both_ways()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        foreach ((RemoteLinks from, RemoteLinks to) in new[] { (a, b), (b, a) })
        {
            ConcurrentQueue<string> heard = new();
            to.Handle("p", Quietly(message => heard.Enqueue(((JoinCommand)message.Message).Camera)));
            string[] sent = [.. Enumerable.Range(0, 900).Select(number => $"{number}")];
            Array.ForEach(sent, camera => from.Tell(to.NodeId, "p", new JoinCommand(camera)));
            await Wait.Until(() => heard.Count == sent.Length, "all have arrived");
            Assert.Equal(sent, heard);
        }
    }

    [Fact]
    public async Task An_ask_is_answered_with_the_sender_as_the_connection_knows_it()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        b.Handle("who", (from, _) => Task.FromResult<RemoteMessage?>(new JoinCommand(from.NodeId)));
        a.Handle("who", (from, _) => Task.FromResult<RemoteMessage?>(new JoinCommand(from.NodeId)));
        Assert.Equal(new JoinCommand("A"), await AskAsync(a, "B", "who"));
        Assert.Equal(new JoinCommand("B"), await AskAsync(b, "A", "who"));
    }

    [Fact]
    public async Task Many_asks_at_once_get_each_its_own_answer()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        b.Handle("echo", (from, _) => Task.FromResult<RemoteMessage?>(from.Message));
        RemoteMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(number => a.AskAsync("B", "echo", new JoinCommand($"{number}"), Patience, default))
        );
        Assert.Equal(Enumerable.Range(0, 300).Select(number => new JoinCommand($"{number}")), answers);
    }

    [Fact]
    public async Task A_handler_that_hangs_holds_up_neither_the_next_ask_nor_the_link()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        using ManualResetEventSlim blocked = new();
        TaskCompletionSource<RemoteMessage?> never = new();
        b.Handle("hang", (_, _) => never.Task);
        b.Handle("echo", (from, _) => Task.FromResult<RemoteMessage?>(from.Message));
        Task<RemoteMessage> hanging = AskAsync(a, "B", "hang");
        Assert.Equal(new Done(), await AskAsync(a, "B", "echo"));
        await Assert.ThrowsAsync<TimeoutException>(() => a.AskAsync("B", "hang", new Done(), TimeSpan.FromMilliseconds(20), default));
        never.SetResult(new Done());
        Assert.Equal(new Done(), await hanging);
        await Wait.Until(() => MemoryRig.Count(a, "B", LinkCount.StrayAnswers) == 1, "the late answer is counted");
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_does_not_stop_heartbeats()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        using ManualResetEventSlim blocked = new();
        b.Handle("block", Quietly(_ => blocked.Wait(Patience)));
        a.Tell("B", "block", new Done());
        long before = MemoryRig.Count(b, "A", LinkCount.FramesReceived);
        await Wait.Until(() => MemoryRig.Count(b, "A", LinkCount.FramesReceived) > before + 4, "heartbeats are read on");
        Assert.True(MemoryRig.IsUp(a, "B"));
        blocked.Set();
    }

    [Theory]
    [InlineData("nobody", "nothing answers at nobody")]
    [InlineData("throws", "the disk is gone")]
    [InlineData("silent", "does not answer")]
    [InlineData("large", "a frame 1048576 at most")]
    public async Task What_cannot_be_answered_is_a_fault_with_its_reason(string path, string reason)
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        b.Handle("throws", (_, _) => throw new InvalidOperationException("the disk is gone"));
        b.Handle("silent", (_, _) => Task.FromResult<RemoteMessage?>(null));
        b.Handle("large", (_, _) => Task.FromResult<RemoteMessage?>(new JoinCommand(new string('x', 1 << 20))));
        RemoteFaultException fault = await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(a, "B", path));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(a, "A", "nobody"));
    }

    [Fact]
    public async Task A_message_beyond_a_frame_is_not_sent_and_the_link_stays()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        JoinCommand large = new(new string('x', 1 << 20));
        await Assert.ThrowsAsync<RemoteFaultException>(() => a.AskAsync("B", "echo", large, Patience, default));
        a.Tell("B", "echo", large);
        Assert.Equal(2, MemoryRig.Count(a, "B", LinkCount.DroppedUnsendable));
        b.Handle("echo", (from, _) => Task.FromResult<RemoteMessage?>(from.Message));
        JoinCommand fits = new(new string('x', (1 << 20) - 200));
        Assert.Equal(fits, await a.AskAsync("B", "echo", fits, Patience, default));
    }

    [Fact]
    public async Task An_open_ask_fails_at_once_when_the_peer_stops_and_so_does_the_next()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        b.Handle("hang", (_, _) => new TaskCompletionSource<RemoteMessage?>().Task);
        Task<RemoteMessage> open = a.AskAsync("B", "hang", new Done(), Timeout.InfiniteTimeSpan, default);
        await Wait.Until(() => MemoryRig.Count(b, "A", LinkCount.FramesReceived) > 1, "the ask is there");
        await _rig.StopAsync("B");
        Assert.Equal("B", (await Assert.ThrowsAsync<UnreachableException>(() => open.WaitAsync(Patience))).NodeId);
        await Wait.Until(() => !MemoryRig.IsUp(a, "B"), "the link is down");
        Task<RemoteMessage> next = a.AskAsync("B", "hang", new Done(), Timeout.InfiniteTimeSpan, default);
        await Assert.ThrowsAsync<UnreachableException>(() => next.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_peer_that_comes_back_is_called_again_and_listeners_hear_of_each_change_in_order()
    {
        (RemoteLinks a, _) = await _rig.PairAsync();
        ConcurrentQueue<bool> changes = new();
        using IDisposable watching = a.Watch(news => changes.Enqueue(news.Reachable));
        for (int round = 0; round < 3; round++)
        {
            await _rig.StopAsync("B");
            await Wait.Until(() => MemoryRig.Count(a, "B", LinkCount.FailedAttempts) > 0 && !MemoryRig.IsUp(a, "B"), "it is away");
            RemoteLinks b = _rig.Start("B");
            b.Handle("echo", (from, _) => Task.FromResult<RemoteMessage?>(from.Message));
            await Wait.Until(() => MemoryRig.IsUp(a, "B"), "it is back");
            Assert.Equal(new Done(), await AskAsync(a, "B", "echo"));
        }

        await Wait.Until(() => changes.Count >= 7, "all changes are told");
        Assert.Equal([true, false, true, false, true, false, true], changes);
    }

    [Fact]
    public async Task Broadcast_reaches_every_peer_but_the_sender_and_no_stranger()
    {
        RemoteLinks[] nodes = [.. "ABCD".Select(name => _rig.Start($"{name}"))];
        ConcurrentQueue<string> heard = new();
        foreach (RemoteLinks node in nodes)
        {
            node.Handle("p", Quietly(message => heard.Enqueue($"{node.NodeId} from {message.NodeId}")));
            node.SetPeers(node.NodeId == "B" ? MemoryRig.Peers("A", "B", "C") : MemoryRig.Peers("A", "B", "C", "D"));
        }

        await Wait.Until(
            () => nodes.All(node => node.NodeId == "D" || node.Status().Count(link => link.Up) >= 2),
            "the nodes see each other"
        );
        nodes[1].Broadcast("p", new Done());
        await Wait.Until(() => heard.Count >= 2, "the peers have it");
        Assert.Equal(["A from B", "C from B"], heard.Order());
    }

    [Fact]
    public async Task A_node_that_is_no_member_any_more_is_let_go()
    {
        (RemoteLinks a, RemoteLinks b) = await _rig.PairAsync();
        a.SetPeers(MemoryRig.Peers("A"));
        await Wait.Until(() => !MemoryRig.IsUp(a, "B") && !MemoryRig.IsUp(b, "A"), "the link is down");
        a.Tell("B", "p", new Done());
        Assert.Equal(1, MemoryRig.Count(a, "B", LinkCount.DroppedUnreachable));
        a.SetPeers(MemoryRig.Peers("A", "B"));
        await Wait.Until(() => MemoryRig.IsUp(a, "B"), "it is a member again");
    }

    [Fact]
    public async Task The_node_itself_is_reached_like_any_other()
    {
        RemoteLinks a = _rig.Start("A");
        using (a.Handle("echo", (from, _) => Task.FromResult<RemoteMessage?>(from.Message)))
        {
            DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(123);
            Assert.Equal(
                new AskTime(DateTimeOffset.UnixEpoch.AddTicks(120)),
                await a.AskAsync("A", "echo", new AskTime(time), Patience, default)
            );
            await Assert.ThrowsAsync<RemoteFaultException>(() =>
                a.AskAsync("A", "echo", new JoinCommand(new string('x', 1 << 20)), Patience, default)
            );
            Assert.Throws<InvalidOperationException>(() => a.Handle("echo", (_, _) => Task.FromResult<RemoteMessage?>(null)));
        }

        await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(a, "A", "echo"));
        await Assert.ThrowsAsync<UnreachableException>(() => AskAsync(a, "Z", "echo"));
    }

    private static Task<RemoteMessage> AskAsync(RemoteLinks from, string to, string path) =>
        from.AskAsync(to, path, new Done(), Patience, default);

    private static Func<FromNode, CancellationToken, Task<RemoteMessage?>> Quietly(Action<FromNode> handle) =>
        (message, _) =>
        {
            handle(message);
            return Task.FromResult<RemoteMessage?>(null);
        };
}
