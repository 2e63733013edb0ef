using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;
using Rig.Cluster.TestKit.Identities;
using Rig.Node.Hosting;

namespace Rig.Node.Tests.Hosting;

/// <summary>Requests that one node answers with another one's answer, over real sockets and TLS.</summary>
public sealed class PeerRelayTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _authority.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_get_comes_back_with_status_headers_range_and_body_of_the_other_node()
    {
        await using Server b = await Server.StartAsync(_authority, "B");
        await using Server a = await Server.StartAsync(_authority, "A", b);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(a.Public, "/ask/B/snapshot/cam0.jpg?width=320"));
        request.Headers.Range = new RangeHeaderValue(2, 5);
        using HttpResponseMessage answer = await a.Http.SendAsync(request, _limit.Token);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("image/test", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            "B asked by A for cam0.jpg?width=320",
            Encoding.ASCII.GetString(await answer.Content.ReadAsByteArrayAsync(_limit.Token))
        );
        Assert.Equal("bytes=2-5", Assert.Single(answer.Headers.GetValues("Seen-Range")));
        Assert.Equal((1L, 0L, 0), (a.Relay.Requests, a.Relay.Failed, a.Relay.Active));
    }

    [Fact]
    public async Task A_web_socket_passes_messages_both_ways_and_closes_with_the_other_nodes_reason()
    {
        await using Server b = await Server.StartAsync(_authority, "B");
        await using Server a = await Server.StartAsync(_authority, "A", b);
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new UriBuilder(new Uri(a.Public, "/ask/B/live/cam0")) { Scheme = "ws" }.Uri, _limit.Token);
        byte[] large = [.. Enumerable.Range(0, 300_000).Select(i => (byte)i)];
        await socket.SendAsync(large, WebSocketMessageType.Binary, true, _limit.Token);
        byte[] back = new byte[large.Length];
        int got = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(back.AsMemory(got), _limit.Token);
            got += part.Count;
        } while (!part.EndOfMessage);
        Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
        Assert.Equal(large, back[..got]);
        await socket.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, _limit.Token);
        part = await socket.ReceiveAsync(back.AsMemory(), _limit.Token);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation), (part.MessageType, socket.CloseStatus));
        Assert.Equal("as asked", socket.CloseStatusDescription);
    }

    [Theory]
    [InlineData("B", "/api/v1/status", HttpStatusCode.NotFound)] // not one of the relayed paths
    [InlineData("B", "/live/../api/v1/status", HttpStatusCode.NotFound)]
    [InlineData("B", "/relay/live/cam0", HttpStatusCode.NotFound)]
    [InlineData("C", "/live/cam0", HttpStatusCode.NotFound)] // no such node
    [InlineData("GONE", "/live/cam0", HttpStatusCode.BadGateway)]
    [InlineData("B", "/live/loop", HttpStatusCode.NotFound)] // B would relay it on
    public async Task What_cannot_be_relayed_is_refused(string node, string path, HttpStatusCode expected)
    {
        await using Server b = await Server.StartAsync(_authority, "B");
        await using Server a = await Server.StartAsync(_authority, "A", b);
        using HttpResponseMessage answer = await a.Http.GetAsync(
            new Uri(a.Public, $"/ask-for/{node}?path={Uri.EscapeDataString(path)}"),
            _limit.Token
        );
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.BadGateway ? 1 : 0, a.Relay.Failed);
    }

    [Fact]
    public async Task A_command_cannot_be_relayed()
    {
        await using Server b = await Server.StartAsync(_authority, "B");
        using NodeIdentity identity = _authority.Identity("A");
        using SocketsHttpHandler handler = PeerHandler.Create(
            "B",
            identity,
            new PeerTrust(identity.Authority),
            TimeSpan.FromSeconds(30),
            TimeProvider.System,
            _ => { }
        );
        using HttpClient client = new(handler);
        using HttpResponseMessage answer = await client.PostAsync(new Uri(b.Link, "/relay/live/cam0"), null, _limit.Token);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>A node with a link port and a public one, whose routes say who asked.</summary>
    private sealed class Server(WebApplication app, NodeIdentity identity, RemoteLinks links, PeerRelay relay, LinkListener listener)
        : IAsyncDisposable
    {
        public PeerRelay Relay => relay;
        public Uri Link => new($"https://{listener.EndPoint}");
        public Uri Public { get; } = new(app.Urls.Single(address => address.StartsWith("http://", StringComparison.Ordinal)));
        public HttpClient Http { get; } = new();

        public static async Task<Server> StartAsync(TestAuthority authority, string id, Server? peer = null)
        {
            NodeIdentity identity = authority.Identity(id);
            RemoteLinks links = new(identity, new LinkOptions(), TimeProvider.System);
            LinkListener listener = new(links, identity, TimeProvider.System);
            PeerRelay relay = new(
                identity,
                links.Trust,
                node =>
                    node is "B" && peer is not null ? peer.Link.ToString()
                    : node is "GONE" ? "https://127.0.0.1:1"
                    : null,
                TimeProvider.System
            );
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0);
                listener.Listen(kestrel, IPAddress.Loopback, 0);
            });
            WebApplication app = builder.Build();
            listener.Use(app);
            app.UseRouting();
            app.UseWebSockets();
            app.MapGet("/api/v1/status", () => "must not be reached");
            app.MapGet("/ask/{node}/{**rest}", (HttpContext http, string node, string rest) => relay.ForwardAsync(http, node, "/" + rest));
            app.MapGet("/ask-for/{node}", (HttpContext http, string node, string path) => relay.ForwardAsync(http, node, path));
            app.MapGet("/snapshot/{name}", (HttpContext http, string name) => SnapshotAsync(http, id, name));
            app.MapGet("/live/loop", http => relay.ForwardAsync(http, "A", "/live/cam0"));
            app.MapGet("/live/cam0", EchoAsync);
            await app.StartAsync();
            return new Server(app, identity, links, relay, listener);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            relay.Dispose();
            await links.DisposeAsync();
            await app.DisposeAsync();
            identity.Dispose();
        }

        private static Task SnapshotAsync(HttpContext http, string id, string name)
        {
            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.ContentType = "image/test";
            http.Response.Headers["Seen-Range"] = http.Request.Headers.Range;
            string by = http.Features.Get<RelayedRequest>()?.Node ?? "nobody";
            return http.Response.WriteAsync($"{id} asked by {by} for {name}{http.Request.QueryString}");
        }

        private static async Task EchoAsync(HttpContext http)
        {
            using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
            byte[] block = new byte[1000];
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(block.AsMemory(), http.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Text)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "as asked", http.RequestAborted);
                    return;
                }

                await socket.SendAsync(block.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, http.RequestAborted);
            }
        }
    }
}
