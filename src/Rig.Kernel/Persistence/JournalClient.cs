using Akka.Actor;
using Rig.Kernel.Storage;

namespace Akka.Persistence;

/// <summary>
/// Asks the journal on behalf of one instance of a persistent actor and tells the actor the answers. Nothing here touches the
/// actor's state, since all of it runs on the thread pool.
/// </summary>
internal sealed class JournalClient(IJournalStore store, Eventsourced asker, IActorRef self, string persistenceId)
{
    /// <summary>
    /// Events read and told at a time: the mailbox of a recovering actor never holds more of them. Large enough that the way to the
    /// journal's thread and back costs little per event.
    /// </summary>
    private const int PageSize = 128;

    /// <summary>Answers with <see cref="SnapshotLoaded"/> or <see cref="RecoveryFailed"/>.</summary>
    public void LoadSnapshot(SnapshotSelectionCriteria criteria) =>
        Recover(async () =>
            self.Tell(new SnapshotLoaded(asker, await store.LoadSnapshotAsync(persistenceId, criteria)), ActorRefs.NoSender)
        );

    /// <summary>
    /// Answers with an <see cref="EventReplayed"/> for each event of a page, then <see cref="PageReplayed"/> when there may be
    /// more, else <see cref="ReplayFinished"/>; or with <see cref="RecoveryFailed"/>.
    /// </summary>
    public void ReplayPage(long from, long to, long max) =>
        Recover(async () =>
        {
            var limit = (int)Math.Clamp(max, 0, PageSize);
            var events = from <= to && limit > 0 ? await store.ReadAsync(persistenceId, from, to, limit) : [];
            var isLast = events.Count < PageSize;
            var highest = isLast ? await store.ReadHighestSequenceNrAsync(persistenceId) : 0;
            foreach (var stored in events)
            {
                self.Tell(new EventReplayed(asker, stored), ActorRefs.NoSender);
            }

            self.Tell(isLast ? new ReplayFinished(asker, highest) : new PageReplayed(asker), ActorRefs.NoSender);
        });

    /// <summary>
    /// Answers, in order, with an <see cref="EventWritten"/>, <see cref="EventRejected"/> or <see cref="DeferredReached"/> for each event, then
    /// <see cref="BatchWritten"/>; or with <see cref="BatchFailed"/> alone.
    /// </summary>
    public void Write(IReadOnlyList<BatchEntry> batch)
    {
        var writes = batch.OfType<BatchEntry.Events>().Select(entry => entry.Write).ToArray();
        if (writes.Length == 0)
        {
            Report(batch, []);
            return;
        }

        Run(
            async () => Report(batch, await store.WriteAsync(persistenceId, writes)),
            cause => new BatchFailed(asker, new StoredEvent(writes[0].FirstSequenceNr, writes[0].Events[0]), cause)
        );
    }

    /// <summary>Answers with <see cref="SaveSnapshotSuccess"/> or <see cref="SaveSnapshotFailure"/>.</summary>
    public void SaveSnapshot(SnapshotMetadata metadata, object snapshot) =>
        Run(
            () => store.SaveSnapshotAsync(metadata, snapshot),
            new SaveSnapshotSuccess(metadata),
            cause => new SaveSnapshotFailure(metadata, cause)
        );

    /// <summary>Answers with <see cref="DeleteSnapshotSuccess"/> or <see cref="DeleteSnapshotFailure"/>.</summary>
    public void DeleteSnapshot(SnapshotMetadata metadata)
    {
        var exactlyThis = new SnapshotSelectionCriteria(metadata.SequenceNr, DateTime.MaxValue, metadata.SequenceNr);
        Run(
            () => store.DeleteSnapshotsAsync(persistenceId, exactlyThis),
            new DeleteSnapshotSuccess(metadata),
            cause => new DeleteSnapshotFailure(metadata, cause)
        );
    }

    /// <summary>Answers with <see cref="DeleteSnapshotsSuccess"/> or <see cref="DeleteSnapshotsFailure"/>.</summary>
    public void DeleteSnapshots(SnapshotSelectionCriteria criteria) =>
        Run(
            () => store.DeleteSnapshotsAsync(persistenceId, criteria),
            new DeleteSnapshotsSuccess(criteria),
            cause => new DeleteSnapshotsFailure(criteria, cause)
        );

    /// <summary>Answers with <see cref="DeleteMessagesSuccess"/> or <see cref="DeleteMessagesFailure"/>.</summary>
    public void DeleteMessages(long toSequenceNr) =>
        Run(
            () => store.DeleteEventsAsync(persistenceId, toSequenceNr),
            new DeleteMessagesSuccess(toSequenceNr),
            cause => new DeleteMessagesFailure(cause, toSequenceNr)
        );

    private void Report(IReadOnlyList<BatchEntry> batch, IReadOnlyList<Exception?> rejections)
    {
        var write = 0;
        foreach (var entry in batch)
        {
            switch (entry)
            {
                case BatchEntry.Events(var atomic, var sender):
                    Report(atomic, rejections[write++], sender);
                    break;
                case BatchEntry.Deferred(var deferred, var sender):
                    self.Tell(new DeferredReached(asker, deferred), sender);
                    break;
            }
        }

        self.Tell(new BatchWritten(asker), ActorRefs.NoSender);
    }

    private void Report(AtomicEvents atomic, Exception? rejection, IActorRef sender)
    {
        for (var i = 0; i < atomic.Events.Count; i++)
        {
            var stored = new StoredEvent(atomic.FirstSequenceNr + i, atomic.Events[i]);
            self.Tell(rejection is null ? new EventWritten(asker, stored) : new EventRejected(asker, stored, rejection), sender);
        }
    }

    private void Recover(Func<Task> work) => Run(work, cause => new RecoveryFailed(asker, cause));

    private void Run(Func<Task> work, object success, Func<Exception, object> failure) =>
        Run(
            async () =>
            {
                await work();
                self.Tell(success, ActorRefs.NoSender);
            },
            failure
        );

    private void Run(Func<Task> work, Func<Exception, object> failure)
    {
        _ = RunAsync();

        async Task RunAsync()
        {
            try
            {
                await work();
            }
            catch (Exception cause)
            {
                // Whatever the store reports is the actor's to decide on.
                self.Tell(failure(cause), ActorRefs.NoSender);
            }
        }
    }
}
