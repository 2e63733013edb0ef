using System.Collections.Concurrent;
using System.Text;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Contract;

/// <summary>What every adapter promises about one node alone, and the means that all contract tests share.</summary>
public abstract partial class OneNodeContract : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string NodeId, LeadershipEvent Event)> _leaderships = new();
    private readonly List<NodeLog> _logs = [];

    protected ClusterFixture Rig { get; private set; } = null!;

    /// <summary>What the nodes heard about their own leadership, over all nodes, in order.</summary>
    protected IReadOnlyList<(string NodeId, LeadershipEvent Event)> Leaderships => [.. _leaderships];

    public async Task InitializeAsync() => Rig = await CreateFixtureAsync();

    public async Task DisposeAsync()
    {
        _logs.ForEach(log => log.Dispose());
        await Rig.DisposeAsync();
    }

    protected abstract Task<ClusterFixture> CreateFixtureAsync();

    /// <summary>Makes and starts a node, and listens to it from before its start.</summary>
    protected async Task<NodeLog> StartAsync(string nodeId)
    {
        NodeLog log = new(Rig.Create(nodeId), _leaderships);
        _logs.Add(log);
        await Rig.AwaitAsync(log.Cluster.StartAsync(default));
        await Rig.UntilAsync(() => log.HearsEngine(reachable: true), $"{nodeId} has joined");
        return log;
    }

    /// <summary>Waits until one of the nodes leads and all of them know it.</summary>
    protected async Task<NodeLog> LeaderAsync(params NodeLog[] nodes)
    {
        NodeLog? leader = null;
        await Rig.UntilAsync(
            () =>
            {
                leader = nodes.SingleOrDefault(node => node.Leads is not null);
                return leader is not null
                    && nodes.All(node => node.Cluster.Leadership.Current == new LeaderChanged(leader.Id, leader.Leads));
            },
            "one node leads and all know it"
        );
        return leader!;
    }

    protected Task<WriteResult> WriteAsync(NodeLog node, string key, string? value, WriteGuard? guard = null) =>
        Rig.AwaitAsync(
            node.Cluster.State.WriteAsync(
                key,
                value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value),
                guard ?? new WriteGuard(),
                default
            )
        );

    /// <summary>Writes and expects that it is written; gives its revision.</summary>
    protected async Task<long> PutAsync(NodeLog node, string key, string? value, WriteGuard? guard = null) =>
        Assert.IsType<WriteResult.Written>(await WriteAsync(node, key, value, guard)).Revision;

    protected Task<StateEntry?> GetAsync(NodeLog node, string key) => Rig.AwaitAsync(node.Cluster.State.GetAsync(key, default));

    protected Task<StateSnapshot> ListAsync(NodeLog node, string prefix) => Rig.AwaitAsync(node.Cluster.State.ListAsync(prefix, default));

    protected static string? Text(StateEntry? entry) => entry?.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    [Fact]
    public async Task A_node_alone_is_a_member_and_leads()
    {
        NodeLog node = await StartAsync("A");

        await LeaderAsync(node);

        MemberView self = Assert.Single(node.Cluster.Members.Current);
        Assert.Equal((node.Cluster.Self, MemberState.Up, true), (self.Member, self.State, self.Reachable));
    }

    [Fact]
    public async Task A_subscriber_hears_every_member_and_the_engine_first()
    {
        NodeLog node = await StartAsync("A");
        ConcurrentQueue<ClusterEvent> heard = new();

        using IDisposable subscription = node.Cluster.Members.Subscribe(heard.Enqueue);
        await Rig.UntilAsync(() => heard.Count >= 2, "the present state is told");

        Assert.Equal("A", Assert.IsType<MemberChanged>(heard.First()).Member.Member.NodeId);
        Assert.True(Assert.IsType<EngineChanged>(heard.ElementAt(1)).Reachable);
    }

    [Fact]
    public async Task A_listener_that_throws_harms_nobody()
    {
        NodeLog node = await StartAsync("A");
        using IDisposable bad = node.Cluster.Members.Subscribe(_ => throw new InvalidOperationException("A listener's own fault."));

        node.Cluster.Announce(["cam7"]);

        await Rig.UntilAsync(() => node.Sees("A")!.Member.Cameras is ["cam7"], "the cameras are announced");
        await Rig.UntilAsync(
            () => node.Events.OfType<MemberChanged>().Any(change => change.Member.Member.Cameras is ["cam7"]),
            "the good listener hears of them"
        );
    }

    [Fact]
    public async Task A_node_that_comes_back_leads_with_a_higher_token_in_a_new_incarnation()
    {
        NodeLog first = await StartAsync("A");
        await LeaderAsync(first);
        FencingToken before = first.Leads!.Value;
        await Rig.KillAsync("A");

        NodeLog second = await StartAsync("A");
        await LeaderAsync(second);

        Assert.True(second.Leads > before);
        Assert.NotEqual(first.Cluster.Self.Incarnation, second.Cluster.Self.Incarnation);
        Assert.Equal(second.Cluster.Self.Incarnation, second.Sees("A")!.Member.Incarnation);
    }

    [Fact]
    public async Task Who_stands_late_hears_at_once_that_it_leads()
    {
        NodeLog node = await StartAsync("A");
        await LeaderAsync(node);
        ConcurrentQueue<LeadershipEvent> heard = new();

        using IDisposable standing = node.Cluster.Leadership.Stand(heard.Enqueue);
        await Rig.UntilAsync(() => !heard.IsEmpty, "the leadership is told");

        Assert.Equal(new LeadershipGained(node.Leads!.Value), Assert.Single(heard));
    }

    [Fact]
    public async Task Leaving_ends_leadership_first()
    {
        NodeLog node = await StartAsync("A");
        await LeaderAsync(node);

        await Rig.AwaitAsync(node.Cluster.LeaveAsync(default));

        Assert.Collection(node.Leaderships, gained => Assert.IsType<LeadershipGained>(gained), lost => Assert.IsType<LeadershipLost>(lost));
        await Rig.AwaitAsync(node.Cluster.DisposeAsync().AsTask());
    }
}
