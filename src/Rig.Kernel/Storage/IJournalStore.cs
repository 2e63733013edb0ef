using Akka.Persistence;

namespace Rig.Kernel.Storage;

/// <summary>Events that become durable together or not at all: those of one Persist or PersistAll, numbered without a hole.</summary>
internal sealed record AtomicEvents(long FirstSequenceNr, IReadOnlyList<object> Events);

/// <summary>One stored event.</summary>
internal readonly record struct StoredEvent(long SequenceNr, object Payload);

/// <summary>
/// Keeps the events and snapshots of persistent actors; knows nothing of actors. Requests take effect in the order in which
/// they were made, so that a read sees every write asked for before it. A failure is a faulted task, never thrown by the call itself.
/// </summary>
internal interface IJournalStore : IAsyncDisposable
{
    /// <summary>
    /// Stores events. The result has one entry per atomic write: null when it is durable, the reason when it was rejected before
    /// anything of it was stored. A faulted task means that nothing of the request is known to be stored.
    /// </summary>
    Task<IReadOnlyList<Exception?>> WriteAsync(string persistenceId, IReadOnlyList<AtomicEvents> writes);

    /// <summary>Reads up to <paramref name="limit"/> events in order, both ends included.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int limit);

    /// <summary>The highest number ever stored under this id, also when its event is deleted; 0 when there was none.</summary>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId);

    /// <summary>Deletes events up to and including a number; their numbers are never used again.</summary>
    Task DeleteEventsAsync(string persistenceId, long toSequenceNr);

    /// <summary>Stores a snapshot; replaces one of the same sequence number.</summary>
    Task SaveSnapshotAsync(SnapshotMetadata metadata, object snapshot);

    /// <summary>The newest snapshot that meets the criteria, or null.</summary>
    Task<SelectedSnapshot?> LoadSnapshotAsync(string persistenceId, SnapshotSelectionCriteria criteria);

    /// <summary>Deletes every snapshot that meets the criteria.</summary>
    Task DeleteSnapshotsAsync(string persistenceId, SnapshotSelectionCriteria criteria);
}
