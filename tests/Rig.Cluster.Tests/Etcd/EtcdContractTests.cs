using Rig.Cluster.Tests.Contract;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>The contract of the port, held by the adapter for a rig, on a real etcd.</summary>
public sealed class EtcdContractTests(OneEtcd etcd) : ClusterContract, IClassFixture<OneEtcd>
{
    protected override Task<ClusterFixture> CreateFixtureAsync() => Task.FromResult<ClusterFixture>(EtcdRig.On(etcd.Servers));
}
