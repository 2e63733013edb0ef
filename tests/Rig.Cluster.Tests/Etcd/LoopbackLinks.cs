using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>The real links of several nodes over loopback sockets without TLS, with a cable that can be pulled.</summary>
internal sealed class LoopbackLinks
{
    private readonly ConcurrentDictionary<string, RemoteLinks> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _cut = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string One, string Other), TcpClient[]> _cables = new();

    /// <summary>A new incarnation takes the name over.</summary>
    public RemoteLinks Create(string nodeId) =>
        _nodes[nodeId] = new RemoteLinks(
            nodeId,
            new PeerTrust([]),
            _ => new Dialer(this, nodeId),
            new LinkOptions { LongestBackoff = TimeSpan.FromMilliseconds(500) },
            TimeProvider.System
        );

    public void Cut(string nodeId)
    {
        _cut[nodeId] = true;
        foreach ((_, TcpClient[] ends) in _cables.Where(cable => cable.Key.One == nodeId || cable.Key.Other == nodeId))
        {
            Array.ForEach(ends, end => end.Dispose());
        }
    }

    public void Heal(string nodeId) => _cut.TryRemove(nodeId, out _);

    private async Task<WebSocket> ConnectAsync(string from, string to, CancellationToken cancel)
    {
        if (_cut.ContainsKey(from) || _cut.ContainsKey(to) || !_nodes.TryGetValue(to, out RemoteLinks? target))
        {
            throw new UnreachableException(to, "the cable is pulled");
        }

        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        TcpClient near = new();
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancel);
        TcpClient far = await listener.AcceptTcpClientAsync(cancel);
        _cables[(from, to)] = [near, far];
        WebSocket server = WebSocket.CreateFromStream(far.GetStream(), new WebSocketCreationOptions { IsServer = true });
        _ = AcceptAsync(target, server, from);
        return WebSocket.CreateFromStream(near.GetStream(), new WebSocketCreationOptions());
    }

    private static async Task AcceptAsync(RemoteLinks target, WebSocket server, string from)
    {
        using (server)
        {
            await target.AcceptAsync(server, from, CancellationToken.None);
        }
    }

    private sealed class Dialer(LoopbackLinks links, string from) : ILinkDialer
    {
        public Task<WebSocket> DialAsync(string nodeId, Uri address, CancellationToken cancel) => links.ConnectAsync(from, nodeId, cancel);
    }
}
