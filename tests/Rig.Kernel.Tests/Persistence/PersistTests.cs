using Akka.Actor;
using Akka.Persistence;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>What Persist and its kin promise about order, waiting and failure.</summary>
public sealed class PersistTests : IAsyncLifetime
{
    private readonly GatedJournalStore _store;
    private readonly PersistentSystem _system;
    private readonly Script _script = new("actor-1");

    public PersistTests() => _system = PersistentSystem.Gated(out _store);

    private Transcript Transcript => _script.Transcript;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Commands_wait_until_the_handlers_of_persisted_events_have_run()
    {
        var actor = await StartedAsync();
        _store.Close();
        actor.Do(self => self.PersistEach(1, 2));
        actor.Say("a");
        actor.Say("b");
        await _store.Arrived.Task;
        Transcript.ExpectNothing();

        _store.Open();

        await Transcript.ExpectAsync("durable 1 as 1", "durable 2 as 2", "command a", "command b");
    }

    [Fact]
    public async Task Commands_keep_their_order_when_several_of_them_persist()
    {
        var actor = await StartedAsync();
        _store.Close();
        actor.Do(self => self.PersistEach(1));
        actor.Do(self => self.PersistEach(2));
        actor.Say("a");
        actor.Do(self => self.PersistTogether(3, 4));
        actor.Say("b");
        await _store.Arrived.Task;

        _store.Open();

        await Transcript.ExpectAsync("durable 1 as 1", "durable 2 as 2", "command a", "durable 3 as 3", "durable 4 as 4", "command b");
    }

    [Fact]
    public async Task An_event_persisted_in_a_handler_is_durable_before_the_next_command()
    {
        var actor = await StartedAsync();
        actor.Do(self =>
            self.Persist(
                new Deposited(1),
                _ =>
                {
                    self.Note("outer");
                    self.PersistEach(2);
                }
            )
        );
        actor.Say("a");

        await Transcript.ExpectAsync("outer", "durable 2 as 2", "command a");
    }

    [Fact]
    public async Task PersistAsync_lets_commands_through_and_keeps_its_handlers_in_order()
    {
        var actor = await StartedAsync();
        _store.Close();
        actor.Do(self => self.PersistAsync(new Deposited(1), _ => self.Note("durable 1")));
        actor.Do(self => self.PersistAllAsync([new Deposited(2), new Deposited(3)], deposited => self.Note($"durable {deposited.Amount}")));
        actor.Say("a");
        await Transcript.ExpectAsync("command a");

        _store.Open();

        await Transcript.ExpectAsync("durable 1", "durable 2", "durable 3");
    }

    [Fact]
    public async Task A_Persist_in_the_handler_of_a_PersistAsync_holds_the_next_command()
    {
        var actor = await StartedAsync();
        actor.Do(self =>
            self.PersistAsync(
                new Deposited(1),
                _ =>
                {
                    self.PersistEach(2);
                    actor.Say("a");
                }
            )
        );

        await Transcript.ExpectAsync("durable 2 as 2", "command a");
    }

    [Fact]
    public async Task DeferAsync_runs_after_the_events_before_it_and_before_those_after_it()
    {
        var actor = await StartedAsync();
        actor.Do(self =>
        {
            self.DeferAsync("first", line => self.Note($"deferred {line}"));
            self.PersistEach(1);
            self.DeferAsync("second", line => self.Note($"deferred {line}"));
            self.PersistEach(2);
            self.Note("end of script");
        });
        actor.Say("a");

        await Transcript.ExpectAsync("deferred first", "end of script", "durable 1 as 1", "deferred second", "durable 2 as 2", "command a");
    }

    [Fact]
    public async Task PersistAll_of_nothing_holds_nothing()
    {
        var actor = await StartedAsync();
        actor.Do(self => self.PersistTogether());
        actor.Say("a");

        await Transcript.ExpectAsync("command a");
    }

