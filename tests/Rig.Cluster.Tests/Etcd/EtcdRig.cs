using System.Collections.Concurrent;
using Rig.Cluster.Etcd;
using Rig.Cluster.Remote;
using Rig.Cluster.Tests.Contract;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>Nodes on a real etcd, each with its own way to it, in real time.</summary>
internal sealed class EtcdRig(EtcdServers servers) : ClusterFixture
{
    private readonly LoopbackLinks _links = new();
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);

    public string RigId { get; } = $"r{Guid.NewGuid():N}";

    /// <summary>What listeners threw.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = new();

    public static EtcdRig On(EtcdServers servers) => new(servers);

    public override ICluster Create(string nodeId)
    {
        CuttableProxy proxy = new(servers.Endpoints[0]);
        Member self = new()
        {
            NodeId = nodeId,
            LinkAddress = "https://127.0.0.1:1",
            HttpAddress = "http://127.0.0.1:1",
            Incarnation = Guid.NewGuid(),
            Version = "0.1.0",
            Since = TimeProvider.System.GetUtcNow(),
        };
        EtcdClusterOptions options = new()
        {
            RigId = RigId,
            Self = self,
            Etcd = new EtcdOptions { Endpoints = [proxy.Address] },
        };
        RemoteLinks links = _links.Create(nodeId);
        EtcdCluster cluster = new(options, links, TimeProvider.System, Errors.Enqueue);
        _nodes[nodeId] = new Node(cluster, proxy);
        return cluster;
    }

    public override async Task KillAsync(string nodeId)
    {
        if (_nodes.Remove(nodeId, out Node? node))
        {
            await node.DisposeAsync();
        }
    }

    public override Task CutAsync(string nodeId, Cut from)
    {
        if (from is Cut.Engine or Cut.All)
        {
            _nodes[nodeId].Proxy.Cut();
        }

        if (from is Cut.Nodes or Cut.All)
        {
            _links.Cut(nodeId);
        }

        return Task.CompletedTask;
    }

    public override Task HealAsync(string nodeId)
    {
        _nodes[nodeId].Proxy.Heal();
        _links.Heal(nodeId);
        return Task.CompletedTask;
    }

    public override async Task CompactAsync()
    {
        using EtcdClient client = servers.Client();
        EtcdRangeAnswer now = await client.RangeAsync(new EtcdRange { Key = "x" }, CancellationToken.None);
        Assert.True(await client.CompactAsync(now.Header.Revision, CancellationToken.None));
    }

    public override Task UntilAsync(Func<bool> condition, string what) => PollAsync(condition, what);

    public override async ValueTask DisposeAsync()
    {
        foreach (Node node in _nodes.Values)
        {
            await node.DisposeAsync();
        }
    }

    private sealed record Node(EtcdCluster Cluster, CuttableProxy Proxy) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await Proxy.DisposeAsync();
        }
    }
}
