using Rig.Media.Time;

namespace Rig.Streams.Log;

/// <summary>A log at one moment.</summary>
public readonly record struct GopLogStatistics
{
    /// <summary>Units that the log holds, over all tracks.</summary>
    public required long Units { get; init; }

    /// <summary>Payloads and <see cref="GopLogOptions.UnitOverhead"/>s of those units.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whole GOPs and pieces of GOPs.</summary>
    public required int Chunks { get; init; }

    /// <summary>Sequence number of the oldest unit held; of the next one to come when nothing is held.</summary>
    public required long OldestSequence { get; init; }

    /// <summary>Sequence number of the next unit to come: units written so far.</summary>
    public required long NextSequence { get; init; }

    /// <summary>Capture instant of the oldest unit held.</summary>
    public required UtcInstant Oldest { get; init; }

    /// <summary>Capture instant of the newest unit.</summary>
    public required UtcInstant Newest { get; init; }

    /// <summary>Units that went from the log, for whatever reason.</summary>
    public required long Evicted { get; init; }

    /// <summary>Units that went although a lossless reader had not read them.</summary>
    public required long Lost { get; init; }

    /// <summary>Units of a track without a format, or after the end of the log.</summary>
    public required long Rejected { get; init; }

    public required bool UnderPressure { get; init; }

    /// <summary>Times that pressure began.</summary>
    public required long Pressures { get; init; }

    public required int Readers { get; init; }

    /// <summary>Units that the slowest lossless reader has not acknowledged.</summary>
    public required long LosslessLag { get; init; }

    /// <summary>From the oldest unit's capture to the newest's.</summary>
    public MediaSpan Span => Oldest.IsKnown ? Newest - Oldest : MediaSpan.Zero;
}
