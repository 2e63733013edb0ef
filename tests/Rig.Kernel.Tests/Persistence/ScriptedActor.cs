using Akka.Actor;
using Akka.Persistence;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>What a <see cref="ScriptedActor"/> is and where it writes.</summary>
internal sealed record Script(string PersistenceId)
{
    public Transcript Transcript { get; } = new();

    public Recovery Recovery { get; init; } = Recovery.Default;

    /// <summary>Called for each recovery message after it is noted.</summary>
    public Action<ScriptedActor, object>? OnRecover { get; init; }
}

/// <summary>
/// A persistent actor that does what it is told: a command is a function of the actor, or a string to note down. Everything that
/// happens to it goes to the transcript.
/// </summary>
internal sealed class ScriptedActor(Script script) : UntypedPersistentActor
{
    public override string PersistenceId => script.PersistenceId;

    public override Recovery Recovery => script.Recovery;

    public IActorRef CommandSender => Sender;

    public void Note(string line) => script.Transcript.Add(line);

    /// <summary>Persists numbers one by one; notes each when it is durable.</summary>
    public void PersistEach(params int[] amounts)
    {
        foreach (var amount in amounts)
        {
            Persist(new Deposited(amount), deposited => Note($"durable {deposited.Amount} as {LastSequenceNr}"));
        }
    }

    public void PersistTogether(params int[] amounts) =>
        PersistAll(amounts.Select(amount => new Deposited(amount)), deposited => Note($"durable {deposited.Amount} as {LastSequenceNr}"));

    /// <summary>Starts a child and watches it.</summary>
    public IActorRef StartWatchedChild() => Context.Watch(Context.ActorOf(Props.Create(() => new Child())));

    public void RunAsync(Func<Task> work) => RunTask(work);

    protected override void OnCommand(object message)
    {
        if (message is Action<ScriptedActor> action)
        {
            action(this);
            return;
        }

        Note(message is string line ? $"command {line}" : Describe(message));
    }

    protected override void OnRecover(object message)
    {
        Note($"recover {Describe(message)}");
        script.OnRecover?.Invoke(this, message);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Note($"failed {Describe(@event)} as {sequenceNr}: {cause.GetType().Name}");

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Note($"rejected {Describe(@event)} as {sequenceNr}: {cause.GetType().Name}");

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Note($"recovery failed at {(message is null ? "no event" : Describe(message))}: {reason.GetType().Name}");

    protected override void PreRestart(Exception reason, object? message)
    {
        Note($"restart at {(message is null ? "nothing" : Describe(message))}: {reason.Message}");
        base.PreRestart(reason, message);
    }

    private static string Describe(object message) =>
        message switch
        {
            Deposited deposited => $"{deposited.Amount}",
            Balance balance => $"balance {balance.Sum}",
            SnapshotOffer offer => $"offer of {Describe(offer.Snapshot)} at {offer.Metadata.SequenceNr}",
            RecoveryCompleted => "completed",
            SaveSnapshotSuccess saved => $"saved at {saved.Metadata.SequenceNr}",
            SaveSnapshotFailure failure => $"not saved at {failure.Metadata.SequenceNr}: {failure.Cause.GetType().Name}",
            DeleteMessagesSuccess deleted => $"deleted to {deleted.ToSequenceNr}",
            DeleteMessagesFailure failure => $"not deleted to {failure.ToSequenceNr}",
            DeleteSnapshotSuccess deleted => $"deleted snapshot {deleted.Metadata.SequenceNr}",
            DeleteSnapshotsSuccess deleted => $"deleted snapshots to {deleted.Criteria.MaxSequenceNr}",
            string text => text,
            Action<ScriptedActor> => "script",
            _ => message.GetType().Name,
        };

    private sealed class Child : ReceiveActor;
}
