namespace Rig.Media.Timelines;

/// <summary>What a <see cref="Timeline"/> had to mend since it was made.</summary>
public sealed class TimelineStatistics
{
    /// <summary>Discontinuities: jumps over 10 s forwards or backwards beyond the reorder depth, counted for each track.</summary>
    public long ClockJumps { get; internal set; }

    /// <summary>Units without any time stamp.</summary>
    public long MissingTimes { get; internal set; }

    /// <summary>Decode times that had to be moved on so that they rise.</summary>
    public long ForcedDecodeTimes { get; internal set; }

    /// <summary>Audio units that did not follow their predecessor without a gap.</summary>
    public long AudioGaps { get; internal set; }

    /// <summary>Audio samples added to or taken from the count so that sound stays with the picture.</summary>
    public long CorrectedSamples { get; internal set; }
}
