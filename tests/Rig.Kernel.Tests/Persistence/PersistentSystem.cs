using Akka.Actor;
using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>An actor system with a journal, as the file that creates the system would make it.</summary>
internal sealed class PersistentSystem : IAsyncDisposable
{
    private readonly IAsyncDisposable? _journal;

    private PersistentSystem(Func<ActorSystem, IAsyncDisposable?> attach)
    {
        System = ActorSystem.Create("persistent");
        _journal = attach(System);
    }

    public ActorSystem System { get; }

    public static PersistentSystem InMemory() => new(_ => null);

    public static PersistentSystem On(SqliteJournalOptions options) => new(system => SqlitePersistence.Attach(system, options));

    /// <summary>On a store in memory whose gate the test opens and closes.</summary>
    public static PersistentSystem Gated(out GatedJournalStore store)
    {
        var gated = store = new GatedJournalStore();
        return new PersistentSystem(system =>
        {
            Akka.Persistence.Persistence.Instance.Apply(system).Attach(gated);
            return gated;
        });
    }

    public IActorRef Start(Script script) => System.ActorOf(Props.Create(() => new ScriptedActor(script)));

    /// <summary>Stops an actor and waits until it has gone.</summary>
    public static async Task StopAsync(IActorRef actor) => Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(20)));

    /// <summary>Waits until an actor has stopped by itself.</summary>
    public async Task ExpectStoppedAsync(IActorRef actor)
    {
        var stopped = new TaskCompletionSource();
        System.ActorOf(Props.Create(() => new Watcher(actor, stopped)));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
        }
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef watched, TaskCompletionSource stopped)
        {
            Context.Watch(watched);
            Receive<Terminated>(_ => stopped.TrySetResult());
        }
    }
}

internal static class ScriptedActorRefs
{
    /// <summary>Sends a script.</summary>
    public static void Do(this IActorRef actor, Action<ScriptedActor> script) => actor.Tell(script, ActorRefs.NoSender);

    /// <summary>Sends a line to note.</summary>
    public static void Say(this IActorRef actor, string line) => actor.Tell(line, ActorRefs.NoSender);
}
