using System.Net.Http;
using System.Net.WebSockets;
using Rig.Cluster.Joining;

namespace Rig.Cluster.Remote;

/// <summary>Opens the WebSocket to a peer that this node has to call.</summary>
internal interface ILinkDialer
{
    /// <exception cref="UnreachableException">It did not work; the reason says why.</exception>
    Task<WebSocket> DialAsync(string nodeId, Uri address, CancellationToken cancel);
}

/// <summary>Over a <see cref="PeerHandler"/> of its own each time.</summary>
internal sealed class LinkDialer(NodeIdentity identity, PeerTrust trust, LinkOptions options, TimeProvider time) : ILinkDialer
{
    public async Task<WebSocket> DialAsync(string nodeId, Uri address, CancellationToken cancel)
    {
        string? refusal = null;
        using CancellationTokenSource limit = new(options.ConnectLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        SocketsHttpHandler handler = PeerHandler.Create(nodeId, identity, trust, options.ConnectLimit, time, said => refusal = said);
        using HttpMessageInvoker invoker = new(handler);
        ClientWebSocket socket = new();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.AddSubProtocol(RemoteLinks.Protocol);
        try
        {
            await socket.ConnectAsync(SocketAddress(address), invoker, either.Token);
            return socket.SubProtocol == RemoteLinks.Protocol
                ? socket
                : throw new WebSocketException($"it does not speak {RemoteLinks.Protocol}; update the older one of the two nodes");
        }
        catch (Exception error)
            when (error is WebSocketException or HttpRequestException or OperationCanceledException or ArgumentException or IOException)
        {
            socket.Dispose();
            cancel.ThrowIfCancellationRequested();
            string reason = limit.IsCancellationRequested
                ? $"no connection to {address} within {options.ConnectLimit.TotalSeconds:0.#} s"
                : $"{address}: {refusal ?? error.GetBaseException().Message}";
            throw new UnreachableException(nodeId, reason);
        }
    }

    private static Uri SocketAddress(Uri address) => new UriBuilder(address) { Scheme = Uri.UriSchemeWss, Path = RemoteLinks.Path }.Uri;
}
