using Akka.Persistence;
using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>What every journal store promises; run against each of them.</summary>
public abstract class JournalStoreContract
{
    private const string Id = "session-1";
    private static readonly DateTime Noon = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    private protected abstract IJournalStore Store { get; }

    [Fact]
    public async Task An_id_that_never_wrote_has_no_events_no_snapshot_and_number_0()
    {
        Assert.Empty(await Store.ReadAsync(Id, 1, long.MaxValue, 10));
        Assert.Null(await Store.LoadSnapshotAsync(Id, SnapshotSelectionCriteria.Latest));
        Assert.Equal(0, await Store.ReadHighestSequenceNrAsync(Id));
    }

    [Fact]
    public async Task Events_come_back_as_they_were_in_the_order_of_their_numbers()
    {
        var renamed = new Renamed("Ä \u0000 '; DROP TABLE event; --", ["x", ""]);
        await WriteAsync(1, new Deposited(5), renamed, new Deposited(-7));

        var events = await Store.ReadAsync(Id, 1, long.MaxValue, 10);

        Assert.Equal([1L, 2L, 3L], events.Select(stored => stored.SequenceNr));
        Assert.Equal(new Deposited(5), events[0].Payload);
        Assert.Equivalent(renamed, events[1].Payload, strict: true);
        Assert.Equal(new Deposited(-7), events[2].Payload);
    }

    [Theory]
    [InlineData(1, 10, 100, new[] { 1L, 2, 3, 4, 5 })]
    [InlineData(2, 4, 100, new[] { 2L, 3, 4 })]
    [InlineData(2, long.MaxValue, 2, new[] { 2L, 3 })]
    [InlineData(6, long.MaxValue, 100, new long[0])]
    [InlineData(4, 3, 100, new long[0])]
    [InlineData(5, 5, 1, new[] { 5L })]
    public async Task A_read_takes_both_ends_and_stops_at_its_limit(long from, long to, int limit, long[] expected)
    {
        await WriteAsync(1, Deposits(5));

        Assert.Equal(expected, (await Store.ReadAsync(Id, from, to, limit)).Select(stored => stored.SequenceNr));
    }

    [Fact]
    public async Task Several_atomic_writes_of_one_request_are_all_stored()
    {
        var results = await Store.WriteAsync(
            Id,
            [new AtomicEvents(1, [new Deposited(1)]), new AtomicEvents(2, Deposits(3)), new AtomicEvents(5, [new Deposited(9)])]
        );

        Assert.Equal([null, null, null], results);
        Assert.Equal(5, (await Store.ReadAsync(Id, 1, long.MaxValue, 10)).Count);
    }

    [Fact]
    public async Task A_number_that_is_taken_fails_the_whole_request_and_changes_nothing()
    {
        await WriteAsync(1, Deposits(2));

        await Assert.ThrowsAnyAsync<Exception>(() => Store.WriteAsync(Id, [new AtomicEvents(2, [new Deposited(50), new Deposited(51)])]));

        Assert.Equal(
            [new Deposited(1), new Deposited(2)],
            (await Store.ReadAsync(Id, 1, long.MaxValue, 10)).Select(stored => stored.Payload)
        );
        Assert.Equal(2, await Store.ReadHighestSequenceNrAsync(Id));
    }

    [Fact]
    public async Task A_read_sees_the_writes_asked_for_before_it()
    {
        var write = WriteAsync(1, Deposits(3));
        var highest = Store.ReadHighestSequenceNrAsync(Id);
        var deletion = Store.DeleteEventsAsync(Id, 1);
        var events = Store.ReadAsync(Id, 1, long.MaxValue, 10);

        Assert.Equal(3, await highest);
        Assert.Equal([2L, 3L], (await events).Select(stored => stored.SequenceNr));
        await Task.WhenAll(write, deletion);
    }

    [Theory]
    [InlineData(0, new[] { 1L, 2, 3 })]
    [InlineData(2, new[] { 3L })]
    [InlineData(3, new long[0])]
    [InlineData(long.MaxValue, new long[0])]
    public async Task Deleting_takes_the_events_but_not_their_numbers(long to, long[] left)
    {
        await WriteAsync(1, Deposits(3));

        await Store.DeleteEventsAsync(Id, to);

        Assert.Equal(left, (await Store.ReadAsync(Id, 1, long.MaxValue, 10)).Select(stored => stored.SequenceNr));
        Assert.Equal(3, await Store.ReadHighestSequenceNrAsync(Id));
    }

