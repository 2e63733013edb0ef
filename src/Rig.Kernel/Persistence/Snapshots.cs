// What a persistent actor says and hears about snapshots: metadata, selection, the offer at recovery, replies.

namespace Akka.Persistence;

/// <summary>Names one snapshot of a persistent actor.</summary>
public sealed record SnapshotMetadata
{
    public SnapshotMetadata(string persistenceId, long sequenceNr, DateTime timestamp)
    {
        PersistenceId = persistenceId;
        SequenceNr = sequenceNr;
        Timestamp = timestamp;
    }

    public string PersistenceId { get; }

    /// <summary>The number of the last event that the snapshot contains.</summary>
    public long SequenceNr { get; }

    /// <summary>When it was taken, UTC.</summary>
    public DateTime Timestamp { get; }
}

/// <summary>Selects snapshots by number and age; all bounds are inclusive.</summary>
public sealed record SnapshotSelectionCriteria
{
    public SnapshotSelectionCriteria(long maxSequenceNr, DateTime maxTimeStamp, long minSequenceNr = 0L, DateTime? minTimestamp = null)
    {
        MaxSequenceNr = maxSequenceNr;
        MaxTimeStamp = maxTimeStamp;
        MinSequenceNr = minSequenceNr;
        MinTimestamp = minTimestamp ?? DateTime.MinValue;
    }

    public SnapshotSelectionCriteria(long maxSequenceNr)
        : this(maxSequenceNr, DateTime.MaxValue) { }

    /// <summary>The newest snapshot, without any bound.</summary>
    public static SnapshotSelectionCriteria Latest { get; } = new(long.MaxValue);

    /// <summary>No snapshot.</summary>
    public static SnapshotSelectionCriteria None { get; } = new(0, DateTime.MinValue);

    public long MaxSequenceNr { get; }

    public DateTime MaxTimeStamp { get; }

    public long MinSequenceNr { get; }

    public DateTime? MinTimestamp { get; }

    internal bool Matches(SnapshotMetadata metadata) =>
        metadata.SequenceNr <= MaxSequenceNr
        && metadata.SequenceNr >= MinSequenceNr
        && metadata.Timestamp <= MaxTimeStamp
        && metadata.Timestamp >= MinTimestamp;

    /// <summary>The same criteria, but no snapshot newer than this number: a recovery up to it must not start beyond it.</summary>
    internal SnapshotSelectionCriteria UpTo(long sequenceNr) =>
        sequenceNr < MaxSequenceNr ? new SnapshotSelectionCriteria(sequenceNr, MaxTimeStamp, MinSequenceNr, MinTimestamp) : this;
}

/// <summary>A snapshot as a store returns it.</summary>
public sealed record SelectedSnapshot
{
    public SelectedSnapshot(SnapshotMetadata metadata, object snapshot)
    {
        Metadata = metadata;
        Snapshot = snapshot;
    }

    public SnapshotMetadata Metadata { get; }

    public object Snapshot { get; }
}

/// <summary>Offers the newest snapshot to a recovering actor, before the events after it.</summary>
public sealed record SnapshotOffer
{
    public SnapshotOffer(SnapshotMetadata metadata, object snapshot)
    {
        Metadata = metadata;
        Snapshot = snapshot;
    }

    public SnapshotMetadata Metadata { get; }

    public object Snapshot { get; }
}

/// <summary>Tells the actor that its snapshot is durable.</summary>
public sealed record SaveSnapshotSuccess
{
    public SaveSnapshotSuccess(SnapshotMetadata metadata) => Metadata = metadata;

    public SnapshotMetadata Metadata { get; }
}

/// <summary>Tells the actor that its snapshot was not stored; the actor goes on.</summary>
public sealed record SaveSnapshotFailure
{
    public SaveSnapshotFailure(SnapshotMetadata metadata, Exception cause)
    {
        Metadata = metadata;
        Cause = cause;
    }

    public SnapshotMetadata Metadata { get; }

    public Exception Cause { get; }
}

/// <summary>Tells the actor that one snapshot is deleted.</summary>
public sealed record DeleteSnapshotSuccess
{
    public DeleteSnapshotSuccess(SnapshotMetadata metadata) => Metadata = metadata;

    public SnapshotMetadata Metadata { get; }
}

/// <summary>Tells the actor that one snapshot could not be deleted.</summary>
public sealed record DeleteSnapshotFailure
{
    public DeleteSnapshotFailure(SnapshotMetadata metadata, Exception cause)
    {
        Metadata = metadata;
        Cause = cause;
    }

    public SnapshotMetadata Metadata { get; }

    public Exception Cause { get; }
}

/// <summary>Tells the actor that the selected snapshots are deleted.</summary>
public sealed record DeleteSnapshotsSuccess
{
    public DeleteSnapshotsSuccess(SnapshotSelectionCriteria criteria) => Criteria = criteria;

    public SnapshotSelectionCriteria Criteria { get; }
}

/// <summary>Tells the actor that the selected snapshots could not be deleted.</summary>
public sealed record DeleteSnapshotsFailure
{
    public DeleteSnapshotsFailure(SnapshotSelectionCriteria criteria, Exception cause)
    {
        Criteria = criteria;
        Cause = cause;
    }

    public SnapshotSelectionCriteria Criteria { get; }

    public Exception Cause { get; }
}
