using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rig.Actors.Manifests;
using Rig.Contracts.Json;
using Rig.Contracts.Recordings;
using Rig.Kernel.Storage;

namespace Rig.Actors.Housekeeping;

/// <summary>
/// The index of all recordings of a node, in one SQLite file. It holds nothing that the manifests do not hold and can always be rebuilt
/// from them; that is done at each start. Any thread, one at a time.
/// </summary>
public sealed class Catalogue : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS manifests (
            session TEXT NOT NULL, camera TEXT NOT NULL, start TEXT NOT NULL, finish TEXT, bytes INTEGER NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (session, camera)) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS by_start ON manifests (start DESC, session);
        CREATE TABLE IF NOT EXISTS broken (path TEXT PRIMARY KEY, problem TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """;

    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    private readonly SqliteConnection _connection;
    private readonly Lock _lock = new();

    /// <summary>Opens the index; a file that is damaged is thrown away, since it can be rebuilt.</summary>
    /// <exception cref="SqliteException">The folder cannot be written.</exception>
    public Catalogue(string path)
    {
        SystemSqlite.Initialize();
        try
        {
            _connection = Open(path);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
        {
            File.Delete(path);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            _connection = Open(path);
        }
    }

    /// <summary>Makes the index match the manifests of a recordings folder. Whatever cannot be read is listed as broken.</summary>
    public void Rebuild(string recordings)
    {
        List<Manifest> manifests = [];
        List<BrokenRecording> broken = [];
        foreach (string path in ManifestFile.Find(recordings))
        {
            try
            {
                manifests.Add(ManifestFile.Read(path));
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                broken.Add(new BrokenRecording(Path.GetRelativePath(recordings, path), error.Message));
            }
        }

        broken.AddRange(
            ManifestFile
                .FindSetAside(recordings)
                .Select(path => new BrokenRecording(
                    Path.GetRelativePath(recordings, path),
                    "Could not be read and was set aside; a new manifest lists the files. Delete it when nothing in it is needed."
                ))
        );
        lock (_lock)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            Execute("DELETE FROM manifests; DELETE FROM broken;");
            manifests.ForEach(Insert);
            broken.ForEach(InsertBroken);
            transaction.Commit();
        }
    }

    /// <summary>Adds a manifest or replaces its older version.</summary>
    public void Put(Manifest manifest)
    {
        lock (_lock)
        {
            Insert(manifest);
        }
    }

    /// <summary>Forgets a session whose files are gone.</summary>
    public void Remove(string session)
    {
        lock (_lock)
        {
            Execute("DELETE FROM manifests WHERE session = $session", ("$session", session));
        }
    }

    /// <summary>Notes a file that cannot be used.</summary>
    public void PutBroken(BrokenRecording broken)
    {
        lock (_lock)
        {
            InsertBroken(broken);
        }
    }

    /// <summary>Sessions, newest first.</summary>
    /// <param name="skip">Sessions to leave out at the front.</param>
    /// <param name="take">Sessions to give at most.</param>
    public RecordingsPage List(int skip, int take)
    {
        lock (_lock)
        {
            List<string> sessions = Column(
                "SELECT session FROM manifests GROUP BY session ORDER BY min(start) DESC, session LIMIT $take OFFSET $skip",
                ("$take", take),
                ("$skip", skip)
            );
            int total = int.Parse(Column("SELECT count(DISTINCT session) FROM manifests")[0], CultureInfo.InvariantCulture);
            List<BrokenRecording> broken =
            [
                .. Column("SELECT path || char(10) || problem FROM broken ORDER BY path")
                    .Select(row => row.Split('\n', 2))
                    .Select(row => new BrokenRecording(row[0], row[1])),
            ];
            return new RecordingsPage([.. sessions.Select(Session)], total, broken);
        }
    }

    /// <summary>Every manifest, oldest first.</summary>
    public IReadOnlyList<Manifest> All()
    {
        lock (_lock)
        {
            return [.. Column("SELECT json FROM manifests ORDER BY start, session, camera").Select(Parse)];
        }
    }

    /// <summary>A camera's manifests, oldest first.</summary>
    public IReadOnlyList<Manifest> OfCamera(string camera)
    {
        lock (_lock)
        {
            return
            [
                .. Column("SELECT json FROM manifests WHERE camera = $camera ORDER BY start, session", ("$camera", camera)).Select(Parse),
            ];
        }
    }

    /// <summary>The manifests of a session, by camera.</summary>
    public IReadOnlyList<Manifest> OfSession(string session)
    {
        lock (_lock)
        {
            return [.. Column("SELECT json FROM manifests WHERE session = $session ORDER BY camera", ("$session", session)).Select(Parse)];
        }
    }

    public void Dispose() => _connection.Dispose();

    private RecordedSession Session(string session)
    {
        Manifest[] cameras =
        [
            .. Column("SELECT json FROM manifests WHERE session = $session ORDER BY camera", ("$session", session)).Select(Parse),
        ];
        return new RecordedSession(
            session,
            cameras.Min(camera => camera.Start),
            cameras.Max(camera => camera.End),
            cameras.Sum(camera => camera.Segments.Sum(segment => segment.Bytes)),
            cameras
        );
    }

    private static SqliteConnection Open(string path)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = Schema;
            command.ExecuteNonQuery();
            command.CommandText = "PRAGMA quick_check(1)";
            return command.ExecuteScalar() is "ok" ? connection : throw new SqliteException("The index is damaged.", SqliteCorrupt);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Insert(Manifest manifest) =>
        Execute(
            """
            INSERT INTO manifests (session, camera, start, finish, bytes, json) VALUES ($session, $camera, $start, $finish, $bytes, $json)
            ON CONFLICT (session, camera) DO UPDATE SET start = excluded.start, finish = excluded.finish, bytes = excluded.bytes, json = excluded.json
            """,
            ("$session", manifest.SessionId),
            ("$camera", manifest.Camera),
            ("$start", UtcTimeConverter.Format(manifest.Start)),
            ("$finish", manifest.End is { } end ? UtcTimeConverter.Format(end) : DBNull.Value),
            ("$bytes", manifest.Segments.Sum(segment => segment.Bytes)),
            ("$json", JsonSerializer.Serialize(manifest, RigJson.Default.Manifest))
        );

    private void InsertBroken(BrokenRecording broken) =>
        Execute(
            "INSERT INTO broken (path, problem) VALUES ($path, $problem) ON CONFLICT (path) DO UPDATE SET problem = excluded.problem",
            ("$path", broken.Path),
            ("$problem", broken.Problem)
        );

    private void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    private List<string> Column(string sql, params (string Name, object Value)[] parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> values = [];
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private SqliteCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private static Manifest Parse(string json) => JsonSerializer.Deserialize(json, RigJson.Default.Manifest)!;
}
