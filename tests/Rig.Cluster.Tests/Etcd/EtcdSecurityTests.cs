using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Etcd;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>Certificates and passwords.</summary>
public sealed class EtcdSecurityTests : IAsyncLifetime
{
    private static readonly byte[] Value = "x"u8.ToArray();
    private EtcdServer _server = null!;
    private TestAuthority _authority = null!;

    public Task InitializeAsync()
    {
        (_server, _authority) = (new EtcdServer("secure", tls: true), new TestAuthority());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task Only_with_a_certificate_of_the_rig_is_one_served()
    {
        StartWithTls();
        using X509Certificate2 ours = _authority.Issue("CAM_L");
        using EtcdClient client = new(Options(new EtcdTls([_authority.Certificate], ours)), TimeProvider.System);
        await client.PutAsync("a", Value, CancellationToken.None);
        Assert.NotNull(await client.GetAsync("a", CancellationToken.None));

        using TestAuthority other = new();
        using X509Certificate2 foreign = other.Issue("CAM_L");
        foreach (X509Certificate2? wrong in (X509Certificate2?[])[null, foreign])
        {
            EtcdOptions options = Options(new EtcdTls([_authority.Certificate], wrong)) with { CallLimit = TimeSpan.FromSeconds(2) };
            using EtcdClient refused = new(options, TimeProvider.System);
            await Assert.ThrowsAsync<ClusterAwayException>(() => refused.GetAsync("a", CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_believed()
    {
        StartWithTls();
        using TestAuthority other = new();
        using X509Certificate2 ours = _authority.Issue("CAM_L");
        using EtcdClient good = new(Options(new EtcdTls([_authority.Certificate], ours)), TimeProvider.System);
        await good.PutAsync("a", Value, CancellationToken.None);

        EtcdOptions options = Options(new EtcdTls([other.Certificate], ours)) with
        {
            ConnectLimit = TimeSpan.FromSeconds(5),
            CallLimit = TimeSpan.FromSeconds(10),
        };
        using EtcdClient client = new(options, TimeProvider.System);
        ClusterAwayException away = await Assert.ThrowsAsync<ClusterAwayException>(() =>
            client.PutAsync("a", "y"u8.ToArray(), CancellationToken.None)
        );

        Assert.Contains("certificate", away.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Value, (await good.GetAsync("a", CancellationToken.None))!.Value.ToArray());
    }

    [Fact]
    public async Task A_password_opens_and_a_token_that_etcd_forgot_is_asked_for_anew()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(1);
        EtcdOptions options = servers.Options() with { CallLimit = EtcdServers.Generous };
        using EtcdClient client = new(options with { User = new EtcdUser("root", "secret") }, TimeProvider.System);
        long from = (await client.PutAsync("a/early", Value, CancellationToken.None)).Header.Revision;
        await servers.CtlAsync("user", "add", "root:secret");
        await servers.CtlAsync("user", "grant-role", "root", "root");
        await servers.CtlAsync("auth", "enable");
        using CancellationTokenSource limit = new(EtcdServers.Generous);

        await client.PutAsync("a/1", Value, limit.Token);
        Task<IReadOnlyList<EtcdEvent>> watch = client.WatchAsync(EtcdRange.Prefix("a/"), from, limit.Token).TakeAsync(2, limit.Token);
        await servers.All[0].KillAsync();
        servers.Restart(servers.All[0]);
        Assert.NotNull(await client.GetAsync("a/1", limit.Token));
        await client.PutAsync("a/2", Value, limit.Token);

        Assert.Equal(["a/1", "a/2"], (await watch).Select(change => change.Kv.Key));
        using MemoryStream snapshot = new();
        Assert.True(await client.SnapshotAsync(servers.Endpoints[0], snapshot, limit.Token) > 0);
        using EtcdClient nobody = new(options, TimeProvider.System);
        await Assert.ThrowsAsync<EtcdException>(() => nobody.GetAsync("a/1", limit.Token));
        using EtcdClient wrong = new(options with { User = new EtcdUser("root", "guess") }, TimeProvider.System);
        await Assert.ThrowsAsync<EtcdException>(() => wrong.GetAsync("a/1", limit.Token));
        await Assert.ThrowsAsync<EtcdException>(() => wrong.WatchAsync(EtcdRange.Prefix("a/"), from, limit.Token).FirstAsync(limit.Token));
    }

    private EtcdOptions Options(EtcdTls tls) =>
        new()
        {
            Endpoints = [_server.Client],
            Tls = tls,
            CallLimit = EtcdServers.Generous,
        };

    private void StartWithTls()
    {
        using X509Certificate2 certificate = _authority.Issue("lighthouse");
        string authority = Write("ca.crt", _authority.Certificate.ExportCertificatePem());
        string own = Write("server.crt", certificate.ExportCertificatePem());
        string key = Write("server.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        _server.Start(
            $"{_server.Name}={EtcdServer.Text(_server.Peer)}",
            "--client-cert-auth",
            "--trusted-ca-file",
            authority,
            "--cert-file",
            own,
            "--key-file",
            key
        );
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_server.Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
