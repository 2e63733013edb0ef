using Rig.Cluster.TestKit;
using Rig.Cluster.Tests.Contract;

namespace Rig.Cluster.Tests.InMemory;

/// <summary>The contract over a quick network.</summary>
public sealed class InMemoryContractTests : ClusterContract
{
    protected override Task<ClusterFixture> CreateFixtureAsync() =>
        Task.FromResult<ClusterFixture>(new InMemoryFixture(seed: 1, NetworkBehaviour.Wired));
}

/// <summary>The contract over bad Wi-Fi: nothing in it may depend on speed.</summary>
public sealed class InMemoryOverWirelessContractTests : ClusterContract
{
    protected override Task<ClusterFixture> CreateFixtureAsync() =>
        Task.FromResult<ClusterFixture>(new InMemoryFixture(seed: 2, NetworkBehaviour.Wireless));
}
