using System.Collections.Concurrent;
using System.Net.WebSockets;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Remote.Support;

/// <summary>Nodes whose links are WebSockets in memory; a node can be stopped and come back.</summary>
internal sealed class MemoryRig : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RemoteLinks> _nodes = new(StringComparer.Ordinal);

    public LinkOptions Options { get; init; } = Patient;

    /// <summary>So that a busy machine is not taken for a silent peer.</summary>
    public static LinkOptions Patient { get; } =
        new()
        {
            Heartbeat = TimeSpan.FromMilliseconds(200),
            Silence = TimeSpan.FromSeconds(30),
            ShortestBackoff = TimeSpan.FromMilliseconds(5),
            LongestBackoff = TimeSpan.FromMilliseconds(50),
        };

    public RemoteLinks Start(string nodeId)
    {
        RemoteLinks links = new(nodeId, new PeerTrust([]), _ => new Dialer(this, nodeId), Options, TimeProvider.System);
        _nodes[nodeId] = links;
        return links;
    }

    public async Task StopAsync(string nodeId)
    {
        if (_nodes.TryRemove(nodeId, out RemoteLinks? links))
        {
            await links.DisposeAsync();
        }
    }

    /// <summary>Two nodes that know each other; A calls.</summary>
    public async Task<(RemoteLinks A, RemoteLinks B)> PairAsync()
    {
        RemoteLinks a = Start("A");
        RemoteLinks b = Start("B");
        a.SetPeers(Peers("A", "B"));
        b.SetPeers(Peers("A", "B"));
        await Wait.Until(() => IsUp(a, "B") && IsUp(b, "A"), "the two nodes see each other");
        return (a, b);
    }

    public static Dictionary<string, Uri> Peers(params string[] nodes) =>
        nodes.ToDictionary(node => node, node => new Uri($"https://{node}:1"));

    public static bool IsUp(RemoteLinks links, string peer) => links.Status().Any(link => link.NodeId == peer && link.Up);

    public static long Count(RemoteLinks links, string peer, LinkCount count) =>
        links.Status().FirstOrDefault(link => link.NodeId == peer)?.Counts.GetValueOrDefault(LinkTally.Name(count)) ?? 0;

    public async ValueTask DisposeAsync()
    {
        foreach (string node in _nodes.Keys)
        {
            await StopAsync(node);
        }
    }

    private sealed class Dialer(MemoryRig rig, string caller) : ILinkDialer
    {
        public Task<WebSocket> DialAsync(string nodeId, Uri address, CancellationToken cancel)
        {
            if (!rig._nodes.TryGetValue(nodeId, out RemoteLinks? target))
            {
                return Task.FromException<WebSocket>(new UnreachableException(nodeId, "nobody listens"));
            }

            (WebSocket mine, WebSocket theirs) = MemorySocket.Pair();
            _ = target.AcceptAsync(theirs, caller, CancellationToken.None);
            return Task.FromResult(mine);
        }
    }
}
