using System.Collections.Concurrent;

namespace Rig.Cluster.Tests.Contract;

/// <summary>Reads a watch in the background and keeps what it told.</summary>
public sealed class StateWatch : IDisposable
{
    private readonly ConcurrentQueue<StateEntry> _seen = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    public StateWatch(ICluster cluster, string prefix, long afterRevision) =>
        _reading = ReadAsync(cluster, prefix, afterRevision, _stop.Token);

    public IReadOnlyList<StateEntry> Seen => [.. _seen];
    public bool Ended => _reading.IsCompleted;

    /// <summary>What ended it; null when it ended by itself, or goes on.</summary>
    public Exception? Error => _reading.Exception?.InnerException;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task ReadAsync(ICluster cluster, string prefix, long afterRevision, CancellationToken cancel)
    {
        await foreach (StateEntry entry in cluster.State.WatchAsync(prefix, afterRevision, cancel).ConfigureAwait(false))
        {
            _seen.Enqueue(entry);
        }
    }
}
