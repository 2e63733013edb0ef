using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>One rig of three nodes and a lighthouse for many tests: each takes it whole and idle.</summary>
public sealed class SharedRig : IAsyncLifetime
{
    private RunningRig? _rig;
    private int _sessions;

    /// <summary>The rig with every wire healed, every process running, and nothing recording.</summary>
    internal async Task<RunningRig> TakeAsync()
    {
        RunningRig rig = _rig!;
        rig.Network.Heal();
        foreach (LabLighthouse lighthouse in rig.Lighthouses.Where(each => !each.Process.Runs))
        {
            lighthouse.StartAgain();
        }

        foreach (LabNode node in rig.Nodes)
        {
            if (node.Process.Runs)
            {
                await node.Process.ThawAsync();
            }
            else
            {
                node.StartAgain();
            }
        }

        await rig.WholeAsync();
        await rig.Nodes[0].TryStopAsync(new StopSession());
        await rig.WholeAsync();
        return rig;
    }

    /// <summary>An id that no other test has.</summary>
    internal string NextSession() => $"S{Interlocked.Increment(ref _sessions)}";

    public async Task InitializeAsync() => _rig = await RunningRig.StartAsync();

    public async Task DisposeAsync() => await (_rig?.DisposeAsync() ?? ValueTask.CompletedTask);
}

[CollectionDefinition(Name)]
public sealed class OneRig : ICollectionFixture<SharedRig>
{
    public const string Name = "one rig";
}
