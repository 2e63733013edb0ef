using System.Threading.Channels;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Node.Events;

namespace Rig.Node.Tests.Events;

/// <summary>Events from node to node: each once, in order, and what is lost is said.</summary>
public sealed class EventSharingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Guid Run = Guid.NewGuid();
    private static readonly Guid NextRun = Guid.NewGuid();

    [Fact]
    public void A_follower_takes_each_event_once_and_asks_again_for_what_was_lost()
    {
        FollowedNode node = new();
        Assert.True(node.NeedsPlace);
        Assert.Equal("a b", Take(node, Run, 10, "a", "b"));
        Assert.False(node.NeedsPlace);
        Assert.Equal("", Take(node, Run, 10, "a", "b"));
        Assert.Equal("c", Take(node, Run, 11, "b", "c"));
        Assert.Equal("again", Take(node, Run, 15, "g"));
        Assert.True(node.NeedsPlace);
        Assert.Equal("", Take(node, Run, 16, "h"));
        Assert.Equal(13, node.Last);
        Assert.Equal("d e f g", Take(node, Run, 13, "d", "e", "f", "g"));
        Assert.False(node.NeedsPlace);
    }

    [Fact]
    public void A_follower_goes_on_with_the_next_run_and_says_what_is_gone()
    {
        FollowedNode node = new();
        Take(node, Run, 10, "a");
        Assert.Equal("x", Take(node, NextRun, 500, "x"));
        Assert.Equal((NextRun, 501), (node.Epoch, node.Last));
        Assert.Equal("missed 7: y", Take(node, NextRun, 508, missed: 7, "y"));
        Assert.Equal(509, node.Last);
    }

    [Fact]
    public async Task A_node_tells_its_followers_from_now_or_from_where_they_were()
    {
        Post post = new();
        EventHub hub = new(TimeProvider.System);
        using EventSharing sharing = new(hub, post, TimeProvider.System);
        hub.Own.Publish("A", "before", "{}");
        sharing.Follow("B", new FollowEvents(Again: true));
        EventNews greeting = await post.NextAsync();
        Assert.Empty(greeting.Events);
        hub.Own.Publish("A", "one", "{}");
        hub.Own.Publish("A", "two", "{}");
        List<string> told = [];
        while (told.Count < 2)
        {
            told.AddRange((await post.NextAsync()).Events.Select(line => line.Topic));
        }

        Assert.Equal(["one", "two"], told);
        sharing.Follow("B", new FollowEvents(Again: true, greeting.Epoch, greeting.After));
        EventNews repeated = await post.NextAsync();
        Assert.Equal((greeting.After, null), (repeated.After, repeated.Missed));
        Assert.Equal(["one", "two"], repeated.Events.Select(line => line.Topic));
        Assert.Equal(1, sharing.Followers);
    }

    [Fact]
    public async Task What_the_ring_does_not_keep_any_more_is_said()
    {
        Post post = new();
        EventHub hub = new(TimeProvider.System);
        using EventSharing sharing = new(hub, post, TimeProvider.System);
        sharing.Follow("B", new FollowEvents(Again: true));
        EventNews greeting = await post.NextAsync();
        for (int i = 0; i < EventBroker.Kept + 5; i++)
        {
            hub.Own.Publish("A", $"{i}", "{}");
        }

        sharing.Follow("C", new FollowEvents(Again: true, greeting.Epoch, greeting.After));
        EventNews first;
        do
        {
            first = await post.NextAsync("C");
        } while (first.Events.Count == 0);
        Assert.Equal((5, "5"), (first.Missed, first.Events[0].Topic));
        Assert.Equal(greeting.After + 5, first.After);

        sharing.Follow("D", new FollowEvents(Again: true, NextRun, 3));
        Assert.Equal(0, (await post.NextAsync("D")).Missed);
    }

    private static string Take(FollowedNode node, Guid run, long after, params string[] topics) => Take(node, run, after, null, topics);

    private static string Take(FollowedNode node, Guid run, long after, long? missed, params string[] topics)
    {
        Taken taken = node.Take(new EventNews(run, after, [.. topics.Select(topic => new EventLine(topic, "{}"))], missed));
        string fresh = string.Join(' ', taken.Fresh.Select(line => line.Topic));
        return taken.AskAgain ? "again"
            : taken.Missed is { } lost ? $"missed {lost}: {fresh}"
            : fresh;
    }

    /// <summary>Keeps what is told, by node.</summary>
    private sealed class Post : IRemote
    {
        private readonly Channel<(string To, EventNews News)> _told = Channel.CreateUnbounded<(string, EventNews)>();

        public async Task<EventNews> NextAsync(string to = "B")
        {
            using CancellationTokenSource limit = new(Patience);
            while (true)
            {
                (string node, EventNews news) = await _told.Reader.ReadAsync(limit.Token);
                if (node == to)
                {
                    return news;
                }
            }
        }

        public void Tell(string nodeId, string path, RemoteMessage message)
        {
            Assert.Equal(EventSharing.Path, path);
            _told.Writer.TryWrite((nodeId, (EventNews)message));
        }

        public Task<RemoteMessage> AskAsync(
            string nodeId,
            string path,
            RemoteMessage message,
            TimeSpan timeout,
            CancellationToken cancel
        ) => throw new NotSupportedException();

        public void Broadcast(string path, RemoteMessage message) => throw new NotSupportedException();

        public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler) =>
            throw new NotSupportedException();
    }
}
