using Microsoft.Data.Sqlite;

namespace Rig.Cluster.Embedded;

/// <summary>
/// Documents, their newest changes and the counters, in one SQLite file. Every write is one transaction and durable when the method returns. Synchronous, one caller at a time:
/// <see cref="EmbeddedState"/>.
/// </summary>
internal sealed class EmbeddedStore(SqliteConnection connection, int keepChanges) : IDisposable
{
    /// <summary>What a watch reads at once: enough to be quick, little enough to give way to writes.</summary>
    private const int WatchPage = 100;

    public void Dispose() => connection.Dispose();

    /// <summary>A higher token than any before, also when the file was lost in between and the clock is right.</summary>
    public FencingToken NextToken(DateTimeOffset now)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        long token = Math.Max(Counter("token") + 1, now.ToUnixTimeSeconds());
        Set("token", token);
        transaction.Commit();
        return new FencingToken(token);
    }

    public StateEntry? Get(string key) =>
        Entries("SELECT key, value, revision FROM document WHERE key = $key", ("$key", key)).SingleOrDefault();

    public StateSnapshot List(string prefix) =>
        new(
            Entries(
                "SELECT key, value, revision FROM document WHERE substr(key, 1, length($prefix)) = $prefix ORDER BY key",
                ("$prefix", prefix)
            ),
            Counter("revision")
        );

    /// <summary>Writes if the entry has the expected revision; null expects nothing.</summary>
    public WriteResult Write(string key, ReadOnlyMemory<byte>? value, long? expected)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        StateEntry? present = Get(key);
        if (expected is { } revision && revision != (present?.Revision ?? 0))
        {
            return new WriteResult.Conflict(present);
        }

        if (value is null && present is null)
        {
            return new WriteResult.Written(Counter("revision"));
        }

        long written = Counter("revision") + 1;
        Set("revision", written);
        if (value is { } bytes)
        {
            Execute(
                "INSERT OR REPLACE INTO document VALUES ($key, $value, $revision)",
                ("$key", key),
                ("$value", bytes.ToArray()),
                ("$revision", written)
            );
        }
        else
        {
            Execute("DELETE FROM document WHERE key = $key", ("$key", key));
        }

        Execute(
            "INSERT INTO change VALUES ($revision, $key, $value)",
            ("$revision", written),
            ("$key", key),
            ("$value", value is { } copy ? copy.ToArray() : DBNull.Value)
        );
        ForgetBefore(written - keepChanges);
        transaction.Commit();
        return new WriteResult.Written(written);
    }

    /// <summary>The next changes after a revision, and the revision up to which that is all there is.</summary>
    /// <exception cref="RevisionCompactedException">Some of them were forgotten.</exception>
    public (IReadOnlyList<StateEntry> Changes, long UpTo) Changes(string prefix, long after)
    {
        long compacted = Counter("compacted");
        if (after < compacted)
        {
            throw new RevisionCompactedException(compacted);
        }

        IReadOnlyList<StateEntry> changes = Entries(
            "SELECT key, value, revision FROM change WHERE revision > $after AND substr(key, 1, length($prefix)) = $prefix ORDER BY revision LIMIT $limit",
            ("$after", after),
            ("$prefix", prefix),
            ("$limit", WatchPage)
        );
        return (changes, changes.Count == WatchPage ? changes[^1].Revision : Math.Max(after, Counter("revision")));
    }

    /// <summary>Forgets every change up to now.</summary>
    public void Compact()
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        ForgetBefore(Counter("revision"));
        transaction.Commit();
    }

    private void ForgetBefore(long revision)
    {
        if (revision > Counter("compacted"))
        {
            Execute("DELETE FROM change WHERE revision <= $revision", ("$revision", revision));
            Set("compacted", revision);
        }
    }

    private long Counter(string name)
    {
        using SqliteCommand command = Command("SELECT value FROM counter WHERE name = $name", ("$name", name));
        return (long)command.ExecuteScalar()!;
    }

    private void Set(string name, long value) =>
        Execute("UPDATE counter SET value = $value WHERE name = $name", ("$name", name), ("$value", value));

    private List<StateEntry> Entries(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = Command(text, parameters);
        using SqliteDataReader reader = command.ExecuteReader();
        List<StateEntry> entries = [];
        while (reader.Read())
        {
            ReadOnlyMemory<byte>? value = reader.IsDBNull(1) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(1);
            entries.Add(new StateEntry(reader.GetString(0), value, reader.GetInt64(2)));
        }

        return entries;
    }

    private void Execute(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = Command(text, parameters);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
