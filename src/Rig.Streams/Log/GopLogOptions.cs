using Rig.Media.Time;

namespace Rig.Streams.Log;

/// <summary>Limits of one camera's <see cref="GopLog"/>.</summary>
public sealed record GopLogOptions
{
    /// <summary>How much of the past is kept for readers that join at an instant. Default 10 s.</summary>
    public MediaSpan PreRoll { get; init; } = MediaSpan.FromSeconds(10);

    /// <summary>Bytes that the log may hold, payload and <see cref="UnitOverhead"/> together. Default 400 MB.</summary>
    public long MaxBytes { get; init; } = 400L << 20;

    /// <summary>Above this part of the limit sources are slowed (quality.md, style.md 9: two thresholds).</summary>
    public double HighWatermark { get; init; } = 0.8;

    /// <summary>Pressure ends below this part of the limit; what nobody holds never takes more than this, so that pressure always ends by reading.</summary>
    public double LowWatermark { get; init; } = 0.6;

    /// <summary>The distance of cuts in a camera without video, whose units are all key units.</summary>
    public MediaSpan CutWithoutVideo { get; init; } = MediaSpan.FromSeconds(1);

    /// <summary>What a unit costs besides its payload: its entry, its share of block and index; so that a stream of empty units is bounded too.</summary>
    public const int UnitOverhead = 128;
}
