using Rig.Media.Time;

namespace Rig.Streams.Live.Hls;

/// <summary>How cameras are cut for HLS.</summary>
public sealed record HlsOptions
{
    /// <summary>Part target; what it comes to depends on the frame rate.</summary>
    public MediaSpan Part { get; init; } = MediaSpan.FromMilliseconds(200);

    /// <summary>Least length of a segment.</summary>
    public MediaSpan Segment { get; init; } = MediaSpan.FromSeconds(1);

    /// <summary>Payload that one camera's segments may keep in memory.</summary>
    public long CameraBytes { get; init; } = 64_000_000;

    /// <summary>A camera that nobody asks for so long is cut no more.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(15);
}
