using Rig.Cluster.TestKit;
using Rig.Cluster.Tests.Contract;

namespace Rig.Cluster.Tests.InMemory;

/// <summary>A rig in memory under virtual time: waiting for something lets time pass.</summary>
public sealed class InMemoryFixture(int seed, NetworkBehaviour behaviour) : ClusterFixture
{
    private readonly InMemoryRig _rig = new(seed, behaviour: behaviour);

    public override ICluster Create(string nodeId) => _rig.Create(nodeId);

    public override Task KillAsync(string nodeId) => Do(() => _rig.Kill(nodeId));

    public override Task CutAsync(string nodeId, Cut from) =>
        Do(() =>
        {
            if (from != Cut.Nodes)
            {
                _rig.CutFromEngine(nodeId);
            }

            if (from != Cut.Engine)
            {
                _rig.CutFromNodes(nodeId);
            }
        });

    public override Task HealAsync(string nodeId) => Do(() => _rig.Heal(nodeId));

    public override Task CompactAsync() => Do(() => _rig.Store.Compact(_rig.Store.Revision));

    public override Task AwaitAsync(Task task)
    {
        _rig.RunUntilCompleted(task, Limit);
        return task;
    }

    public override Task UntilAsync(Func<bool> condition, string what) => Do(() => _rig.RunUntil(condition, Limit, what));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
