using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rig.Cluster;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;
using Rig.Node.Hosting;

namespace Rig.Node.Tests.Links;

/// <summary>The links of one node behind a real server on loopback: a link endpoint with TLS, and a public one.</summary>
internal sealed class LinkNode : IAsyncDisposable
{
    /// <summary>Generous: the machine may be busy with anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly LinkOptions Options = new()
    {
        Heartbeat = TimeSpan.FromMilliseconds(200),
        Silence = TimeSpan.FromSeconds(30),
        ConnectLimit = TimeSpan.FromSeconds(30),
        ShortestBackoff = TimeSpan.FromMilliseconds(5),
        LongestBackoff = TimeSpan.FromMilliseconds(100),
    };

    private readonly WebApplication _app;
    private readonly NodeIdentity _identity;

    private LinkNode(WebApplication app, NodeIdentity identity, RemoteLinks links, LinkListener listener)
    {
        (_app, _identity, Links) = (app, identity, links);
        Link = new Uri($"https://{listener.EndPoint}");
        Public = new Uri(app.Urls.Single(address => address.StartsWith("http://", StringComparison.Ordinal)));
        Links.Handle("echo", Echo);
    }

    public RemoteLinks Links { get; }
    public Uri Link { get; }
    public Uri Public { get; }

    /// <summary>Messages that its handler got.</summary>
    public int Handled => _handled;

    private int _handled;

    public static async Task<LinkNode> StartAsync(NodeIdentity identity, ConnectionGate? gate = null)
    {
        RemoteLinks links = new(identity, Options, TimeProvider.System);
        LinkListener listener = new(links, identity, TimeProvider.System) { Gate = gate ?? new ConnectionGate(100, 100) };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            listener.Listen(kestrel, IPAddress.Loopback, 0);
        });
        WebApplication app = builder.Build();
        listener.Use(app);
        app.MapGet("/", () => "public");
        await app.StartAsync();
        return new LinkNode(app, identity, links, listener);
    }

    /// <summary>Both know each other; returns when both can send.</summary>
    public static async Task MeetAsync(LinkNode one, LinkNode other)
    {
        Dictionary<string, Uri> peers = new() { [one.Links.NodeId] = one.Link, [other.Links.NodeId] = other.Link };
        one.Links.SetPeers(peers);
        other.Links.SetPeers(peers);
        await Until(() => one.IsUp(other.Links.NodeId) && other.IsUp(one.Links.NodeId), "the nodes see each other");
    }

    public bool IsUp(string peer) => Links.Status().Any(link => link.NodeId == peer && link.Up);

    public LinkStatus Status(string peer) => Links.Status().Single(link => link.NodeId == peer);

    public long Count(string peer, string count) =>
        Links.Status().FirstOrDefault(link => link.NodeId == peer)?.Counts.GetValueOrDefault(count) ?? 0;

    public Task<RemoteMessage> AskAsync(string node) => Links.AskAsync(node, "echo", new JoinCommand(node), Patience, default);

    public static async Task Until(Func<bool> holds, string what)
    {
        using CancellationTokenSource limit = new(Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        while (!holds())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not within {Patience}: {what}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Links.DisposeAsync();
        await _app.DisposeAsync();
        _identity.Dispose();
    }

    private Task<RemoteMessage?> Echo(FromNode from, CancellationToken cancel)
    {
        Interlocked.Increment(ref _handled);
        return Task.FromResult<RemoteMessage?>(from.Message);
    }
}
