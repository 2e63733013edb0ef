using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Rig.Kernel.Storage;

/// <summary>
/// Opens the journal's database file: pragmas, schema version, check for damage. What is read and written afterwards is in
/// <see cref="JournalDatabase"/>.
/// </summary>
internal static class JournalFile
{
    /// <summary>Marks the file as a journal of this program (PRAGMA application_id): "RigJ" in ASCII.</summary>
    private const int ApplicationId = 0x5269_674A;

    /// <summary>PRAGMA user_version. Raised with every change of the schema, together with a step that upgrades the former version.</summary>
    private const int SchemaVersion = 1;

    /// <summary>
    /// How long a write waits for another process that holds the lock (a person with the sqlite3 shell, a backup). Longer than any
    /// such look takes, shorter than an operator's patience with a Record button.
    /// </summary>
    private const int BusyTimeoutMilliseconds = 5_000;

    private const string Schema = """
        CREATE TABLE event (
          persistence_id TEXT NOT NULL,
          sequence_nr INTEGER NOT NULL CHECK (sequence_nr > 0),
          manifest TEXT NOT NULL,
          payload TEXT NOT NULL,
          written_at TEXT NOT NULL,
          PRIMARY KEY (persistence_id, sequence_nr)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE deletion (
          persistence_id TEXT NOT NULL PRIMARY KEY,
          highest_sequence_nr INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE snapshot (
          persistence_id TEXT NOT NULL,
          sequence_nr INTEGER NOT NULL,
          manifest TEXT NOT NULL,
          payload TEXT NOT NULL,
          taken_at TEXT NOT NULL,
          PRIMARY KEY (persistence_id, sequence_nr)
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Opens or creates the file.</summary>
    /// <returns>The database and, when a damaged file was set aside, the name it has now.</returns>
    /// <exception cref="StorageDamagedException">The file is damaged or something else, and may not be set aside.</exception>
    /// <exception cref="StorageException">The file cannot be opened, or a newer version of this program wrote it.</exception>
    public static (JournalDatabase Database, string? SetAside) Open(SqliteJournalOptions options)
    {
        SystemSqlite.Initialize();
        var file = Path.GetFullPath(options.File);
        CreateFolder(file);
        try
        {
            return (OpenSound(file, options), null);
        }
        catch (StorageDamagedException) when (options.SetAsideDamagedFile)
        {
            var aside = SetAside(file, options.Time);
            return (OpenSound(file, options), aside);
        }
    }

    private static JournalDatabase OpenSound(string file, SqliteJournalOptions options)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
            }.ToString()
        );
        try
        {
            connection.Open();
            Configure(connection, options.MaxPages);
            CheckIdentity(connection, file);
            CheckContent(connection, file);
            return new JournalDatabase(connection, file, options.Time);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Translate(file, "opened", error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Configure(SqliteConnection connection, int? maxPages)
    {
        // synchronous=FULL: an acknowledged event survives a power cut, not only a crash of the process.
        Execute(
            connection,
            $"PRAGMA busy_timeout={BusyTimeoutMilliseconds}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF;"
        );
        if (maxPages is { } pages)
        {
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={pages};"));
        }
    }

    private static void CheckIdentity(SqliteConnection connection, string file)
    {
        // One transaction, so that two processes that start together do not both create the tables.
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = Scalar(connection, "PRAGMA user_version");
        var application = Scalar(connection, "PRAGMA application_id");
        if (version == 0 && application == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(connection, $"{Schema} PRAGMA application_id={ApplicationId}; PRAGMA user_version={SchemaVersion};");
        }
        else if (application != ApplicationId)
        {
            throw new StorageDamagedException(
                file,
                $"{file} is a SQLite database, but not a journal. Name another file, or move this one away."
            );
        }
        else if (version > SchemaVersion)
        {
            throw new StorageException(
                file,
                $"{file} was written by a newer version (schema {version}, this one knows {SchemaVersion}). Install that version again, or name another file."
            );
        }

        transaction.Commit();
    }

    private static void CheckContent(SqliteConnection connection, string file)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok" and var finding)
        {
            throw Damaged(file, finding?.ToString() ?? "no answer", null);
        }
    }

    /// <summary>Renames the file and its companions, so that nothing of it is lost and nothing of it is taken for the new one's.</summary>
    private static string SetAside(string file, TimeProvider time)
    {
        var aside = $"{file}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}";
        foreach (var companion in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(file + companion))
            {
                File.Move(file + companion, aside + companion);
            }
        }

        return aside;
    }

    private static void CreateFolder(string file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(file, $"The folder of the journal {file} cannot be created: {error.Message}", error);
        }
    }

    /// <summary>An SQLite error in words that name the file and the remedy.</summary>
    internal static StorageException Translate(string file, string action, SqliteException error) =>
        error.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => Damaged(file, error.Message, error),
            SQLitePCL.raw.SQLITE_FULL => new StorageException(
                file,
                $"The journal {file} could not be {action}: the disk is full. Free some space.",
                error
            ),
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_CANTOPEN => new StorageException(
                file,
                $"The journal {file} could not be {action}: check that this user may write the file and its folder. {error.Message}",
                error
            ),
            SQLitePCL.raw.SQLITE_CONSTRAINT => new StorageException(
                file,
                $"The journal {file} holds an event of that number already: two actors, or two processes, use the same persistence id. {error.Message}",
                error
            ),
            _ => new StorageException(file, $"The journal {file} could not be {action}: {error.Message}", error),
        };

    private static StorageDamagedException Damaged(string file, string finding, Exception? error) =>
        new(
            file,
            $"The journal {file} is damaged ({finding}). Stop the program and restore the file from a backup, or move it away "
                + "together with its -wal and -shm to begin an empty journal.",
            error
        );

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }
}
