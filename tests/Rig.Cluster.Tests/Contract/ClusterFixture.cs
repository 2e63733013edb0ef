namespace Rig.Cluster.Tests.Contract;

/// <summary>What a node is cut from.</summary>
public enum Cut
{
    /// <summary>From the shared state only: the other nodes still hear it.</summary>
    Engine,

    /// <summary>From the other nodes only: the shared state still knows it.</summary>
    Nodes,

    /// <summary>From everything.</summary>
    All,
}

/// <summary>
/// A rig of nodes on one adapter, with what the contract does to it. Nodes are known by their names; whatever is left at the end is ended by <see cref="IAsyncDisposable.DisposeAsync"/>.
/// </summary>
public abstract class ClusterFixture : IAsyncDisposable
{
    /// <summary>Generous: what takes longer than this has failed. In the adapter's own time.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Makes a node that is not started. A name that was used before (and killed, disposed of or left) gives the next incarnation of that node, over the same files if it has files.
    /// </summary>
    public abstract ICluster Create(string nodeId);

    /// <summary>Ends a node like kill -9: without a word, nothing given back.</summary>
    public abstract Task KillAsync(string nodeId);

    public abstract Task CutAsync(string nodeId, Cut from);

    /// <summary>Ends every cut of the node.</summary>
    public abstract Task HealAsync(string nodeId);

    /// <summary>Lets the engine forget every revision but the present one.</summary>
    public abstract Task CompactAsync();

    /// <summary>Waits for a task while the adapter's time passes.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Limit"/>.</exception>
    public virtual Task AwaitAsync(Task task) => task.WaitAsync(Limit);

    /// <inheritdoc cref="AwaitAsync(Task)"/>
    public async Task<T> AwaitAsync<T>(Task<T> task)
    {
        await AwaitAsync((Task)task);
        return await task;
    }

    /// <summary>Waits until <paramref name="condition"/> holds while the adapter's time passes.</summary>
    /// <exception cref="TimeoutException">It did not within <see cref="Limit"/>; says <paramref name="what"/> was waited for.</exception>
    public abstract Task UntilAsync(Func<bool> condition, string what);

    public abstract ValueTask DisposeAsync();

    /// <summary>For adapters that live in real time: asks again every 10 ms.</summary>
    protected static async Task PollAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource late = new(Limit);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        try
        {
            while (!condition())
            {
                await timer.WaitForNextTickAsync(late.Token);
            }
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain until {what}.", error);
        }
    }
}
