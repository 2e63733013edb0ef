using System.Collections.Concurrent;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Contract;

/// <summary>One node and everything it heard from its cluster, in order.</summary>
public sealed class NodeLog : IDisposable
{
    private readonly IDisposable _members;
    private readonly IDisposable _leadership;
    private readonly ConcurrentQueue<ClusterEvent> _events = new();
    private readonly ConcurrentQueue<LeadershipEvent> _leaderships = new();
    private readonly ConcurrentQueue<(string NodeId, LeadershipEvent Event)> _order;

    /// <param name="order">Where the leadership events of all nodes are written as they happen.</param>
    public NodeLog(ICluster cluster, ConcurrentQueue<(string NodeId, LeadershipEvent Event)> order)
    {
        Cluster = cluster;
        _order = order;
        _members = cluster.Members.Subscribe(_events.Enqueue);
        _leadership = cluster.Leadership.Stand(Note);
    }

    public ICluster Cluster { get; }
    public string Id => Cluster.Self.NodeId;
    public IReadOnlyList<ClusterEvent> Events => [.. _events];
    public IReadOnlyList<LeadershipEvent> Leaderships => [.. _leaderships];

    /// <summary>The token with which it leads by its own knowledge.</summary>
    public FencingToken? Leads => _leaderships.LastOrDefault() is LeadershipGained gained ? gained.Token : null;

    public MemberView? Sees(string nodeId) => Cluster.Members.Current.SingleOrDefault(view => view.Member.NodeId == nodeId);

    public bool Sees(string nodeId, MemberState state) => Sees(nodeId)?.State == state;

    /// <summary>It heard last that the shared state can (not) be used.</summary>
    public bool HearsEngine(bool reachable) => Events.OfType<EngineChanged>().LastOrDefault()?.Reachable == reachable;

    public void Dispose()
    {
        _members.Dispose();
        _leadership.Dispose();
    }

    private void Note(LeadershipEvent what)
    {
        _order.Enqueue((Id, what));
        _leaderships.Enqueue(what);
    }
}
