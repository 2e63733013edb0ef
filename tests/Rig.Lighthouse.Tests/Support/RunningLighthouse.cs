using Microsoft.Extensions.Logging.Abstractions;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Commands;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Tests.Support;

/// <summary>A lighthouse in this process, with a real etcd as its child, on free ports of the loopback.</summary>
internal sealed class RunningLighthouse : IAsyncDisposable
{
    private readonly EtcdAccess _access;
    private readonly HttpClient _http = new();

    private RunningLighthouse(LighthouseHost host, string data)
    {
        (Host, Data) = (host, data);
        using DataFolder folder = DataFolder.Peek(data);
        _access = EtcdAccess.Open(folder, host.Monitor.Facts, TimeProvider.System);
    }

    public LighthouseHost Host { get; }
    public string Data { get; }
    public LighthouseFile Facts => Host.Monitor.Facts;
    public Uri Discovery => new(Facts.DiscoveryUrl);
    public Uri JoinDoor => new(Facts.JoinUrl);
    public EtcdClient Etcd => _access.Client;
    public string CaFile => Path.Combine(Data, "ca", "ca.crt");

    public static LighthouseOptions Options(string data, string name = "one") =>
        new()
        {
            Data = data,
            Name = name,
            Addresses = ["127.0.0.1"],
            Listen = "127.0.0.1",
            Ports = new Ports(0, 0, 0, 0),
        };

    /// <summary>Returns when its etcd is healthy and it stands in the rig's list.</summary>
    public static async Task<RunningLighthouse> StartAsync(LighthouseOptions options)
    {
        LighthouseHost host = await LighthouseHost.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, default);
        RunningLighthouse running = new(host, options.Data);
        await Wait.UntilAsync(
            () =>
                host.Monitor.View is { IsHealthy: true } view
                && view.Lighthouses.Any(one => one.Name == options.Name && one.MemberId is not null),
            $"{options.Name} is healthy; etcd said {string.Join('\n', host.EtcdLog.Lines.TakeLast(5))}"
        );
        return running;
    }

    public static Task<RunningLighthouse> StartAsync(string data, string name = "one") => StartAsync(Options(data, name));

    public async Task<JoinToken> TokenAsync(JoinRole role = JoinRole.Camera, TimeSpan? ttl = null, string? node = null)
    {
        using DataFolder folder = DataFolder.Peek(Data);
        return await TokenCommand.IssueAsync(folder, role, ttl ?? TimeSpan.FromMinutes(10), node, default);
    }

    public Task<RigFile> JoinAsync(JoinToken token, string nodeId, string folder) =>
        RigJoin.JoinAsync(Discovery, token.ToString(), nodeId, ["127.0.0.1"], folder, TimeProvider.System, default);

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(Discovery, path));

    public long Refused(string code) => Host.Facts.Status().Requests.GetValueOrDefault(code);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _access.Dispose();
        await Host.DisposeAsync();
    }
}
