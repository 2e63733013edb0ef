namespace Rig.Cluster;

/// <summary>
/// Small documents under keys (<c>sessions/S1</c>), the same for the whole rig, each write with a revision. Keys are relative to the rig. Every call throws
/// <see cref="ClusterAwayException"/> when the engine cannot be reached or has no majority; a write that throws it may or may not have happened.
/// </summary>
public interface ISharedState
{
    /// <summary>Null when there is none.</summary>
    Task<StateEntry?> GetAsync(string key, CancellationToken cancel);

    /// <summary>All entries whose keys begin with <paramref name="prefix"/>, in the order of keys, and the revision at which that was so.</summary>
    Task<StateSnapshot> ListAsync(string prefix, CancellationToken cancel);

    /// <summary>Writes <paramref name="value"/> (null deletes) if <paramref name="guard"/> holds at that instant. An empty document
    /// is a document; mind that <c>x ? null : bytes</c> gives one, since a null array converts to empty memory.</summary>
    Task<WriteResult> WriteAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel);

    /// <summary>
    /// Every change after <paramref name="afterRevision"/>, in order, none left out, over reconnections too. Ends with
    /// <see cref="RevisionCompactedException"/> when that revision is no longer kept: list again and go on from there.
    /// </summary>
    IAsyncEnumerable<StateEntry> WatchAsync(string prefix, long afterRevision, CancellationToken cancel);
}

/// <summary>One document.</summary>
/// <param name="Key">Relative to the rig.</param>
/// <param name="Value">Its bytes; null when it was deleted (watch only).</param>
/// <param name="Revision">The revision of its newest write; grows over the whole rig, not by key.</param>
public sealed record StateEntry(string Key, ReadOnlyMemory<byte>? Value, long Revision);

public sealed record StateSnapshot(IReadOnlyList<StateEntry> Entries, long Revision);

/// <summary>What must hold for a write to happen.</summary>
/// <param name="Leader">The writer's leadership; null for a write that no leader guards.</param>
/// <param name="Expected">The entry's present revision; 0 when it must not exist; null when anything goes.</param>
public sealed record WriteGuard(FencingToken? Leader = null, long? Expected = null);

public abstract record WriteResult
{
    /// <summary>It is written, at this revision of the rig.</summary>
    public sealed record Written(long Revision) : WriteResult;

    /// <summary>Another wrote first; the entry as it is now, null when it does not exist.</summary>
    public sealed record Conflict(StateEntry? Present) : WriteResult;

    /// <summary>The writer does not lead any more.</summary>
    public sealed record Fenced : WriteResult;
}

/// <summary>The shared state cannot be used from here now.</summary>
public sealed class ClusterAwayException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A watch asked for a revision that is no longer kept.</summary>
public sealed class RevisionCompactedException(long oldest) : Exception($"Changes before revision {oldest} are no longer kept.")
{
    /// <summary>The oldest revision that can still be watched from.</summary>
    public long Oldest { get; } = oldest;
}
