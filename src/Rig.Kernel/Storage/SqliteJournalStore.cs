using Akka.Persistence;

namespace Rig.Kernel.Storage;

/// <summary>Journal and snapshots in one SQLite file. Encodes on the caller's thread, decodes on the pool; the file itself belongs to the worker.</summary>
internal sealed class SqliteJournalStore : IJournalStore
{
    private readonly PayloadCodec _codec;
    private readonly JournalWorker _worker;

    private SqliteJournalStore(PayloadCodec codec, JournalDatabase database, string? setAside)
    {
        _codec = codec;
        _worker = new JournalWorker(database);
        File = database.File;
        SetAside = setAside;
    }

    public string File { get; }

    /// <summary>The name under which a damaged file was kept when this one was opened.</summary>
    public string? SetAside { get; }

    /// <inheritdoc cref="JournalFile.Open"/>
    public static SqliteJournalStore Open(SqliteJournalOptions options)
    {
        var (database, setAside) = JournalFile.Open(options);
        return new SqliteJournalStore(new PayloadCodec(options.Types), database, setAside);
    }

    public async Task<IReadOnlyList<Exception?>> WriteAsync(string persistenceId, IReadOnlyList<AtomicEvents> writes)
    {
        var rejections = new Exception?[writes.Count];
        var rows = new List<EventRow>(writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            rejections[i] = TryEncode(writes[i], rows);
        }

        await _worker.Enqueue(
            writes: true,
            database =>
            {
                database.InsertEvents(persistenceId, rows);
                return true;
            }
        );
        return rejections;
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int limit)
    {
        var rows = await _worker.Enqueue(
            writes: false,
            database => database.SelectEvents(persistenceId, fromSequenceNr, toSequenceNr, limit)
        );
        var events = new StoredEvent[rows.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var (sequenceNr, payload) = rows[i];
            events[i] = new StoredEvent(sequenceNr, _codec.Decode(payload, $"{File}, {persistenceId}, event {sequenceNr}"));
        }

        return events;
    }

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId) =>
        _worker.Enqueue(writes: false, database => database.SelectHighestSequenceNr(persistenceId));

    public Task DeleteEventsAsync(string persistenceId, long toSequenceNr) =>
        Write(database => database.DeleteEvents(persistenceId, toSequenceNr));

    public Task SaveSnapshotAsync(SnapshotMetadata metadata, object snapshot)
    {
        EncodedPayload payload;
        try
        {
            payload = _codec.Encode(snapshot);
        }
        catch (PayloadException error)
        {
            return Task.FromException(error);
        }

        return Write(database => database.InsertSnapshot(metadata, payload));
    }

    public async Task<SelectedSnapshot?> LoadSnapshotAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var row = await _worker.Enqueue(writes: false, database => database.SelectSnapshot(persistenceId, criteria));
        return row is null
            ? null
            : new SelectedSnapshot(
                row.Metadata,
                _codec.Decode(row.Payload, $"{File}, {persistenceId}, snapshot {row.Metadata.SequenceNr}")
            );
    }

    public Task DeleteSnapshotsAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        Write(database => database.DeleteSnapshots(persistenceId, criteria));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    private Task Write(Action<JournalDatabase> work) =>
        _worker.Enqueue(
            writes: true,
            database =>
            {
                work(database);
                return true;
            }
        );

    /// <summary>Adds the write's rows, all or none.</summary>
    /// <returns>Why it is rejected, or null.</returns>
    private PayloadException? TryEncode(AtomicEvents write, List<EventRow> rows)
    {
        var before = rows.Count;
        try
        {
            for (var i = 0; i < write.Events.Count; i++)
            {
                rows.Add(new EventRow(write.FirstSequenceNr + i, _codec.Encode(write.Events[i])));
            }

            return null;
        }
        catch (PayloadException error)
        {
            rows.RemoveRange(before, rows.Count - before);
            return error;
        }
    }
}
