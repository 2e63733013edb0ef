using Microsoft.Data.Sqlite;
using Rig.Kernel.Storage;

namespace Rig.Cluster.Embedded;

/// <summary>Opens the file of the embedded state: pragmas, schema, check for damage. What is read and written afterwards is in <see cref="EmbeddedStore"/>.</summary>
internal static class EmbeddedFile
{
    /// <summary>Marks the file (PRAGMA application_id): "RigS" in ASCII.</summary>
    private const int ApplicationId = 0x5269_6753;

    /// <summary>PRAGMA user_version. Raised with every change of the schema.</summary>
    private const int SchemaVersion = 1;

    /// <summary>Durable before acknowledged: synchronous=FULL flushes the log at every commit.</summary>
    private const string Pragmas =
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;";

    private static readonly string Schema = $"""
        CREATE TABLE document (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE change (revision INTEGER NOT NULL PRIMARY KEY, key TEXT NOT NULL, value BLOB) STRICT;
        CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO counter VALUES ('revision', 1), ('compacted', 0), ('token', 0);
        PRAGMA application_id = {ApplicationId};
        PRAGMA user_version = {SchemaVersion};
        """;

    /// <summary>Opens or makes the file. A damaged one is kept aside under a new name, given back, and an empty one begins.</summary>
    /// <exception cref="IOException">The file cannot be used; the message says what to do.</exception>
    public static (SqliteConnection Connection, string? SetAside) Open(string file, TimeProvider time)
    {
        SystemSqlite.Initialize();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            try
            {
                return (OpenSound(file), null);
            }
            catch (Exception error) when (IsDamage(error))
            {
                string aside = SetAside(file, time);
                return (OpenSound(file), aside);
            }
        }
        catch (Exception error) when (error is SqliteException or UnauthorizedAccessException)
        {
            throw new IOException(Remedy(file, error), error);
        }
    }

    /// <summary>An error of SQLite in words that name the file and what to do.</summary>
    public static string Remedy(string file, Exception error) =>
        (error as SqliteException)?.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL => $"The shared state {file} cannot be written: the disk is full. Free some space.",
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB =>
                $"The shared state {file} is damaged. Restart the node: it keeps the file aside and begins an empty one.",
            _ => $"The shared state {file} cannot be used: {error.Message} Check that this user may write the file and its folder.",
        };

    private static SqliteConnection OpenSound(string file)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
            }.ToString()
        );
        try
        {
            ForOwnerOnly(file);
            connection.Open();
            Execute(connection, Pragmas);
            Check(connection, file);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What gives rights is in it, if only as hashes. SQLite gives its log the mode of the file.</summary>
    private static void ForOwnerOnly(string file)
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        new FileStream(file, options).Dispose();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }

    private static void Check(SqliteConnection connection, string file)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        long application = Scalar(connection, "PRAGMA application_id");
        long version = Scalar(connection, "PRAGMA user_version");
        if (application == 0 && version == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(connection, Schema);
        }
        else if (application != ApplicationId)
        {
            throw new InvalidDataException($"{file} is a SQLite database of something else.");
        }
        else if (version > SchemaVersion)
        {
            throw new IOException(
                $"{file} was written by a newer version (schema {version}, this one knows {SchemaVersion}). Install that version again."
            );
        }

        if (Text(connection, "PRAGMA quick_check(1)") is not "ok" and var finding)
        {
            throw new InvalidDataException($"{file} is damaged: {finding}");
        }

        transaction.Commit();
    }

    private static bool IsDamage(Exception error) =>
        error is InvalidDataException
        || error is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB };

    /// <summary>Renames the file and its companions: nothing of it is lost, and nothing of it is taken for the new one's.</summary>
    private static string SetAside(string file, TimeProvider time)
    {
        string aside = $"{file}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}";
        foreach (string companion in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(file + companion))
            {
                File.Move(file + companion, aside + companion);
            }
        }

        return aside;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }

    private static string? Text(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar() as string;
    }
}
