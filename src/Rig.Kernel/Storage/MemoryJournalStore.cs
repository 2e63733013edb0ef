using Akka.Persistence;

namespace Rig.Kernel.Storage;

/// <summary>The store of a system that none was attached to: lives as long as the system, for tests and tools. Keeps the objects themselves.</summary>
internal sealed class MemoryJournalStore : IJournalStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Stream> _streams = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<Exception?>> WriteAsync(string persistenceId, IReadOnlyList<AtomicEvents> writes)
    {
        lock (_lock)
        {
            var stream = For(persistenceId);
            if (writes.FirstOrDefault(write => write.FirstSequenceNr <= stream.Highest) is { } collision)
            {
                return Task.FromException<IReadOnlyList<Exception?>>(
                    new InvalidOperationException(
                        $"{persistenceId} has an event {collision.FirstSequenceNr} already; two actors share this id."
                    )
                );
            }

            foreach (var write in writes)
            {
                for (var i = 0; i < write.Events.Count; i++)
                {
                    stream.Events.Add(write.FirstSequenceNr + i, write.Events[i]);
                    stream.Highest = write.FirstSequenceNr + i;
                }
            }
        }

        return Task.FromResult<IReadOnlyList<Exception?>>(new Exception?[writes.Count]);
    }

    public Task<IReadOnlyList<StoredEvent>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int limit)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<StoredEvent>>([
                .. For(persistenceId)
                    .Events.SkipWhile(entry => entry.Key < fromSequenceNr)
                    .TakeWhile(entry => entry.Key <= toSequenceNr)
                    .Take(limit)
                    .Select(entry => new StoredEvent(entry.Key, entry.Value)),
            ]);
        }
    }

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId)
    {
        lock (_lock)
        {
            return Task.FromResult(For(persistenceId).Highest);
        }
    }

    public Task DeleteEventsAsync(string persistenceId, long toSequenceNr)
    {
        lock (_lock)
        {
            var events = For(persistenceId).Events;
            foreach (var sequenceNr in events.Keys.TakeWhile(sequenceNr => sequenceNr <= toSequenceNr).ToArray())
            {
                events.Remove(sequenceNr);
            }
        }

        return Task.CompletedTask;
    }

    public Task SaveSnapshotAsync(SnapshotMetadata metadata, object snapshot)
    {
        lock (_lock)
        {
            For(metadata.PersistenceId).Snapshots[metadata.SequenceNr] = new SelectedSnapshot(metadata, snapshot);
        }

        return Task.CompletedTask;
    }

    public Task<SelectedSnapshot?> LoadSnapshotAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        lock (_lock)
        {
            return Task.FromResult(For(persistenceId).Snapshots.Values.LastOrDefault(snapshot => criteria.Matches(snapshot.Metadata)));
        }
    }

    public Task DeleteSnapshotsAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        lock (_lock)
        {
            var snapshots = For(persistenceId).Snapshots;
            foreach (var snapshot in snapshots.Values.Where(snapshot => criteria.Matches(snapshot.Metadata)).ToArray())
            {
                snapshots.Remove(snapshot.Metadata.SequenceNr);
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Stream For(string persistenceId)
    {
        if (!_streams.TryGetValue(persistenceId, out var stream))
        {
            _streams.Add(persistenceId, stream = new Stream());
        }

        return stream;
    }

    private sealed class Stream
    {
        /// <summary>Never below the number of any event that was ever here.</summary>
        public long Highest { get; set; }

        public SortedList<long, object> Events { get; } = [];

        public SortedList<long, SelectedSnapshot> Snapshots { get; } = [];
    }
}
