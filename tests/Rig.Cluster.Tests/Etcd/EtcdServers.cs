using System.Diagnostics;
using Rig.Cluster.Etcd;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>Some members that form one etcd, with the tools that tests want of them.</summary>
public sealed class EtcdServers : IAsyncDisposable
{
    /// <summary>Nothing here takes seconds on an idle machine; the build machine is not idle.</summary>
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    private EtcdServers(IReadOnlyList<EtcdServer> all) => All = all;

    public IReadOnlyList<EtcdServer> All { get; }
    public IReadOnlyList<Uri> Endpoints => [.. All.Select(server => server.Client)];

    public static async Task<EtcdServers> StartAsync(int count, params string[] more)
    {
        EtcdServers servers = new([.. Enumerable.Range(1, count).Select(number => new EtcdServer($"m{number}"))]);
        foreach (EtcdServer server in servers.All)
        {
            server.Start(servers.Cluster, more);
        }

        try
        {
            await servers.ReadyAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public void Restart(EtcdServer server) => server.Start(Cluster);

    public EtcdOptions Options(params EtcdServer[] first) =>
        new() { Endpoints = [.. first.Concat(All.Except(first)).Select(server => server.Client)] };

    public EtcdClient Client(params EtcdServer[] first) => new(Options(first), TimeProvider.System);

    /// <summary>Every member answers for the majority.</summary>
    private async Task ReadyAsync()
    {
        foreach (EtcdServer server in All)
        {
            EtcdOptions options = new() { Endpoints = [server.Client], CallLimit = Generous };
            using EtcdClient client = new(options, TimeProvider.System);
            try
            {
                await client.GetAsync("ready", CancellationToken.None);
            }
            catch (ClusterAwayException away)
            {
                Assert.Fail($"{away.Message}\n{server.Log}");
            }
        }
    }

    /// <summary>The member that leads and those that follow.</summary>
    public async Task<(EtcdServer Leader, EtcdServer[] Followers)> RolesAsync()
    {
        using EtcdClient client = Client();
        foreach (EtcdServer server in All)
        {
            EtcdStatus status = await client.StatusAsync(server.Client, CancellationToken.None);
            if (status.Leader == status.Header.MemberId)
            {
                return (server, [.. All.Except([server])]);
            }
        }

        throw new InvalidOperationException("nobody leads");
    }

    /// <summary>etcd's own command, for a second opinion.</summary>
    public Task<string> CtlAsync(params string[] arguments) =>
        RunCtlAsync(["--endpoints", string.Join(',', Endpoints.Select(EtcdServer.Text)), .. arguments]);

    public static async Task<string> RunCtlAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("etcdctl", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EtcdServer server in All)
        {
            await server.DisposeAsync();
        }
    }

    private string Cluster => string.Join(',', All.Select(server => $"{server.Name}={EtcdServer.Text(server.Peer)}"));
}
