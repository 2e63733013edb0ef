using Rig.Cluster.Election;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.TestKit;

/// <summary>
/// A rig of many nodes in one process: each an <see cref="ICluster"/>, on one <see cref="SimulatedStore"/> and one <see cref="SimulatedNetwork"/>, under <see cref="VirtualTime"/>. Nothing happens but
/// while time is advanced, in that thread; the same seed gives the same run.
/// </summary>
public sealed class InMemoryRig
{
    private readonly SortedDictionary<string, InMemoryNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<Exception> _errors = [];
    private IDisposable? _expiry;
    private int _incarnations;

    /// <param name="seed">Name it when a test fails.</param>
    public InMemoryRig(int seed, VirtualTime? time = null, NetworkBehaviour? behaviour = null, CandidacyTiming? timing = null)
    {
        Time = time ?? new VirtualTime();
        Timing = timing ?? CandidacyTiming.Default;
        Network = new SimulatedNetwork(Time, seed, behaviour ?? NetworkBehaviour.Wired);
        Store.OnChange = _ => Poke();
    }

    public VirtualTime Time { get; }
    public SimulatedStore Store { get; } = new();
    public SimulatedNetwork Network { get; }
    public CandidacyTiming Timing { get; }

    /// <summary>The nodes that run now, by name.</summary>
    public IReadOnlyDictionary<string, InMemoryNode> Nodes => _nodes;

    /// <summary>What listeners and handlers threw.</summary>
    public IReadOnlyList<Exception> Errors => _errors;

    /// <summary>Makes a node that is not started; one that runs under this name is killed first.</summary>
    public InMemoryNode Create(string nodeId, IReadOnlyList<string>? cameras = null)
    {
        Kill(nodeId);
        Member self = new()
        {
            NodeId = nodeId,
            LinkAddress = $"memory://{nodeId}",
            HttpAddress = $"http://{nodeId}",
            Roles = ["camera"],
            Incarnation = new Guid(++_incarnations, 0, 0, new byte[8]),
            Version = "0.1.0",
            Cameras = cameras ?? [],
            Since = Time.GetUtcNow(),
        };
        InMemoryNode node = new(this, self, _errors.Add);
        _nodes[nodeId] = node;
        return node;
    }

    /// <summary>Ends a node without a word; its connections break, its lease runs out.</summary>
    public void Kill(string nodeId)
    {
        if (_nodes.Remove(nodeId, out InMemoryNode? node))
        {
            node.End();
            Network.Thaw(nodeId);
            foreach (InMemoryNode other in _nodes.Values)
            {
                Network.Send(nodeId, other.Self.NodeId, ordered: true, () => other.Links.Closed(nodeId, node.Self.Incarnation));
            }
        }
    }

    /// <summary>Cuts a node from every other node.</summary>
    public void CutFromNodes(string nodeId) => Array.ForEach(Others(nodeId), other => Network.Cut(nodeId, other));

    public void CutFromEngine(string nodeId) => Network.Cut(nodeId, SimulatedNetwork.Engine);

    /// <summary>Ends every cut of a node.</summary>
    public void Heal(string nodeId)
    {
        Network.Heal(nodeId, SimulatedNetwork.Engine);
        Array.ForEach(Others(nodeId), other => Network.Heal(nodeId, other));
    }

    /// <summary>Lets time pass until a task is completed; at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">It was not.</exception>
    public void RunUntilCompleted(Task task, TimeSpan limit) => RunUntil(() => task.IsCompleted, limit, "a task is completed");

    /// <summary>Lets time pass, event by event, until a condition holds; at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">It did not.</exception>
    public void RunUntil(Func<bool> condition, TimeSpan limit, string what)
    {
        // Continuations run in this thread only where no context asks for another one.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TimeSpan until = Time.Now + limit;
            while (!condition())
            {
                if (!Time.RunNext(until))
                {
                    throw new TimeoutException($"Waited {limit.TotalSeconds} virtual seconds in vain until {what}.");
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    internal void Remove(InMemoryNode node)
    {
        if (_nodes.GetValueOrDefault(node.Self.NodeId) == node)
        {
            Kill(node.Self.NodeId);
        }
    }

    /// <summary>A lease was granted, kept alive or ended: when the next one runs out may be another time.</summary>
    internal void LeasesChanged()
    {
        _expiry?.Dispose();
        _expiry = Store.NextExpiry is { } next
            ? Time.After(
                next - Time.Now,
                () =>
                {
                    Store.Expire(Time.Now);
                    LeasesChanged();
                }
            )
            : null;
    }

    /// <summary>Whoever watches is told that there is something new.</summary>
    private void Poke()
    {
        foreach (InMemoryNode node in _nodes.Values)
        {
            Network.Send(SimulatedNetwork.Engine, node.Self.NodeId, ordered: true, node.Engine.Poked);
        }
    }

    private string[] Others(string nodeId) => [.. _nodes.Keys.Where(other => other != nodeId)];
}