    [Fact]
    public async Task A_handler_sees_the_sender_of_its_command()
    {
        var actor = await StartedAsync();
        Action<ScriptedActor> command = self => self.Persist(new Deposited(1), _ => self.CommandSender.Tell("stored", ActorRefs.NoSender));

        Assert.Equal("stored", await actor.Ask<string>(command, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_command_whose_task_persists_holds_the_next_until_task_and_handlers_are_done()
    {
        var actor = await StartedAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Do(self =>
            self.RunAsync(async () =>
            {
                self.PersistEach(1);
                await release.Task;
                self.Note("task goes on");
                self.PersistEach(2);
            })
        );
        actor.Say("a");
        release.SetResult();

        await Transcript.ExpectAsync("task goes on", "durable 1 as 1", "durable 2 as 2", "command a");
    }

    [Fact]
    public async Task A_failing_task_restarts_the_actor_and_no_waiting_command_is_lost()
    {
        var actor = await StartedAsync();
        actor.Do(self =>
            self.RunAsync(async () =>
            {
                await Task.Yield();
                throw new InvalidOperationException("task broke");
            })
        );
        actor.Say("a");

        await Transcript.ExpectAsync("restart at script: task broke", "recover completed", "command a");
    }

    [Fact]
    public async Task A_failing_handler_restarts_the_actor_which_recovers_the_event_and_takes_the_waiting_commands()
    {
        var actor = await StartedAsync();
        _store.Close();
        actor.Do(self => self.Persist(new Deposited(1), _ => throw new InvalidOperationException("handler broke")));
        actor.Say("a");
        actor.Say("b");
        await _store.Arrived.Task;
        _store.Open();

        await Transcript.ExpectAsync("restart at 1: handler broke", "recover 1", "recover completed", "command a", "command b");
    }

    [Fact]
    public async Task A_command_that_fails_after_Persist_still_leaves_its_event()
    {
        var actor = await StartedAsync();
        actor.Do(self =>
        {
            self.PersistEach(1);
            throw new InvalidOperationException("command broke");
        });
        actor.Say("a");

        await Transcript.ExpectAsync("restart at script: command broke", "recover 1", "recover completed", "command a");
    }

    [Fact]
    public async Task Answers_to_the_former_instance_do_not_disturb_the_next()
    {
        var actor = await StartedAsync();
        _store.Close();
        actor.Do(self =>
        {
            self.PersistAsync(new Deposited(1), _ => self.Note("handler of the former instance"));
            throw new InvalidOperationException("command broke");
        });
        await Transcript.ExpectAsync("restart at script: command broke");
        _store.Open();
        await Transcript.ExpectAsync("recover 1", "recover completed");
        actor.Do(self => self.PersistEach(2));

        await Transcript.ExpectAsync("durable 2 as 2");
    }

    [Fact]
    public async Task A_number_taken_by_another_actor_of_the_same_id_fails_the_persist_and_stops_the_actor()
    {
        var actor = await StartedAsync();
        var twin = new Script(_script.PersistenceId);
        var second = _system.Start(twin);
        await twin.Transcript.ExpectAsync("recover completed");
        actor.Do(self => self.PersistEach(1));
        await Transcript.ExpectAsync("durable 1 as 1");

        second.Do(self => self.PersistEach(100, 101));
        second.Say("never processed");

        await twin.Transcript.ExpectAsync("failed 100 as 1: InvalidOperationException");
        await _system.ExpectStoppedAsync(second);
        twin.Transcript.ExpectNothing();
    }

    [Fact]
    public async Task Persisting_is_refused_during_recovery_and_allowed_when_it_is_completed()
    {
        var actor = await StartedAsync();
        actor.Do(self => self.PersistEach(1));
        await Transcript.ExpectAsync("durable 1 as 1");
        await PersistentSystem.StopAsync(actor);
        var again = new Script(_script.PersistenceId) { OnRecover = TryPersist };

        _system.Start(again).Say("a");

        await again.Transcript.ExpectAsync("recover 1", "refused", "recover completed", "durable 9 as 2", "command a");

        static void TryPersist(ScriptedActor self, object message)
        {
            if (message is RecoveryCompleted)
            {
                self.PersistEach(9);
                return;
            }

            Assert.True(self.IsRecovering);
            Assert.Throws<InvalidOperationException>(() => self.PersistEach(9));
            self.Note("refused");
        }
    }

    [Fact]
    public async Task The_actors_own_stash_works_beside_the_one_for_waiting_commands()
    {
        var actor = await StartedAsync();
        actor.Do(self =>
        {
            if (self.LastSequenceNr == 0)
            {
                self.Stash.Stash();
                return;
            }

            self.Note("unstashed script");
        });
        actor.Do(self =>
            self.Persist(
                new Deposited(1),
                _ =>
                {
                    self.Note("durable");
                    self.Stash.UnstashAll();
                }
            )
        );

        await Transcript.ExpectAsync("durable", "unstashed script");
    }

    [Fact]
    public async Task The_end_of_a_watched_actor_waits_like_a_command_and_is_not_lost()
    {
        var actor = await StartedAsync();
        var child = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Do(self => child.SetResult(self.StartWatchedChild()));
        _store.Close();
        actor.Do(self => self.PersistEach(1));
        await _store.Arrived.Task;
        await PersistentSystem.StopAsync(await child.Task);
        // The kernel answers these itself. With the first it has seen the child's end, with the second the actor has been told of it.
        await actor.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(20));
        await actor.Ask<ActorIdentity>(new Identify(2), TimeSpan.FromSeconds(20));

        _store.Open();

        await Transcript.ExpectAsync("durable 1 as 1", "Terminated");
    }

    private async Task<IActorRef> StartedAsync()
    {
        var actor = _system.Start(_script);
        await Transcript.ExpectAsync("recover completed");
        return actor;
    }
}
