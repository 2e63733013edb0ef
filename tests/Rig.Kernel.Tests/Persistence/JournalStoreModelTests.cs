using Akka.Persistence;
using FsCheck;
using FsCheck.Fluent;
using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>Any sequence of requests, with the store closed and opened in between, leaves the SQLite store as it leaves the one in memory.</summary>
public sealed class JournalStoreModelTests
{
    private const int Runs = 40;
    private static readonly string[] Ids = ["a", "b"];
    private static readonly DateTime Start = new(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc);

    public abstract record Request(string Id)
    {
        public sealed record Write(string Id, int Count) : Request(Id);

        public sealed record Delete(string Id, int To) : Request(Id);

        public sealed record Snapshot(string Id, int Nr, int Minute) : Request(Id);

        public sealed record DeleteSnapshots(string Id, int MinNr, int MaxNr, int MaxMinute) : Request(Id);

        public sealed record Reopen() : Request("");
    }

    [Fact]
    public void Any_sequence_of_requests_and_restarts_leaves_what_the_model_has()
    {
        var small = Gen.Choose(0, 12);
        var request =
            from id in Gen.Elements(Ids)
            from kind in Gen.Frequency(
                (6, Gen.Constant(0)),
                (2, Gen.Constant(1)),
                (2, Gen.Constant(2)),
                (1, Gen.Constant(3)),
                (1, Gen.Constant(4))
            )
            from x in small
            from y in small
            from z in small
            select kind switch
            {
                0 => new Request.Write(id, 1 + x / 3),
                1 => new Request.Delete(id, x),
                2 => new Request.Snapshot(id, x, y),
                3 => new Request.DeleteSnapshots(id, x, y, z),
                _ => (Request)new Request.Reopen(),
            };

        Prop.ForAll(Arb.From(Gen.ListOf(request)), requests => AgreeAsync(requests))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(40));
    }

    private static async Task AgreeAsync(IEnumerable<Request> requests)
    {
        using var folder = new TempFolder();
        var options = SampleEvents.Options(folder.File("journal.db"));
        var model = new MemoryJournalStore();
        var store = SqliteJournalStore.Open(options);
        try
        {
            foreach (var request in requests)
            {
                if (request is Request.Reopen)
                {
                    await store.DisposeAsync();
                    store = SqliteJournalStore.Open(options);
                }
                else
                {
                    await ApplyAsync(model, request);
                    await ApplyAsync(store, request);
                }
            }

            foreach (var id in Ids)
            {
                Assert.Equal(await DescribeAsync(model, id), await DescribeAsync(store, id));
            }
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task ApplyAsync(IJournalStore store, Request request)
    {
        switch (request)
        {
            case Request.Write(var id, var count):
                var first = await store.ReadHighestSequenceNrAsync(id) + 1;
                await store.WriteAsync(
                    id,
                    [new AtomicEvents(first, [.. Enumerable.Range(0, count).Select(i => new Deposited((int)first + i))])]
                );
                break;
            case Request.Delete(var id, var to):
                await store.DeleteEventsAsync(id, to);
                break;
            case Request.Snapshot(var id, var nr, var minute):
                await store.SaveSnapshotAsync(new SnapshotMetadata(id, nr, Start.AddMinutes(minute)), new Balance(nr, minute));
                break;
            case Request.DeleteSnapshots(var id, var min, var max, var minute):
                await store.DeleteSnapshotsAsync(id, new SnapshotSelectionCriteria(max, Start.AddMinutes(minute), min));
                break;
        }
    }

    private static async Task<string> DescribeAsync(IJournalStore store, string id)
    {
        var events = await store.ReadAsync(id, 0, long.MaxValue, 10_000);
        var snapshots = new List<SelectedSnapshot?>();
        for (var nr = 0; nr <= 12; nr++)
        {
            snapshots.Add(await store.LoadSnapshotAsync(id, new SnapshotSelectionCriteria(nr, DateTime.MaxValue, nr)));
        }

        return $"highest {await store.ReadHighestSequenceNrAsync(id)}; {string.Join(' ', events)}; {string.Join(' ', snapshots)}";
    }
}
