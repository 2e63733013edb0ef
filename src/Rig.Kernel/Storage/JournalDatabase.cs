using System.Globalization;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace Rig.Kernel.Storage;

/// <summary>One row of the event table.</summary>
internal readonly record struct EventRow(long SequenceNr, EncodedPayload Payload);

/// <summary>One row of the snapshot table.</summary>
internal sealed record SnapshotRow(SnapshotMetadata Metadata, EncodedPayload Payload);

/// <summary>
/// The journal's statements, prepared once, on its one connection. Synchronous and not thread-safe: only
/// <see cref="JournalWorker"/>'s thread calls it. <see cref="JournalFile"/> opens it.
/// </summary>
internal sealed class JournalDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly SqliteCommand _insertEvent;
    private readonly SqliteCommand _selectEvents;
    private readonly SqliteCommand _selectHighest;
    private readonly SqliteCommand _rememberHighest;
    private readonly SqliteCommand _deleteEvents;
    private readonly SqliteCommand _insertSnapshot;
    private readonly SqliteCommand _selectSnapshot;
    private readonly SqliteCommand _deleteSnapshots;
    private SqliteTransaction? _transaction;

    public JournalDatabase(SqliteConnection connection, string file, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        File = file;
        _insertEvent = Prepare(
            "INSERT INTO event VALUES ($id, $nr, $manifest, $payload, $at)",
            "$id",
            "$nr",
            "$manifest",
            "$payload",
            "$at"
        );
        _selectEvents = Prepare(
            "SELECT sequence_nr, manifest, payload FROM event WHERE persistence_id = $id AND sequence_nr BETWEEN $from AND $to ORDER BY sequence_nr LIMIT $limit",
            "$id",
            "$from",
            "$to",
            "$limit"
        );
        _selectHighest = Prepare(
            """
            SELECT max(
              coalesce((SELECT max(sequence_nr) FROM event WHERE persistence_id = $id), 0),
              coalesce((SELECT highest_sequence_nr FROM deletion WHERE persistence_id = $id), 0))
            """,
            "$id"
        );
        _rememberHighest = Prepare("INSERT OR REPLACE INTO deletion VALUES ($id, $nr)", "$id", "$nr");
        _deleteEvents = Prepare("DELETE FROM event WHERE persistence_id = $id AND sequence_nr <= $nr", "$id", "$nr");
        _insertSnapshot = Prepare(
            "INSERT OR REPLACE INTO snapshot VALUES ($id, $nr, $manifest, $payload, $at)",
            "$id",
            "$nr",
            "$manifest",
            "$payload",
            "$at"
        );
        const string Selection =
            "FROM snapshot WHERE persistence_id = $id AND sequence_nr BETWEEN $from AND $to AND taken_at BETWEEN $earliest AND $latest";
        _selectSnapshot = Prepare(
            $"SELECT sequence_nr, manifest, payload, taken_at {Selection} ORDER BY sequence_nr DESC LIMIT 1",
            "$id",
            "$from",
            "$to",
            "$earliest",
            "$latest"
        );
        _deleteSnapshots = Prepare($"DELETE {Selection}", "$id", "$from", "$to", "$earliest", "$latest");
    }

    /// <summary>The file's full path, for messages.</summary>
    public string File { get; }

    /// <summary>Runs work in one transaction: all of it is durable on return, or none of it after an exception.</summary>
    public void InTransaction(Action work)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        _transaction = transaction;
        try
        {
            work();
            transaction.Commit();
        }
        finally
        {
            _transaction = null;
        }
    }

    public void InsertEvents(string persistenceId, IReadOnlyList<EventRow> events)
    {
        var now = Text(_time.GetUtcNow().UtcDateTime);
        foreach (var row in events)
        {
            Bind(_insertEvent, persistenceId, row.SequenceNr, row.Payload.Manifest, row.Payload.Json, now).ExecuteNonQuery();
        }
    }

    public IReadOnlyList<EventRow> SelectEvents(string persistenceId, long fromSequenceNr, long toSequenceNr, int limit)
    {
        using var reader = Bind(_selectEvents, persistenceId, fromSequenceNr, toSequenceNr, limit).ExecuteReader();
        var rows = new List<EventRow>();
        while (reader.Read())
        {
            rows.Add(new EventRow(reader.GetInt64(0), new EncodedPayload(reader.GetString(1), reader.GetString(2))));
        }

        return rows;
    }

    public long SelectHighestSequenceNr(string persistenceId) => (long)Bind(_selectHighest, persistenceId).ExecuteScalar()!;

    /// <summary>Deletes events but keeps the highest number, so that no number is ever given twice.</summary>
    public void DeleteEvents(string persistenceId, long toSequenceNr)
    {
        Bind(_rememberHighest, persistenceId, SelectHighestSequenceNr(persistenceId)).ExecuteNonQuery();
        Bind(_deleteEvents, persistenceId, toSequenceNr).ExecuteNonQuery();
    }

    public void InsertSnapshot(SnapshotMetadata metadata, EncodedPayload payload) =>
        Bind(_insertSnapshot, metadata.PersistenceId, metadata.SequenceNr, payload.Manifest, payload.Json, Text(metadata.Timestamp))
            .ExecuteNonQuery();

    public SnapshotRow? SelectSnapshot(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        using var reader = BindSelection(_selectSnapshot, persistenceId, criteria).ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        var takenAt = DateTime.ParseExact(
            reader.GetString(3),
            TimestampFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );
        var metadata = new SnapshotMetadata(persistenceId, reader.GetInt64(0), takenAt);
        return new SnapshotRow(metadata, new EncodedPayload(reader.GetString(1), reader.GetString(2)));
    }

    public void DeleteSnapshots(string persistenceId, SnapshotSelectionCriteria criteria) =>
        BindSelection(_deleteSnapshots, persistenceId, criteria).ExecuteNonQuery();

    public void Dispose()
    {
        foreach (
            var command in (ReadOnlySpan<SqliteCommand>)
                [
                    _insertEvent,
                    _selectEvents,
                    _selectHighest,
                    _rememberHighest,
                    _deleteEvents,
                    _insertSnapshot,
                    _selectSnapshot,
                    _deleteSnapshots,
                ]
        )
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>Of fixed width, so that text order is time order; 100 ns, as DateTime has it.</summary>
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private static string Text(DateTime utc) => utc.ToString(TimestampFormat, CultureInfo.InvariantCulture);

    private SqliteCommand BindSelection(SqliteCommand command, string persistenceId, SnapshotSelectionCriteria criteria) =>
        Bind(
            command,
            persistenceId,
            criteria.MinSequenceNr,
            criteria.MaxSequenceNr,
            Text(criteria.MinTimestamp ?? DateTime.MinValue),
            Text(criteria.MaxTimeStamp)
        );

    private SqliteCommand Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.Transaction = _transaction;
        return command;
    }

    private SqliteCommand Prepare(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }
}
