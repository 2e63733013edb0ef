using Akka.Actor;
using Akka.Persistence;
using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>What an actor gets back after its system was restarted on the same file, and what happens when that fails.</summary>
public sealed class RecoveryTests : IDisposable
{
    private const string Id = "actor-1";
    private readonly TempFolder _folder = new();

    private SqliteJournalOptions Options => SampleEvents.Options(_folder.File("journal.db"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_come_back_in_order_and_numbers_go_on_after_a_restart_of_the_system()
    {
        await RunAsync(["recover completed"], (self => self.PersistEach(1, 2), ["durable 1 as 1", "durable 2 as 2"]));

        await RunAsync(["recover 1", "recover 2", "recover completed"], (self => self.PersistEach(3), ["durable 3 as 3"]));

        await RunAsync(
            ["recover 1", "recover 2", "recover 3", "recover completed"],
            (self => self.Note($"last {self.LastSequenceNr}"), ["last 3"])
        );
    }

    [Fact]
    public async Task The_latest_snapshot_comes_first_then_the_events_after_it()
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1, 2), ["durable 1 as 1", "durable 2 as 2"]),
            (self => self.SaveSnapshot(new Balance(3, 2)), ["saved at 2"]),
            (self => self.PersistEach(3), ["durable 3 as 3"])
        );

        await RunAsync(["recover offer of balance 3 at 2", "recover 3", "recover completed"]);
    }

    public static TheoryData<Recovery, string[]> Recoveries =>
        new()
        {
            { Recovery.Default, ["recover offer of balance 40 at 4", "recover 5", "recover completed"] },
            { Recovery.None, ["recover completed"] },
            {
                new Recovery(SnapshotSelectionCriteria.None),
                ["recover 1", "recover 2", "recover 3", "recover 4", "recover 5", "recover completed"]
            },
            {
                new Recovery(new SnapshotSelectionCriteria(3)),
                ["recover offer of balance 20 at 2", "recover 3", "recover 4", "recover 5", "recover completed"]
            },
            { new Recovery(SnapshotSelectionCriteria.Latest, 3), ["recover offer of balance 20 at 2", "recover 3", "recover completed"] },
            { new Recovery(SnapshotSelectionCriteria.None, 5, 2), ["recover 1", "recover 2", "recover completed"] },
            { new Recovery(SnapshotSelectionCriteria.None, 1), ["recover 1", "recover completed"] },
        };

    [Theory]
    [MemberData(nameof(Recoveries))]
    public async Task Recovery_starts_and_ends_where_it_is_told_and_numbers_go_on_after_the_last_event_all_the_same(
        Recovery recovery,
        string[] expected
    )
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1, 2), ["durable 1 as 1", "durable 2 as 2"]),
            (self => self.SaveSnapshot(new Balance(20, 2)), ["saved at 2"]),
            (self => self.PersistEach(3, 4), ["durable 3 as 3", "durable 4 as 4"]),
            (self => self.SaveSnapshot(new Balance(40, 4)), ["saved at 4"]),
            (self => self.PersistEach(5), ["durable 5 as 5"])
        );

        await RunAsync(new Script(Id) { Recovery = recovery }, expected, (self => self.PersistEach(6), ["durable 6 as 6"]));
    }

    [Fact]
    public async Task An_actor_that_does_not_take_the_snapshot_gets_every_event()
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1), ["durable 1 as 1"]),
            (self => self.SaveSnapshot(new Balance(1, 1)), ["saved at 1"]),
            (self => self.PersistEach(2), ["durable 2 as 2"])
        );
        await using var system = PersistentSystem.On(Options);

        var actor = system.System.ActorOf(Props.Create(() => new Account(Id)));

        Assert.Equal(3, (await actor.Ask<Balance>(Account.Query.Instance, TimeSpan.FromSeconds(20))).Sum);
    }

    [Fact]
    public async Task More_events_than_the_journal_reads_at_a_time_come_back_whole()
    {
        int[] amounts = [.. Enumerable.Range(1, 700)];
        string[] durable = [.. amounts.Select(amount => $"durable {amount} as {amount}")];
        await RunAsync(["recover completed"], (self => self.PersistTogether(amounts), durable));

        await RunAsync([.. amounts.Select(amount => $"recover {amount}"), "recover completed"]);
    }

    [Fact]
    public async Task Commands_sent_during_recovery_wait_for_its_end_and_keep_their_order()
    {
        await RunAsync(["recover completed"], (self => self.PersistEach(1), ["durable 1 as 1"]));
        await using var system = PersistentSystem.On(Options);
        var script = new Script(Id);

        var actor = system.Start(script);
        actor.Say("a");
        actor.Do(self => self.PersistEach(2));
        actor.Say("b");
        actor.Say("c");

        await script.Transcript.ExpectAsync("recover 1", "recover completed", "command a", "durable 2 as 2", "command b", "command c");
    }

    [Fact]
    public async Task Deleted_events_do_not_come_back_and_their_numbers_are_not_used_again()
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1, 2, 3), ["durable 1 as 1", "durable 2 as 2", "durable 3 as 3"]),
            (self => self.DeleteMessages(2), ["deleted to 2"])
        );
        await RunAsync(
            ["recover 3", "recover completed"],
            (self => self.DeleteMessages(long.MaxValue), ["deleted to 9223372036854775807"])
        );

        await RunAsync(["recover completed"], (self => self.PersistEach(4), ["durable 4 as 4"]));
    }

    [Fact]
    public async Task Events_that_do_not_exist_yet_cannot_be_deleted() =>
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1), ["durable 1 as 1"]),
            (self => self.DeleteMessages(2), ["not deleted to 2"])
        );

    [Fact]
    public async Task Deleted_snapshots_are_not_offered()
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1), ["durable 1 as 1"]),
            (self => self.SaveSnapshot(new Balance(1, 1)), ["saved at 1"]),
            (self => self.PersistEach(2), ["durable 2 as 2"]),
            (self => self.SaveSnapshot(new Balance(2, 2)), ["saved at 2"]),
            (self => self.PersistEach(3), ["durable 3 as 3"]),
            (self => self.SaveSnapshot(new Balance(3, 3)), ["saved at 3"]),
            (self => self.DeleteSnapshot(3), ["deleted snapshot 3"])
        );
        await RunAsync(
            ["recover offer of balance 2 at 2", "recover 3", "recover completed"],
            (self => self.DeleteSnapshots(new SnapshotSelectionCriteria(2)), ["deleted snapshots to 2"])
        );

        await RunAsync(["recover 1", "recover 2", "recover 3", "recover completed"]);
    }

    [Fact]
    public async Task A_rejected_event_is_told_and_the_actor_goes_on_with_the_next_number()
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1), ["durable 1 as 1"]),
            (self => self.Persist(new NotRegistered(2), _ => self.Note("must not run")), ["rejected NotRegistered as 2: PayloadException"]),
            (self => self.PersistEach(3), ["durable 3 as 3"])
        );

        await RunAsync(["recover 1", "recover 3", "recover completed"]);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_stored_is_told_and_the_actor_goes_on() =>
        await RunAsync(
            ["recover completed"],
            (self => self.SaveSnapshot(new NotRegistered(1)), ["not saved at 0: PayloadException"]),
            (self => self.PersistEach(1), ["durable 1 as 1"])
        );

    [Fact]
    public async Task A_full_disk_is_told_with_the_event_and_stops_the_actor()
    {
        await using var system = PersistentSystem.On(Options with { MaxPages = 32 });
        var script = new Script(Id);
        var actor = system.Start(script);
        await script.Transcript.ExpectAsync("recover completed");
        var big = new Renamed(new string('x', 500_000), []);

        actor.Do(self => self.PersistEach(1));
        actor.Do(self => self.Persist(big, _ => self.Note("must not run")));
        actor.Say("never processed");

        await script.Transcript.ExpectAsync("durable 1 as 1", "failed Renamed as 2: StorageException");
        await system.ExpectStoppedAsync(actor);
        script.Transcript.ExpectNothing();
        var next = new Script(Id);
        system.Start(next);
        await next.Transcript.ExpectAsync("recover 1", "recover completed");
    }

    [Theory]
    [InlineData("UPDATE event SET manifest = 'session-started/9' WHERE sequence_nr = 2")]
    [InlineData("UPDATE event SET payload = '[' WHERE sequence_nr = 2")]
    public async Task An_event_that_cannot_be_understood_fails_the_recovery_and_stops_the_actor(string damage)
    {
        await RunAsync(["recover completed"], (self => self.PersistEach(1, 2), ["durable 1 as 1", "durable 2 as 2"]));
        SqliteShell.Run(Options.File, damage);
        await using var system = PersistentSystem.On(Options);
        var script = new Script(Id);

        var actor = system.Start(script);
        actor.Say("never processed");

        await script.Transcript.ExpectAsync("recovery failed at no event: PayloadException");
        await system.ExpectStoppedAsync(actor);
        script.Transcript.ExpectNothing();
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_understood_fails_the_recovery()
    {
        await RunAsync(
            ["recover completed"],
            (self => self.PersistEach(1), ["durable 1 as 1"]),
            (self => self.SaveSnapshot(new Balance(1, 1)), ["saved at 1"])
        );
        SqliteShell.Run(Options.File, "UPDATE snapshot SET manifest = 'gone'");
        await using var system = PersistentSystem.On(Options);
        var script = new Script(Id);

        var actor = system.Start(script);

        await script.Transcript.ExpectAsync("recovery failed at no event: PayloadException");
        await system.ExpectStoppedAsync(actor);
    }

    [Fact]
    public async Task A_recovery_handler_that_throws_fails_the_recovery_at_its_event_and_stops_the_actor()
    {
        await RunAsync(["recover completed"], (self => self.PersistEach(1, 2, 3), ["durable 1 as 1", "durable 2 as 2", "durable 3 as 3"]));
        await using var system = PersistentSystem.On(Options);
        var script = new Script(Id)
        {
            OnRecover = (_, message) =>
            {
                if (message is Deposited { Amount: 2 })
                {
                    throw new InvalidOperationException("cannot apply");
                }
            },
        };

        var actor = system.Start(script);

        await script.Transcript.ExpectAsync("recover 1", "recover 2", "recovery failed at 2: InvalidOperationException");
        await system.ExpectStoppedAsync(actor);
        script.Transcript.ExpectNothing();
    }

    [Fact]
    public async Task Without_a_journal_of_its_own_a_system_keeps_events_as_long_as_it_lives()
    {
        await using var system = PersistentSystem.InMemory();
        var first = new Script(Id);
        var actor = system.Start(first);
        actor.Do(self => self.PersistEach(1));
        await first.Transcript.ExpectAsync("recover completed", "durable 1 as 1");
        await PersistentSystem.StopAsync(actor);
        var second = new Script(Id);

        system.Start(second);

        await second.Transcript.ExpectAsync("recover 1", "recover completed");
    }

    [Fact]
    public async Task A_second_journal_is_refused()
    {
        await using var system = PersistentSystem.On(Options);

        Assert.Throws<InvalidOperationException>(() =>
            SqlitePersistence.Attach(system.System, SampleEvents.Options(_folder.File("second.db")))
        );
    }

    private Task RunAsync(string[] recovered, params (Action<ScriptedActor> Do, string[] Lines)[] steps) =>
        RunAsync(new Script(Id), recovered, steps);

    /// <summary>Starts a system on the file, waits for the recovery's lines, takes each step and waits for its lines, ends the system.</summary>
    private async Task RunAsync(Script script, string[] recovered, params (Action<ScriptedActor> Do, string[] Lines)[] steps)
    {
        await using var system = PersistentSystem.On(Options);
        var actor = system.Start(script);
        await script.Transcript.ExpectAsync(recovered);
        foreach (var (action, lines) in steps)
        {
            actor.Do(action);
            await script.Transcript.ExpectAsync(lines);
        }

        script.Transcript.ExpectNothing();
    }
}
