using System.Net.WebSockets;
using System.Text;
using Rig.Cluster.Remote;
using Rig.Cluster.Tests.Remote.Support;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Remote;

/// <summary>One end is a node, the other whatever the test writes. The node closes, counts, stays.</summary>
public sealed class HostilePeerTests : IAsyncDisposable
{
    private static readonly LinkOptions Short = MemoryRig.Patient with { Silence = TimeSpan.FromSeconds(1) };
    private readonly MemoryRig _patient = new();
    private readonly MemoryRig _short = new() { Options = Short };

    public async ValueTask DisposeAsync()
    {
        await _patient.DisposeAsync();
        await _short.DisposeAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("""{"kind":"tell","path":"p","message":{"type":"no_such_type"}}""")]
    [InlineData("""{"kind":"ask","path":"p","message":{"type":"done"}}""")]
    public async Task A_frame_that_is_none_closes_the_connection_and_is_counted(string text)
    {
        RemoteLinks node = _patient.Start("B");
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        await peer.SendAsync(text);
        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Malformed));
        Assert.False(MemoryRig.IsUp(node, "A"));
        await AssertServesAsync(node);
    }

    [Fact]
    public async Task A_binary_message_and_bytes_that_are_no_Unicode_close_the_connection()
    {
        RemoteLinks node = _patient.Start("B");
        using (RawPeer peer = await RawPeer.CallAndSpeakAsync(node))
        {
            await peer.SendAsync([1, 2, 3], WebSocketMessageType.Binary, true);
            await peer.Ended.WaitAsync(Wait.Patience);
            Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Malformed));
        }

        using (RawPeer peer = await RawPeer.CallAndSpeakAsync(node))
        {
            await peer.SendAsync([0xFF, 0xFE], WebSocketMessageType.Text, true);
            await peer.Ended.WaitAsync(Wait.Patience);
        }

        await AssertServesAsync(node);
    }

    [Fact]
    public async Task The_largest_frame_is_read_and_one_byte_more_closes_the_connection()
    {
        RemoteLinks node = _patient.Start("B");
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        await peer.SendAsync(Padded(LinkOptions.LargestFrame));
        Assert.Contains("nothing answers at p", await peer.ReadAsync(), StringComparison.Ordinal);
        // The node stops reading in the middle of it, so that this may never be taken whole.
        Task sending = peer.SendAsync(Padded(LinkOptions.LargestFrame + 1));
        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Oversize));
        peer.Dispose();
        await Record.ExceptionAsync(() => sending);
        await AssertServesAsync(node);
    }

    [Fact]
    public async Task A_frame_without_an_end_is_cut_off_at_the_limit()
    {
        RemoteLinks node = _patient.Start("B");
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        Task? sending = null;
        byte[] part = new byte[10_000];
        Array.Fill(part, (byte)' ');
        for (int sent = 0; sent <= LinkOptions.LargestFrame && !peer.Ended.IsCompleted; sent += part.Length)
        {
            sending = peer.SendAsync(part, WebSocketMessageType.Text, false);
            await Task.WhenAny(sending, peer.Ended);
        }

        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Oversize));
        peer.Dispose();
        await Record.ExceptionAsync(() => sending!);
    }

    [Fact]
    public async Task Answers_to_nothing_are_counted_and_harm_nothing()
    {
        RemoteLinks node = _patient.Start("B");
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        Task<RemoteMessage> ask = node.AskAsync("A", "p", new Done(), Wait.Patience, default);
        Assert.Contains("\"id\":1", await peer.ReadAsync(), StringComparison.Ordinal);
        await peer.SendAsync("""{"kind":"answer","id":2,"message":{"type":"join","camera":"wrong"}}""");
        await peer.SendAsync("""{"kind":"fault","id":99,"reason":"wrong"}""");
        await peer.SendAsync("""{"kind":"answer","id":1,"message":{"type":"join","camera":"right"}}""");
        await peer.SendAsync("""{"kind":"answer","id":1,"message":{"type":"join","camera":"again"}}""");
        Assert.Equal(new JoinCommand("right"), await ask);
        await Wait.Until(() => MemoryRig.Count(node, "A", LinkCount.StrayAnswers) == 3, "three answers went nowhere");
        Assert.True(MemoryRig.IsUp(node, "A"));
    }

    [Fact]
    public async Task A_peer_that_never_speaks_is_never_reachable()
    {
        RemoteLinks node = _short.Start("B");
        using RawPeer peer = RawPeer.Call(node);
        await Assert.ThrowsAsync<UnreachableException>(() => node.AskAsync("A", "p", new Done(), Wait.Patience, default));
        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal((1L, 0L), (MemoryRig.Count(node, "A", LinkCount.Silent), MemoryRig.Count(node, "A", LinkCount.Connections)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"kind":"te""")]
    public async Task A_peer_that_falls_silent_is_found_out_and_open_asks_fail(string halfFrame)
    {
        RemoteLinks node = _short.Start("B");
        using RawPeer peer = RawPeer.Call(node);
        await peer.SendAsync(RawPeer.HeartbeatText);
        if (halfFrame.Length > 0)
        {
            await peer.SendAsync(Encoding.UTF8.GetBytes(halfFrame), WebSocketMessageType.Text, false);
        }

        await Wait.Until(() => MemoryRig.Count(node, "A", LinkCount.Connections) == 1, "it has spoken");
        Task<RemoteMessage> ask = node.AskAsync("A", "p", new Done(), Timeout.InfiniteTimeSpan, default);
        UnreachableException error = await Assert.ThrowsAsync<UnreachableException>(() => ask.WaitAsync(Wait.Patience));
        Assert.Contains("nothing was heard", error.Reason, StringComparison.Ordinal);
        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Silent));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_fills_its_queue_and_no_more()
    {
        RemoteLinks node = _patient.Start("B");
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        JoinCommand large = new(new string('x', 500_000));
        for (int tell = 0; tell < 100; tell++)
        {
            node.Tell("A", "p", large);
        }

        LinkStatus status = node.Status().Single(link => link.NodeId == "A");
        Assert.InRange(status.QueuedBytes, 4L << 20, 8L << 20);
        Assert.Equal(100 - status.QueuedFrames, MemoryRig.Count(node, "A", LinkCount.DroppedQueueFull));
        UnreachableException full = await Assert.ThrowsAsync<UnreachableException>(() =>
            node.AskAsync("A", "p", large, Timeout.InfiniteTimeSpan, default)
        );
        Assert.Contains("wait to be sent", full.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_speaks_but_does_not_read_is_let_go()
    {
        await using MemoryRig rig = new() { Options = MemoryRig.Patient with { SendLimit = TimeSpan.FromSeconds(2) } };
        RemoteLinks node = rig.Start("B");
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        node.Tell("A", "p", new JoinCommand(new string('x', 500_000)));
        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Stalled));
    }

    [Fact]
    public async Task A_flood_of_asks_is_answered_or_refused_one_by_one()
    {
        await using MemoryRig rig = new() { Options = MemoryRig.Patient with { MostHandlers = 2, MostFrames = 8 } };
        RemoteLinks node = rig.Start("B");
        TaskCompletionSource<RemoteMessage?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0;
        node.Handle(
            "slow",
            (_, _) =>
            {
                Interlocked.Increment(ref begun);
                return answer.Task;
            }
        );
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        for (int id = 1; id <= 12; id++)
        {
            await peer.SendAsync($$"""{"kind":"ask","id":{{id}},"path":"slow","message":{"type":"done"} }""");
        }

        Assert.Contains("\"id\":11", await peer.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("\"id\":12", await peer.ReadAsync(), StringComparison.Ordinal);
        await Wait.Until(() => Volatile.Read(ref begun) == 2, "two have begun");
        Assert.Equal(2, MemoryRig.Count(node, "A", LinkCount.DroppedBusy));
        answer.SetResult(new Done());
        await Wait.Until(() => Volatile.Read(ref begun) == 10, "the others get their turn");
    }

    [Fact]
    public async Task A_second_connection_of_the_same_node_takes_the_place_of_the_first()
    {
        RemoteLinks node = _patient.Start("B");
        using RawPeer first = await RawPeer.CallAndSpeakAsync(node);
        using RawPeer second = RawPeer.Call(node);
        await second.SendAsync(RawPeer.HeartbeatText);
        Assert.Null(await first.ReadAsync());
        Assert.Equal("a newer connection took its place", first.Socket.CloseStatusDescription);
        await Wait.Until(() => MemoryRig.IsUp(node, "A"), "the second is up");
        Task<RemoteMessage> ask = node.AskAsync("A", "p", new Done(), Wait.Patience, default);
        Assert.NotNull(await second.ReadAsync());
        await second.SendAsync("""{"kind":"answer","id":1,"message":{"type":"done"}}""");
        Assert.Equal(new Done(), await ask);
        Assert.Equal(1, MemoryRig.Count(node, "A", LinkCount.Replaced));
    }

    [Fact]
    public async Task A_node_that_should_be_called_may_not_call()
    {
        RemoteLinks node = _patient.Start("0");
        using RawPeer peer = RawPeer.Call(node);
        Assert.Null(await peer.ReadAsync());
        await peer.Ended.WaitAsync(Wait.Patience);
        Assert.Equal("0 calls A, not the other way round", peer.Socket.CloseStatusDescription);
        Assert.Equal(1, MemoryRig.Count(node, "", LinkCount.Refused));
    }

    [Fact]
    public async Task Bytes_that_are_no_WebSocket_at_all_end_the_connection_whatever_they_are()
    {
        RemoteLinks node = _patient.Start("B");
        const int seed = 20261121;
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            using RawPeer peer = RawPeer.Call(node);
            byte[] noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            await peer.Stream.WriteAsync(noise);
            peer.Stream.Dispose();
            await peer.Ended.WaitAsync(Wait.Patience);
        }

        Assert.Equal(0, MemoryRig.Count(node, "A", LinkCount.Connections));
        await AssertServesAsync(node);
    }

    /// <summary>The node still does its work for the next, honest connection.</summary>
    private static async Task AssertServesAsync(RemoteLinks node)
    {
        using IDisposable handler = node.Handle("echo", (from, _) => Task.FromResult<RemoteMessage?>(from.Message));
        using RawPeer peer = await RawPeer.CallAndSpeakAsync(node);
        await peer.SendAsync("""{"kind":"ask","id":5,"path":"echo","message":{"type":"done"}}""");
        Assert.Equal("""{"kind":"answer","id":5,"message":{"type":"done"}}""", await peer.ReadAsync());
    }

    /// <summary>An ask of exactly so many bytes.</summary>
    private static string Padded(int bytes)
    {
        string Ask(string camera) => $$$"""{"kind":"ask","id":1,"path":"p","message":{"type":"join","camera":"{{{camera}}}"}}""";
        return Ask(new string('x', bytes - Ask("").Length));
    }
}
