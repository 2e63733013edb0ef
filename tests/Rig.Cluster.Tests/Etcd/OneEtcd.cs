namespace Rig.Cluster.Tests.Etcd;

/// <summary>One member for all tests of a class that do no harm to it; each test keeps to keys of its own.</summary>
public sealed class OneEtcd : IAsyncLifetime
{
    public EtcdServers Servers { get; private set; } = null!;

    public async Task InitializeAsync() => Servers = await EtcdServers.StartAsync(1);

    public async Task DisposeAsync() => await Servers.DisposeAsync();
}
