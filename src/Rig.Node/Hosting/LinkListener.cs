using System.Net;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;

namespace Rig.Node.Hosting;

/// <summary>
/// The endpoint for other nodes: TLS 1.3 with a client certificate of the rig's authority; behind it <see cref="RemoteLinks.Path"/>, and the paths that another
/// node may fetch for its own clients (<see cref="RelayedPaths"/>). The public endpoints do not lead there.
/// </summary>
public sealed class LinkListener
{
    /// <summary>TCP and TLS together; a slow Wi-Fi needs less than one second.</summary>
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);

    private readonly RemoteLinks _links;
    private readonly NodeIdentity _identity;
    private readonly TimeProvider _time;
    private ListenOptions? _listen;

    public LinkListener(RemoteLinks links, NodeIdentity identity, TimeProvider time) =>
        (_links, _identity, _time) = (links, identity, time);

    /// <summary>Connections at once, with those that have not shown a certificate yet; a peer needs one for each viewer that it relays to.</summary>
    public ConnectionGate Gate { get; init; } = new(most: 2048, mostFromOneAddress: 1024);

    /// <summary>Where it listens, once the server runs: the port that the system chose when 0 was asked for.</summary>
    public IPEndPoint EndPoint => _listen?.IPEndPoint ?? throw new InvalidOperationException("The link listener does not listen yet.");

    /// <summary>Adds the endpoint to the server. Port 0: the system chooses.</summary>
    public void Listen(KestrelServerOptions kestrel, IPAddress address, int port) =>
        kestrel.Listen(
            address,
            port,
            listen =>
            {
                _listen = listen;
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(Admit);
                listen.UseHttps(Authenticate);
                listen.Use(Mark);
            }
        );

    /// <summary>
    /// Before every other middleware, routing included, so that nothing but the relayed paths is reached through the endpoint. The routing that follows must be
    /// added with <c>UseRouting</c>: a relayed request gets its real path here.
    /// </summary>
    public void Use(IApplicationBuilder app) =>
        app.UseWhen(
            http => http.Features.Get<LinkMark>() is not null,
            link =>
            {
                link.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
                link.Use(ServeAsync);
            }
        );

    private ConnectionDelegate Admit(ConnectionDelegate next) =>
        async connection =>
        {
            IPAddress address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
            if (!Gate.TryEnter(address))
            {
                _links.Refused();
                connection.Abort();
                return;
            }

            try
            {
                await next(connection);
            }
            finally
            {
                Gate.Leave(address);
            }
        };

    private void Authenticate(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = _identity.Certificate;
        https.SslProtocols = SslProtocols.Tls13;
        https.HandshakeTimeout = HandshakeLimit;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => NodeOf(certificate) is not null;
        https.OnAuthenticate = (_, tls) =>
        {
            tls.AllowTlsResume = false;
            tls.CertificateChainPolicy = _links.Trust.OfflinePolicy();
        };
    }

    private static ConnectionDelegate Mark(ConnectionDelegate next) =>
        connection =>
        {
            connection.Features.Set(new LinkMark());
            return next(connection);
        };

    private string? NodeOf(X509Certificate2? certificate)
    {
        string? node = _links.Trust.Check(certificate, PeerUse.Client, _time.GetUtcNow()).NodeId;
        if (node is null)
        {
            _links.Refused();
        }

        return node;
    }

    private async Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        bool isLink = http.Request.Path == RemoteLinks.Path;
        PathString path = default;
        if (!isLink && !RelayedPaths.TryStrip(http.Request, out path))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (NodeOf(http.Connection.ClientCertificate) is not { } node)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else if (isLink)
        {
            await LinkAsync(http, node);
        }
        else
        {
            http.Request.Path = path;
            http.Features.Set(RelayedRequest.From(node, http.Request));
            await next(http);
        }
    }

    private async Task LinkAsync(HttpContext http, string node)
    {
        if (!http.WebSockets.IsWebSocketRequest || !http.WebSockets.WebSocketRequestedProtocols.Contains(RemoteLinks.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync(RemoteLinks.Protocol);
        await _links.AcceptAsync(socket, node, http.RequestAborted);
    }

    /// <summary>On connections of this endpoint only.</summary>
    private sealed class LinkMark;
}
