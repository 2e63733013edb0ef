using Akka.Actor;
using Akka.Persistence;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>A persistent actor as one would write it: state from events, snapshots, answers once durable. Ignores its snapshots when told to.</summary>
internal sealed class Account : ReceivePersistentActor
{
    private long _sum;
    private int _count;

    public Account(string id, bool takesSnapshots = false)
    {
        PersistenceId = id;
        if (takesSnapshots)
        {
            Recover<SnapshotOffer>(offer => (_sum, _count) = (Balance)offer.Snapshot);
        }

        Recover<Deposited>(Apply);
        Command<Deposited>(
            deposited => Sender.Tell(new Status.Failure(new InvalidOperationException("negative")), Self),
            deposited => deposited.Amount < 0
        );
        Command<Deposited>(command => Persist(command, Acknowledge));
        Command<Deposited[]>(commands =>
        {
            var last = commands.Length;
            PersistAll(commands, deposited => AcknowledgeLast(deposited, --last == 0));
        });
        CommandAsync<DepositLater>(async command =>
        {
            var amount = await command.Amount;
            Persist(new Deposited(amount), Acknowledge);
        });
        Command<Query>(_ => Sender.Tell(new Balance(_sum, _count), Self));
        Command<Snap>(_ =>
        {
            SaveSnapshot(new Balance(_sum, _count));
            var asker = Sender;
            BecomeStacked(() =>
            {
                Command<SaveSnapshotSuccess>(_ => EndOfRequest(asker));
                CommandAny(_ => Stash.Stash());
            });
        });
        Command<Prune>(prune =>
        {
            DeleteMessages(Math.Min(prune.To, LastSequenceNr));
            var asker = Sender;
            BecomeStacked(() =>
            {
                Command<DeleteMessagesSuccess>(_ => EndOfRequest(asker));
                CommandAny(_ => Stash.Stash());
            });
        });
    }

    public override string PersistenceId { get; }

    private void Apply(Deposited deposited)
    {
        _sum += deposited.Amount;
        _count++;
    }

    private void Acknowledge(Deposited deposited) => AcknowledgeLast(deposited, isLast: true);

    private void AcknowledgeLast(Deposited deposited, bool isLast)
    {
        Apply(deposited);
        if (isLast)
        {
            Sender.Tell(LastSequenceNr, Self);
        }
    }

    private void EndOfRequest(IActorRef asker)
    {
        asker.Tell(LastSequenceNr, Self);
        UnbecomeStacked();
        Stash.UnstashAll();
    }

    internal sealed record Query
    {
        public static Query Instance { get; } = new();
    }

    internal sealed record Snap;

    internal sealed record Prune(long To);

    internal sealed record DepositLater(Task<int> Amount);
}
