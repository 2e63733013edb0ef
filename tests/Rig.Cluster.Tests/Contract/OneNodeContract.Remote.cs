using System.Collections.Concurrent;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Contract;

public abstract partial class OneNodeContract
{
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    protected Task<RemoteMessage> AskAsync(NodeLog from, string to, string path, RemoteMessage message, TimeSpan? timeout = null) =>
        Rig.AwaitAsync(from.Cluster.Remote.AskAsync(to, path, message, timeout ?? Soon, default));

    /// <summary>A message that can be told from others of its kind.</summary>
    protected static RemoteMessage Numbered(int number) => new JoinCommand($"{number}");

    protected static int Number(RemoteMessage message) =>
        int.Parse(Assert.IsType<JoinCommand>(message).Camera, System.Globalization.CultureInfo.InvariantCulture);

    protected static Task<RemoteMessage?> Answer(RemoteMessage? message) => Task.FromResult(message);

    [Fact]
    public async Task A_node_asks_itself_as_it_would_another()
    {
        NodeLog node = await StartAsync("A");
        using IDisposable handler = node.Cluster.Remote.Handle(
            "echo",
            (from, _) => Answer(new JoinCommand($"{from.NodeId} {Number(from.Message)}"))
        );

        Assert.Equal(new JoinCommand("A 7"), await AskAsync(node, "A", "echo", Numbered(7)));
    }

    [Fact]
    public async Task A_node_tells_itself_in_order()
    {
        NodeLog node = await StartAsync("A");
        ConcurrentQueue<int> heard = new();
        using IDisposable handler = node.Cluster.Remote.Handle("count", (from, _) => Note(heard, from));

        for (int number = 0; number < 50; number++)
        {
            node.Cluster.Remote.Tell("A", "count", Numbered(number));
        }

        await Rig.UntilAsync(() => heard.Count == 50, "all are heard");
        Assert.Equal(Enumerable.Range(0, 50), heard);
    }

    [Fact]
    public async Task An_ask_for_a_path_without_handler_is_a_fault()
    {
        NodeLog node = await StartAsync("A");
        RemoteFaultException error = await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(node, "A", "nobody", Numbered(1)));
        Assert.Contains("nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_throws_or_answers_nothing_is_a_fault_to_the_asker()
    {
        NodeLog node = await StartAsync("A");
        using IDisposable throws = node.Cluster.Remote.Handle(
            "throws",
            (_, _) => throw new InvalidOperationException("The disk is on fire.")
        );
        using IDisposable silent = node.Cluster.Remote.Handle("silent", (_, _) => Answer(null));

        await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(node, "A", "throws", Numbered(1)));
        await Assert.ThrowsAsync<RemoteFaultException>(() => AskAsync(node, "A", "silent", Numbered(1)));
    }

    [Fact]
    public async Task An_ask_without_an_answer_in_time_times_out()
    {
        NodeLog node = await StartAsync("A");
        TaskCompletionSource<RemoteMessage?> never = new();
        using IDisposable handler = node.Cluster.Remote.Handle("slow", (_, _) => never.Task);

        await Assert.ThrowsAsync<TimeoutException>(() => AskAsync(node, "A", "slow", Numbered(1), TimeSpan.FromMilliseconds(200)));
        never.SetResult(null);
    }

    [Fact]
    public async Task An_ask_that_is_cancelled_ends()
    {
        NodeLog node = await StartAsync("A");
        TaskCompletionSource<RemoteMessage?> never = new();
        using IDisposable handler = node.Cluster.Remote.Handle("slow", (_, _) => never.Task);
        using CancellationTokenSource cancel = new();

        Task<RemoteMessage> ask = node.Cluster.Remote.AskAsync("A", "slow", Numbered(1), Soon, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Rig.AwaitAsync(ask));
        never.SetResult(null);
    }

    [Fact]
    public async Task A_path_has_one_handler_and_is_free_again_after_it()
    {
        NodeLog node = await StartAsync("A");
        IDisposable first = node.Cluster.Remote.Handle("path", (_, _) => Answer(Numbered(1)));
        Assert.Throws<InvalidOperationException>(() => node.Cluster.Remote.Handle("path", (_, _) => Answer(Numbered(2))));
        first.Dispose();
        using IDisposable second = node.Cluster.Remote.Handle("path", (_, _) => Answer(Numbered(3)));
        first.Dispose();

        Assert.Equal(3, Number(await AskAsync(node, "A", "path", Numbered(0))));
    }

    [Fact]
    public async Task A_node_that_nobody_knows_is_unreachable()
    {
        NodeLog node = await StartAsync("A");
        UnreachableException error = await Assert.ThrowsAsync<UnreachableException>(() => AskAsync(node, "CAM_X", "session", Numbered(1)));
        Assert.Equal("CAM_X", error.NodeId);
        node.Cluster.Remote.Tell("CAM_X", "session", Numbered(2));
    }

    protected static Task<RemoteMessage?> Note(ConcurrentQueue<int> heard, FromNode from)
    {
        heard.Enqueue(Number(from.Message));
        return Answer(null);
    }
}
