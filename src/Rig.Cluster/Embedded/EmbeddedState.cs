using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rig.Cluster.Embedded;

/// <summary>The shared state of one node alone: in memory, gone with the process. Every change is kept for watches, the oldest ones only as the present documents.</summary>
internal sealed class EmbeddedState : ISharedState, IDisposable
{
    /// <summary>Changes kept for watches that begin in the past: a session makes a few dozen.</summary>
    private const int KeepChanges = 1000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StateEntry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<StateEntry> _changes = new();
    private readonly List<Channel<StateEntry>> _watchers = [];
    private long _revision;
    private long _forgotten;

    public Task<StateEntry?> GetAsync(string key, CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult(_entries.GetValueOrDefault(key));
        }
    }

    public Task<StateSnapshot> ListAsync(string prefix, CancellationToken cancel)
    {
        lock (_gate)
        {
            StateEntry[] found = [.. _entries.Values.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))];
            return Task.FromResult(new StateSnapshot(found, _revision));
        }
    }

    public Task<WriteResult> WriteAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(guard);
        lock (_gate)
        {
            StateEntry? present = _entries.GetValueOrDefault(key);
            if (guard.Expected is { } expected && expected != (present?.Revision ?? 0))
            {
                return Task.FromResult<WriteResult>(new WriteResult.Conflict(present));
            }

            return Task.FromResult<WriteResult>(new WriteResult.Written(Apply(new StateEntry(key, value, ++_revision))));
        }
    }

    public async IAsyncEnumerable<StateEntry> WatchAsync(
        string prefix,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        Channel<StateEntry> channel = Channel.CreateUnbounded<StateEntry>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            if (afterRevision < _forgotten)
            {
                throw new RevisionCompactedException(_forgotten);
            }

            foreach (StateEntry change in _changes.Where(change => change.Revision > afterRevision))
            {
                channel.Writer.TryWrite(change);
            }

            _watchers.Add(channel);
        }

        try
        {
            await foreach (StateEntry change in channel.Reader.ReadAllAsync(cancel))
            {
                if (change.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    yield return change;
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>Ends the watches.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _watchers.ForEach(watcher => watcher.Writer.TryComplete(new ClusterAwayException("The node ends.")));
        }
    }

    private long Apply(StateEntry entry)
    {
        if (entry.Value is null)
        {
            _entries.Remove(entry.Key);
        }
        else
        {
            _entries[entry.Key] = entry;
        }

        _changes.Enqueue(entry);
        if (_changes.Count > KeepChanges)
        {
            _forgotten = _changes.Dequeue().Revision;
        }

        _watchers.ForEach(watcher => watcher.Writer.TryWrite(entry));
        return entry.Revision;
    }
}
