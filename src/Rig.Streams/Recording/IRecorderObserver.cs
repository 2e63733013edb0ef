using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <summary>States of actors.md, "State machines".</summary>
public enum RecorderState
{
    Idle,
    Arming,
    Recording,
    Finalizing,
    Failed,
}

/// <summary>Why units are missing in a segment.</summary>
public enum SegmentGapCause
{
    /// <summary>Memory was used up because the disk did not keep up, or was full, or gone.</summary>
    MemoryUsedUp,

    /// <summary>The stream itself does not continue: lost, damaged or never sent.</summary>
    Discontinuity,

    /// <summary>A format changed and no key unit followed at once.</summary>
    FormatChange,

    /// <summary>The disk refused a segment's last units until they were given up.</summary>
    DiskRefused,
}

/// <summary>Units that are missing from the files.</summary>
/// <param name="From">Capture instant of the last unit before; unknown at the very start.</param>
/// <param name="To">Capture instant of the first unit after.</param>
/// <param name="Units">How many; 0 when nobody can know.</param>
public readonly record struct SegmentGap(UtcInstant From, UtcInstant To, long Units, SegmentGapCause Cause, LogGapCause? Detail = null);

/// <summary>A segment's first bytes are written.</summary>
/// <param name="First">Instant at which its presentation begins.</param>
/// <param name="Late">By how much that is after T0.</param>
public sealed record SegmentOpened(string Path, UtcInstant First, MediaSpan Late, IReadOnlyList<TrackFormat> Formats);

/// <summary>How a segment ended.</summary>
public enum SegmentOutcome
{
    /// <summary>A complete, durable MP4.</summary>
    Closed,

    /// <summary>A fragmented MP4 that the repair has to close: the disk did not allow it.</summary>
    Unfinished,

    /// <summary>Nothing of it became durable: the file was deleted and the next segment takes up its units.</summary>
    Discarded,
}

/// <summary>A segment that gets no more units.</summary>
public sealed record SegmentClosed
{
    public required string Path { get; init; }

    public required SegmentOutcome Outcome { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Units of the leading track that are presented.</summary>
    public required long Frames { get; init; }

    /// <summary>Units of all tracks that are presented.</summary>
    public required long Units { get; init; }

    /// <summary>Units that were to go into this segment and are in no file, gaps not counted.</summary>
    public required long DroppedUnits { get; init; }

    /// <summary>Instant at which the presentation begins.</summary>
    public required UtcInstant First { get; init; }

    /// <summary>Capture instant of the leading track's last presented unit.</summary>
    public required UtcInstant Last { get; init; }

    public required MediaSpan Duration { get; init; }

    public required MediaSpan Late { get; init; }

    public required IReadOnlyList<SegmentGap> Gaps { get; init; }

    public required IReadOnlyList<TrackFormat> Formats { get; init; }

    /// <summary>Sequence number, in the log, of the last unit written.</summary>
    public required long LastSequence { get; init; }
}

/// <summary>Hears what matters to the life of a recording. Never called under a lock; calls may come from different threads, those of one segment in order.</summary>
public interface IRecorderObserver
{
    void OnState(RecorderState state);

    void OnOpened(SegmentOpened segment);

    /// <summary>Bytes became durable.</summary>
    void OnDurable(long bytes, UtcInstant lastCapture);

    void OnGap(SegmentGap gap);

    void OnClosed(SegmentClosed segment);

    /// <summary>The disk refuses; recording goes on in memory and is tried again.</summary>
    void OnDiskFault(SegmentIoException fault);

    void OnDiskRecovered();

    /// <summary>A bug: the recorder has ended; a new one may go on after <see cref="RecorderStatistics.DurableSequence"/>.</summary>
    void OnFailed(Exception error);
}

/// <summary>A recorder at one moment; all counts since its start.</summary>
public readonly record struct RecorderStatistics
{
    public required RecorderState State { get; init; }

    /// <summary>The newest segment's file; null before the first.</summary>
    public required string? Path { get; init; }

    public required int Segments { get; init; }

    public required long WrittenBytes { get; init; }

    /// <summary>The recording truth.</summary>
    public required long DurableBytes { get; init; }

    /// <summary>When bytes last became durable; null before.</summary>
    public required DateTimeOffset? LastDurable { get; init; }

    /// <summary>Every unit up to this number is durable, or was not to be recorded.</summary>
    public required long DurableSequence { get; init; }

    public required long Units { get; init; }

    /// <summary>Units of the leading track that are presented.</summary>
    public required long Frames { get; init; }

    public required long DroppedUnits { get; init; }

    /// <summary>The disk refuses at this moment.</summary>
    public required bool DiskFault { get; init; }
}
