using Akka.Actor;
using Akka.Event;
using Rig.Kernel.Storage;

// What the journal's answers look like in a persistent actor's mailbox. They are for the instance that asked: after a
// restart the former instance's answers still arrive and are ignored. Nobody else can do anything with them, so they are
// no dead letters.

namespace Akka.Persistence;

internal abstract record JournalReply(Eventsourced Asker) : IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    /// <summary>What <c>PreRestart</c> shows as the message that failed: the event, if it was one.</summary>
    public virtual object? Subject => null;

    // The actor is no data; without this a log line would print all of it.
    public sealed override string ToString() => $"{GetType().Name}({Subject})";
}

internal sealed record SnapshotLoaded(Eventsourced Asker, SelectedSnapshot? Snapshot) : JournalReply(Asker);

internal sealed record EventReplayed(Eventsourced Asker, StoredEvent Event) : JournalReply(Asker)
{
    public override object Subject => Event.Payload;
}

internal sealed record PageReplayed(Eventsourced Asker) : JournalReply(Asker);

internal sealed record ReplayFinished(Eventsourced Asker, long HighestSequenceNr) : JournalReply(Asker);

internal sealed record RecoveryFailed(Eventsourced Asker, Exception Cause) : JournalReply(Asker);

internal sealed record EventWritten(Eventsourced Asker, StoredEvent Event) : JournalReply(Asker)
{
    public override object Subject => Event.Payload;
}

internal sealed record EventRejected(Eventsourced Asker, StoredEvent Event, Exception Cause) : JournalReply(Asker)
{
    public override object Subject => Event.Payload;
}

internal sealed record DeferredReached(Eventsourced Asker, object Event) : JournalReply(Asker)
{
    public override object Subject => Event;
}

internal sealed record BatchWritten(Eventsourced Asker) : JournalReply(Asker);

internal sealed record BatchFailed(Eventsourced Asker, StoredEvent First, Exception Cause) : JournalReply(Asker)
{
    public override object Subject => First.Payload;
}
