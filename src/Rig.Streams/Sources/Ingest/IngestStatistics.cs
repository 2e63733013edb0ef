using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Streams.Sources.Ingest;

public enum IngestState
{
    /// <summary>No unit came yet.</summary>
    Starting,

    /// <summary>Units come.</summary>
    Streaming,

    /// <summary>No unit came for the stall timeout.</summary>
    Stalled,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>A camera's stream at one moment.</summary>
public sealed record IngestStatistics
{
    public required IngestState State { get; init; }

    /// <summary>What runs, in words.</summary>
    public required string Source { get; init; }

    /// <summary>The first video track's format; null before it is known.</summary>
    public TrackFormat? Video { get; init; }

    /// <summary>The first audio track's format; null when there is none.</summary>
    public TrackFormat? Audio { get; init; }

    /// <summary>Pictures a second, measured over the last 5 s.</summary>
    public double FramesPerSecond { get; init; }

    /// <summary>Bits a second of all tracks, measured over the last 5 s.</summary>
    public double BitsPerSecond { get; init; }

    /// <summary>Units of all tracks since the start.</summary>
    public long Units { get; init; }

    /// <summary>Pictures since the start.</summary>
    public long Pictures { get; init; }

    /// <summary>Key pictures since the start.</summary>
    public long KeyPictures { get; init; }

    /// <summary>Bytes of all units since the start.</summary>
    public long Bytes { get; init; }

    /// <summary>Units that said that something before them is missing.</summary>
    public long Gaps { get; init; }

    /// <summary>Faults of the stream by kind; kinds that never came are left out.</summary>
    public IReadOnlyDictionary<StreamFaultKind, long> Faults { get; init; } = new Dictionary<StreamFaultKind, long>();

    /// <summary>How much faster the camera's clock runs than this node's, in millionths; null while unknown.</summary>
    public double? DriftPpm { get; init; }

    /// <summary>When the newest unit arrived.</summary>
    public UtcInstant LastUnit { get; init; } = UtcInstant.Unknown;

    /// <summary>The source's own counts, last error lines and child.</summary>
    public required SourceStatistics Input { get; init; }
}
