using System.Collections.Concurrent;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Remote;

/// <summary>What this node offers to the others: a handler a path.</summary>
internal sealed class HandlerTable
{
    private readonly ConcurrentDictionary<string, Func<FromNode, CancellationToken, Task<RemoteMessage?>>> _handlers = new(
        StringComparer.Ordinal
    );

    /// <exception cref="InvalidOperationException">The path has a handler.</exception>
    public IDisposable Add(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler) =>
        _handlers.TryAdd(path, handler)
            ? new Entry(this, path, handler)
            : throw new InvalidOperationException($"{path} already has a handler; dispose of it first.");

    public Func<FromNode, CancellationToken, Task<RemoteMessage?>>? Find(string path) => _handlers.GetValueOrDefault(path);

    private sealed class Entry(HandlerTable table, string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler)
        : IDisposable
    {
        public void Dispose() => table._handlers.TryRemove(new(path, handler));
    }
}
