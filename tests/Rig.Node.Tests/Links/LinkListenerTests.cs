using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster;
using Rig.Cluster.Remote;
using Rig.Cluster.TestKit.Identities;
using Rig.Contracts.Cluster;
using Rig.Node.Hosting;

namespace Rig.Node.Tests.Links;

/// <summary>Links over real sockets and real TLS.</summary>
public sealed class LinkListenerTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Two_nodes_ask_each_other_over_one_connection()
    {
        await using LinkNode a = await StartAsync("A");
        await using LinkNode b = await StartAsync("B");
        await LinkNode.MeetAsync(a, b);
        Assert.Equal(new JoinCommand("B"), await a.AskAsync("B"));
        Assert.Equal(new JoinCommand("A"), await b.AskAsync("A"));
        Assert.Equal((1L, 1L), (a.Count("B", "connections"), b.Count("A", "connections")));
    }

    [Fact]
    public async Task A_node_that_ends_and_comes_back_elsewhere_is_reached_again_whoever_calls()
    {
        await using LinkNode b = await StartAsync("B");
        foreach (string other in new[] { "A", "C" })
        {
            await using (LinkNode first = await StartAsync(other))
            {
                await LinkNode.MeetAsync(b, first);
            }

            await LinkNode.Until(() => !b.IsUp(other), "it is gone");
            await Assert.ThrowsAsync<UnreachableException>(() => b.AskAsync(other));
            await using LinkNode second = await StartAsync(other);
            await LinkNode.MeetAsync(b, second);
            Assert.Equal(new JoinCommand(other), await b.AskAsync(other));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("foreign")]
    [InlineData("expired")]
    [InlineData("revoked")]
    [InlineData("only for servers")]
    [InlineData("without a node's name")]
    public async Task A_caller_is_refused_when_its_certificate_is(string certificate)
    {
        await using LinkNode node = await StartAsync("B");
        using TestAuthority foreign = new();
        using X509Certificate2? shown = certificate switch
        {
            "none" => null,
            "foreign" => foreign.Certificate("CN=A"),
            "expired" => _authority.Certificate("CN=A", expired: true),
            "only for servers" => _authority.Certificate("CN=A", use: [TestAuthority.ServerUse]),
            "without a node's name" => _authority.Certificate("O=A"),
            _ => _authority.Certificate("CN=A"),
        };
        if (certificate == "revoked")
        {
            node.Links.Revoke([shown!.SerialNumber]);
        }

        await Assert.ThrowsAsync<WebSocketException>(() => CallAsync(node.Link, shown));
        Assert.Equal(0, node.Count("A", "connections"));
        Assert.True(certificate == "none" || node.Count("", "refused") > 0);

        using X509Certificate2 good = _authority.Certificate("CN=A");
        using WebSocket accepted = await CallAsync(node.Link, good);
        Assert.Equal(WebSocketState.Open, accepted.State);
    }

    [Fact]
    public async Task A_node_is_only_taken_for_the_one_that_was_called()
    {
        await using LinkNode a = await StartAsync("A");
        await using LinkNode c = await StartAsync("C");
        a.Links.SetPeers(new Dictionary<string, Uri> { ["B"] = c.Link });
        await LinkNode.Until(() => a.Count("B", "failed_attempts") > 0, "the call has failed");
        Assert.Contains("another node answers there: C", a.Status("B").Reason, StringComparison.Ordinal);
        Assert.Equal(0, c.Count("A", "connections"));
    }

    [Fact]
    public async Task A_server_of_another_rig_is_not_spoken_to()
    {
        using TestAuthority foreign = new();
        await using LinkNode a = await StartAsync("A");
        await using LinkNode b = await LinkNode.StartAsync(foreign.Identity("B"));
        a.Links.SetPeers(new Dictionary<string, Uri> { ["B"] = b.Link });
        await LinkNode.Until(() => a.Count("B", "failed_attempts") > 0, "the call has failed");
        Assert.Contains("of another rig", a.Status("B").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_node_is_out_at_once_and_the_others_come_back()
    {
        await using LinkNode b = await StartAsync("B");
        using Rig.Cluster.Joining.NodeIdentity identity = _authority.Identity("A");
        string serial = identity.Certificate.SerialNumber;
        await using LinkNode a = await LinkNode.StartAsync(identity);
        await using LinkNode c = await StartAsync("C");
        Dictionary<string, Uri> peers = new()
        {
            ["A"] = a.Link,
            ["B"] = b.Link,
            ["C"] = c.Link,
        };
        foreach (LinkNode node in new[] { a, b, c })
        {
            node.Links.SetPeers(peers);
        }

        await LinkNode.Until(() => b.IsUp("A") && b.IsUp("C"), "all are there");
        b.Links.Revoke([serial]);
        await LinkNode.Until(
            () => b.Count("", "refused") > 0 && b.Count("C", "connections") == 2 && b.IsUp("C"),
            "C is back, A was refused"
        );
        Assert.False(b.IsUp("A"));
        Assert.Equal(1, b.Count("A", "connections"));
    }

    [Fact]
    public async Task The_link_endpoint_serves_nothing_else_and_the_public_one_no_link()
    {
        await using LinkNode node = await StartAsync("B");
        using X509Certificate2 certificate = _authority.Certificate("CN=A");
        using HttpClient inside = new(Handler(certificate)) { BaseAddress = node.Link };
        Assert.Equal(HttpStatusCode.NotFound, (await inside.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await inside.GetAsync(new Uri("/link", UriKind.Relative))).StatusCode);

        using HttpClient outside = new() { BaseAddress = node.Public };
        Assert.Equal("public", await outside.GetStringAsync(new Uri("/", UriKind.Relative)));
        Assert.Equal(HttpStatusCode.NotFound, (await outside.GetAsync(new Uri("/link", UriKind.Relative))).StatusCode);
        Uri link = new UriBuilder(node.Public) { Scheme = "ws", Path = "/link" }.Uri;
        using ClientWebSocket socket = Socket();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(link, default));
    }

    [Fact]
    public async Task A_recorded_connection_played_again_does_nothing()
    {
        await using LinkNode a = await StartAsync("A");
        await using LinkNode b = await StartAsync("B");
        using RecordingProxy proxy = new(b.Link.Port);
        a.Links.SetPeers(new Dictionary<string, Uri> { ["B"] = new Uri($"https://127.0.0.1:{proxy.Port}") });
        await LinkNode.Until(() => a.IsUp("B"), "the link is up");
        Assert.Equal(new JoinCommand("B"), await a.AskAsync("B"));
        byte[] recorded = proxy.FromCaller();

        using TcpClient replay = new();
        await replay.ConnectAsync(IPAddress.Loopback, b.Link.Port);
        await replay.GetStream().WriteAsync(recorded);
        await Record.ExceptionAsync(() => replay.GetStream().CopyToAsync(Stream.Null).WaitAsync(LinkNode.Patience));
        Assert.Equal((1, 1L), (b.Handled, b.Count("A", "connections")));
        Assert.True(b.IsUp("A"));
        Assert.Equal(new JoinCommand("B"), await a.AskAsync("B"));
    }

    [Fact]
    public async Task Garbage_instead_of_TLS_is_hung_up_on_and_the_next_caller_is_served()
    {
        await using LinkNode node = await StartAsync("B");
        const int seed = 20261121;
        Random random = new(seed);
        for (int round = 0; round < 20; round++)
        {
            byte[] noise = new byte[random.Next(10, 2000)];
            random.NextBytes(noise);
            using TcpClient caller = new();
            await caller.ConnectAsync(IPAddress.Loopback, node.Link.Port);
            await caller.GetStream().WriteAsync(noise);
            caller.Client.Shutdown(SocketShutdown.Send);
            await Record.ExceptionAsync(() => caller.GetStream().CopyToAsync(Stream.Null).WaitAsync(LinkNode.Patience));
        }

        using X509Certificate2 certificate = _authority.Certificate("CN=A");
        using WebSocket socket = await CallAsync(node.Link, certificate);
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task Callers_beyond_the_limit_are_hung_up_on_until_one_leaves()
    {
        await using LinkNode node = await LinkNode.StartAsync(_authority.Identity("B"), new ConnectionGate(most: 1, mostFromOneAddress: 1));
        using X509Certificate2 certificate = _authority.Certificate("CN=A");
        using (WebSocket first = await CallAsync(node.Link, certificate))
        {
            await Assert.ThrowsAsync<WebSocketException>(() => CallAsync(node.Link, certificate));
            Assert.Equal(1, node.Count("", "refused"));
        }

        using WebSocket? second = await FirstToGetInAsync(node.Link, certificate);
        Assert.Equal(WebSocketState.Open, second.State);
    }

    private async Task<LinkNode> StartAsync(string nodeId) => await LinkNode.StartAsync(_authority.Identity(nodeId));

    private static async Task<WebSocket> FirstToGetInAsync(Uri link, X509Certificate2 certificate)
    {
        using CancellationTokenSource limit = new(LinkNode.Patience);
        while (true)
        {
            try
            {
                return await CallAsync(link, certificate);
            }
            catch (WebSocketException) when (!limit.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>A caller that asks no authority about the server.</summary>
    private static async Task<WebSocket> CallAsync(Uri link, X509Certificate2? certificate)
    {
        using HttpMessageInvoker invoker = new(Handler(certificate));
        ClientWebSocket socket = Socket();
        using CancellationTokenSource limit = new(LinkNode.Patience);
        await socket.ConnectAsync(new UriBuilder(link) { Scheme = "wss", Path = "/link" }.Uri, invoker, limit.Token);
        return socket;
    }

    private static ClientWebSocket Socket()
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol(RemoteLinks.Protocol);
        return socket;
    }

    private static SocketsHttpHandler Handler(X509Certificate2? certificate) =>
        new()
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = certificate is null
                    ? null
                    : SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=B",
            },
        };
}
