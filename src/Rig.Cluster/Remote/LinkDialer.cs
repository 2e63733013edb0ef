using System.Net.Http;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;

namespace Rig.Cluster.Remote;

/// <summary>Opens the WebSocket to a peer that this node has to call.</summary>
internal interface ILinkDialer
{
    /// <exception cref="UnreachableException">It did not work; the reason says why.</exception>
    Task<WebSocket> DialAsync(string nodeId, Uri address, CancellationToken cancel);
}

/// <summary>
/// With this node's certificate, over TLS 1.3, to a server that proves to be that very node by the rig's authority. Names and addresses of hosts do not matter,
/// proxies are not used, sessions are not resumed: every connection shows both certificates.
/// </summary>
internal sealed class LinkDialer(NodeIdentity identity, PeerTrust trust, LinkOptions options, TimeProvider time) : ILinkDialer
{
    public async Task<WebSocket> DialAsync(string nodeId, Uri address, CancellationToken cancel)
    {
        string? refusal = null;
        using CancellationTokenSource limit = new(options.ConnectLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = options.ConnectLimit,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                CertificateChainPolicy = trust.OfflinePolicy(),
                ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (refusal = Refusal(nodeId, certificate)) is null,
            },
        };
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

    private string? Refusal(string nodeId, X509Certificate? certificate)
    {
        PeerCheck check = trust.Check(certificate, PeerUse.Server, time.GetUtcNow());
        return check.Refusal ?? (check.NodeId == nodeId ? null : $"another node answers there: {check.NodeId}");
    }

    private static Uri SocketAddress(Uri address) => new UriBuilder(address) { Scheme = Uri.UriSchemeWss, Path = RemoteLinks.Path }.Uri;
}
