using System.Buffers.Binary;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>What the SQLite store adds to the contract: the file itself, what else may lie there, and what fails.</summary>
public sealed class SqliteJournalFileTests : IDisposable
{
    private const string Id = "session-1";
    private readonly TempFolder _folder = new();

    private string JournalPath => _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_library_is_the_systems_own()
    {
        var version = SystemSqlite.Initialize();

        var maps = File.ReadAllText("/proc/self/maps");
        Assert.Contains("/libsqlite3.so.0", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("e_sqlite3.so", maps, StringComparison.Ordinal);
        Assert.StartsWith(version, Sqlite3("-version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_there_after_closing_and_opening_again()
    {
        await using (var store = Open())
        {
            await store.WriteAsync(Id, [new AtomicEvents(1, [new Deposited(1), new Deposited(2)])]);
            await store.SaveSnapshotAsync(new SnapshotMetadata(Id, 2, DateTime.UnixEpoch), new Balance(3, 2));
            await store.DeleteEventsAsync(Id, 2);
        }

        await using var reopened = Open();

        Assert.Equal(2, await reopened.ReadHighestSequenceNrAsync(Id));
        Assert.Empty(await reopened.ReadAsync(Id, 1, long.MaxValue, 10));
        Assert.Equal(new Balance(3, 2), (await reopened.LoadSnapshotAsync(Id, SnapshotSelectionCriteria.Latest))?.Snapshot);
    }

    [Fact]
    public async Task The_sqlite3_shell_reads_a_journal_that_is_in_use_and_finds_it_sound()
    {
        await using var store = Open();
        await store.WriteAsync(Id, [new AtomicEvents(1, [new Deposited(17)])]);

        Assert.Equal("ok", Sqlite3(JournalPath, "PRAGMA integrity_check"));
        Assert.Equal(
            "session-1|1|deposited|{\"Amount\":17}",
            Sqlite3(JournalPath, "SELECT persistence_id, sequence_nr, manifest, payload FROM event")
        );
        Assert.Equal("wal", Sqlite3(JournalPath, "PRAGMA journal_mode"));
        Assert.Equal("1", Sqlite3(JournalPath, "PRAGMA user_version"));
    }

    [Fact]
    public async Task Writes_that_wait_together_become_durable_in_one_transaction()
    {
        await using var store = Open();
        Task<IReadOnlyList<Exception?>>[] writes;
        long before;
        using (HoldWriteLock())
        {
            before = CommitsInWal();
            writes = [.. Enumerable.Range(0, 100).Select(i => store.WriteAsync($"id-{i}", [new AtomicEvents(1, [new Deposited(i)])]))];
        }

        await Task.WhenAll(writes);

        // The first may have been taken alone before the others came.
        Assert.InRange(CommitsInWal() - before, 1, 2);
        Assert.Equal("100", Sqlite3(JournalPath, "SELECT count(*) FROM event"));
    }

    [Fact]
    public async Task One_impossible_write_does_not_fail_its_neighbours_in_the_group()
    {
        await using var store = Open();
        await store.WriteAsync(Id, [new AtomicEvents(1, [new Deposited(1)])]);
        Task<IReadOnlyList<Exception?>>[] writes;
        using (HoldWriteLock())
        {
            writes =
            [
                .. Enumerable
                    .Range(0, 20)
                    .Select(i => store.WriteAsync(i == 10 ? Id : $"id-{i}", [new AtomicEvents(1, [new Deposited(i)])])),
            ];
        }

        var failure = await Assert.ThrowsAsync<StorageException>(() => writes[10]);

        Assert.Contains("same persistence id", failure.Message, StringComparison.Ordinal);
        await Task.WhenAll(writes.Where((_, i) => i != 10));
        Assert.Equal("20", Sqlite3(JournalPath, "SELECT count(*) FROM event"));
    }

    [Fact]
    public async Task An_event_that_is_not_registered_is_rejected_with_its_atomic_write_and_the_others_are_stored()
    {
        await using var store = Open();

        var results = await store.WriteAsync(
            Id,
            [
                new AtomicEvents(1, [new Deposited(1)]),
                new AtomicEvents(2, [new Deposited(2), new NotRegistered(3)]),
                new AtomicEvents(4, [new Deposited(4)]),
            ]
        );

        Assert.Null(results[0]);
        Assert.Contains("NotRegistered", Assert.IsType<PayloadException>(results[1]).Message, StringComparison.Ordinal);
        Assert.Null(results[2]);
        Assert.Equal([1L, 4L], (await store.ReadAsync(Id, 1, long.MaxValue, 10)).Select(stored => stored.SequenceNr));
    }

    [Fact]
    public async Task An_event_of_more_than_a_mebibyte_is_rejected()
    {
        await using var store = Open();

        var results = await store.WriteAsync(Id, [new AtomicEvents(1, [new Renamed(new string('x', 1 << 20), [])])]);

        Assert.IsType<PayloadException>(results[0]);
    }

    [Theory]
    [InlineData("UPDATE event SET manifest = 'System.Diagnostics.Process'", "unknown manifest 'System.Diagnostics.Process'")]
    [InlineData("UPDATE event SET payload = '{\"Amount\":'", "does not parse")]
    [InlineData("UPDATE event SET payload = '{\"Amount\":\"many\"}'", "does not parse")]
    [InlineData("UPDATE event SET payload = 'null'", "is null")]
    public async Task An_event_that_cannot_be_understood_fails_the_read_and_names_file_id_and_number(string damage, string expected)
    {
        await using var store = Open();
        await store.WriteAsync(Id, [new AtomicEvents(1, [new Deposited(1)])]);
        Sqlite3(JournalPath, damage);

        var failure = await Assert.ThrowsAsync<PayloadException>(() => store.ReadAsync(Id, 1, long.MaxValue, 10));

        Assert.Contains($"{JournalPath}, {Id}, event 1: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_former_manifest_is_still_read()
    {
        await using (var store = Open())
        {
            await store.WriteAsync(Id, [new AtomicEvents(1, [new Deposited(1)])]);
        }

        var types = new PersistedTypes().Add<Deposited>("paid-in", "deposited");
        await using var later = SqliteJournalStore.Open(new SqliteJournalOptions { File = JournalPath, Types = types });
        await later.WriteAsync(Id, [new AtomicEvents(2, [new Deposited(2)])]);

        Assert.Equal([new Deposited(1), new Deposited(2)], (await later.ReadAsync(Id, 1, 9, 9)).Select(stored => stored.Payload));
        Assert.Equal("deposited\npaid-in", Sqlite3(JournalPath, "SELECT manifest FROM event ORDER BY sequence_nr"));
    }

    [Fact]
    public void A_manifest_or_type_registered_twice_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SampleEvents.Types.Add<Deposited>("again"));
        Assert.Throws<ArgumentException>(() => SampleEvents.Types.Add<NotRegistered>("deposited"));
        Assert.Throws<ArgumentException>(() => SampleEvents.Types.Add<NotRegistered>("new", "renamed"));
        Assert.Throws<ArgumentException>(() => SampleEvents.Types.Add<NotRegistered>(" "));
    }

    [Fact]
    public async Task A_full_journal_fails_writes_keeps_what_it_has_and_works_again_when_there_is_room()
    {
        await using var store = SqliteJournalStore.Open(SampleEvents.Options(JournalPath) with { MaxPages = 32 });
        var stored = 0L;
        var big = new Renamed(new string('x', 4_000), []);

        var failure = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            for (; stored < 1_000; stored++)
            {
                await store.WriteAsync(Id, [new AtomicEvents(stored + 1, [big])]);
            }
        });

        Assert.Contains("disk is full", failure.Message, StringComparison.Ordinal);
        Assert.InRange(stored, 5, 32);
        Assert.Equal(stored, (await store.ReadAsync(Id, 1, long.MaxValue, 1_000)).Count);
        await store.DeleteEventsAsync(Id, stored);
        await store.WriteAsync(Id, [new AtomicEvents(stored + 1, [big])]);
        Assert.Equal(stored + 1, await store.ReadHighestSequenceNrAsync(Id));
    }

    [Fact]
    public async Task A_closed_store_finishes_what_was_asked_before_and_fails_what_comes_after()
    {
        var store = Open();
        var writes = Enumerable.Range(0, 50).Select(i => store.WriteAsync($"id-{i}", [new AtomicEvents(1, [new Deposited(i)])])).ToArray();

        await store.DisposeAsync();

        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.ReadHighestSequenceNrAsync(Id));
        Assert.Equal(["journal.db"], _folder.Names);
    }

    public static TheoryData<string, byte[]?> Damages =>
        new()
        {
            {
                "no database at all",
                "this is no database, but it is longer than a header of one hundred bytes would be, so SQLite has to look at it."u8.ToArray()
            },
            { "pages overwritten", null },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_file_is_refused_by_name_with_the_remedy_and_left_untouched(string kind, byte[]? content)
    {
        var damaged = await DamageAsync(content);

        var failure = Assert.Throws<StorageDamagedException>(() => Open());

        Assert.Equal(JournalPath, failure.File);
        Assert.Contains(JournalPath, failure.Message, StringComparison.Ordinal);
        Assert.Contains("restore the file from a backup", failure.Message, StringComparison.Ordinal);
        Assert.True(damaged.SequenceEqual(File.ReadAllBytes(JournalPath)), kind);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_file_is_kept_aside_on_request_and_an_empty_journal_begins(string kind, byte[]? content)
    {
        var damaged = await DamageAsync(content);

        await using var store = SqliteJournalStore.Open(SampleEvents.Options(JournalPath) with { SetAsideDamagedFile = true });

        Assert.NotNull(store.SetAside);
        Assert.True(damaged.SequenceEqual(File.ReadAllBytes(store.SetAside)), kind);
        await store.WriteAsync(Id, [new AtomicEvents(1, [new Deposited(1)])]);
        Assert.Equal("ok", Sqlite3(JournalPath, "PRAGMA integrity_check"));
    }

    [Fact]
    public void A_database_of_something_else_is_refused()
    {
        Sqlite3(JournalPath, "CREATE TABLE recipe (name TEXT)");

        Assert.Contains("not a journal", Assert.Throws<StorageDamagedException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_a_newer_version_is_refused_even_when_damaged_files_may_be_set_aside()
    {
        await Open().DisposeAsync();
        Sqlite3(JournalPath, "PRAGMA user_version = 2");

        var failure = Assert.Throws<StorageException>(() =>
            SqliteJournalStore.Open(SampleEvents.Options(JournalPath) with { SetAsideDamagedFile = true })
        );

        Assert.Contains("newer version (schema 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder.File("occupied"), "");

        var failure = Assert.Throws<StorageException>(() =>
            SqliteJournalStore.Open(SampleEvents.Options(_folder.File("occupied/journal.db")))
        );

        Assert.Contains("occupied/journal.db", failure.Message, StringComparison.Ordinal);
    }

    private SqliteJournalStore Open() => SqliteJournalStore.Open(SampleEvents.Options(JournalPath));

    /// <summary>Makes a file of that content, or a journal whose pages after the first are overwritten.</summary>
    private async Task<byte[]> DamageAsync(byte[]? content)
    {
        if (content is null)
        {
            await using (var store = Open())
            {
                await store.WriteAsync(Id, [new AtomicEvents(1, [.. Enumerable.Range(0, 500).Select(i => new Deposited(i))])]);
            }

            content = await File.ReadAllBytesAsync(JournalPath);
            new Random(4).NextBytes(content.AsSpan(4096));
        }

        await File.WriteAllBytesAsync(JournalPath, content);
        return content;
    }

    /// <summary>Takes the file's write lock as another process would, until disposed.</summary>
    private SqliteConnection HoldWriteLock()
    {
        var connection = new SqliteConnection($"Data Source={JournalPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Counts the frames of the write-ahead log that end a transaction (https://www.sqlite.org/fileformat2.html#walformat).</summary>
    private long CommitsInWal()
    {
        const int HeaderSize = 32;
        const int FrameSize = 24 + 4096;
        using var file = new FileStream(JournalPath + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var wal = new byte[file.Length];
        file.ReadExactly(wal);
        var commits = 0;
        for (var frame = HeaderSize; frame + FrameSize <= wal.Length; frame += FrameSize)
        {
            commits += BinaryPrimitives.ReadUInt32BigEndian(wal.AsSpan(frame + 4)) != 0 ? 1 : 0;
        }

        return commits;
    }

    private static string Sqlite3(params string[] arguments) => SqliteShell.Run(arguments);
}