    [Fact]
    public async Task Ids_do_not_see_each_other()
    {
        await WriteAsync(1, Deposits(3));
        await Store.WriteAsync("other", [new AtomicEvents(1, [new Deposited(100)])]);
        await Store.SaveSnapshotAsync(new SnapshotMetadata(Id, 3, Noon), new Balance(6, 3));

        await Store.DeleteEventsAsync("other", long.MaxValue);
        await Store.DeleteSnapshotsAsync("other", SnapshotSelectionCriteria.Latest);

        Assert.Equal(3, (await Store.ReadAsync(Id, 1, long.MaxValue, 10)).Count);
        Assert.NotNull(await Store.LoadSnapshotAsync(Id, SnapshotSelectionCriteria.Latest));
        Assert.Null(await Store.LoadSnapshotAsync("other", SnapshotSelectionCriteria.Latest));
    }

    public static TheoryData<SnapshotSelectionCriteria, long> Selections =>
        new()
        {
            { SnapshotSelectionCriteria.Latest, 30 },
            { SnapshotSelectionCriteria.None, 0 },
            { new SnapshotSelectionCriteria(29), 20 },
            { new SnapshotSelectionCriteria(20), 20 },
            { new SnapshotSelectionCriteria(9), 0 },
            { new SnapshotSelectionCriteria(long.MaxValue, Noon.AddMinutes(1)), 10 },
            { new SnapshotSelectionCriteria(long.MaxValue, Noon.AddMinutes(2).AddTicks(-1)), 10 },
            { new SnapshotSelectionCriteria(29, DateTime.MaxValue, 21), 0 },
            { new SnapshotSelectionCriteria(29, DateTime.MaxValue, 15, Noon.AddMinutes(2)), 20 },
        };

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task The_newest_snapshot_that_meets_the_criteria_is_loaded(SnapshotSelectionCriteria criteria, long expected)
    {
        await SaveThreeSnapshotsAsync();

        var selected = await Store.LoadSnapshotAsync(Id, criteria);

        Assert.Equal(expected, selected?.Metadata.SequenceNr ?? 0);
        Assert.Equal(expected == 0 ? null : new Balance(expected, 1), selected?.Snapshot);
        Assert.Equal(expected == 0 ? null : new SnapshotMetadata(Id, expected, Noon.AddMinutes(expected / 10)), selected?.Metadata);
    }

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task Deleting_snapshots_takes_exactly_those_that_meet_the_criteria(SnapshotSelectionCriteria criteria, long newestMatch)
    {
        await SaveThreeSnapshotsAsync();

        await Store.DeleteSnapshotsAsync(Id, criteria);

        Assert.Null(await Store.LoadSnapshotAsync(Id, criteria));
        var newestLeft = (await Store.LoadSnapshotAsync(Id, SnapshotSelectionCriteria.Latest))?.Metadata.SequenceNr ?? 0;
        Assert.Equal(criteria == SnapshotSelectionCriteria.Latest ? 0 : 30, newestLeft);
        Assert.True(newestMatch is 0 or 30 || newestLeft == 30);
    }

    [Fact]
    public async Task A_second_snapshot_of_the_same_number_replaces_the_first()
    {
        await Store.SaveSnapshotAsync(new SnapshotMetadata(Id, 4, Noon), new Balance(1, 1));
        await Store.SaveSnapshotAsync(new SnapshotMetadata(Id, 4, Noon.AddSeconds(1)), new Balance(2, 2));

        Assert.Equal(
            new SelectedSnapshot(new SnapshotMetadata(Id, 4, Noon.AddSeconds(1)), new Balance(2, 2)),
            await Store.LoadSnapshotAsync(Id, SnapshotSelectionCriteria.Latest)
        );
    }

    private async Task SaveThreeSnapshotsAsync()
    {
        foreach (var number in (long[])[10, 20, 30])
        {
            await Store.SaveSnapshotAsync(new SnapshotMetadata(Id, number, Noon.AddMinutes(number / 10)), new Balance(number, 1));
        }
    }

    private Task<IReadOnlyList<Exception?>> WriteAsync(long first, params object[] events) =>
        Store.WriteAsync(Id, [new AtomicEvents(first, events)]);

    private static object[] Deposits(int count) => [.. Enumerable.Range(1, count).Select(amount => new Deposited(amount))];
}

public sealed class MemoryJournalStoreTests : JournalStoreContract
{
    private protected override IJournalStore Store { get; } = new MemoryJournalStore();
}

public sealed class SqliteJournalStoreTests : JournalStoreContract, IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();

    public SqliteJournalStoreTests() => Store = SqliteJournalStore.Open(SampleEvents.Options(_folder.File("journal.db")));

    private protected override IJournalStore Store { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Store.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}
