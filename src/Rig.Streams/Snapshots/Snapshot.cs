using Rig.Media.Time;

namespace Rig.Streams.Snapshots;

/// <summary>Where a snapshot came from, from the fastest to the slowest.</summary>
public enum SnapshotTier
{
    /// <summary>The same picture had been made before, or was being made for somebody else.</summary>
    Cached,

    /// <summary>The camera sends JPEG: nothing was decoded.</summary>
    Camera,

    /// <summary>Decoded by a process that was waiting.</summary>
    Warm,

    /// <summary>Decoded by a process that had to be started.</summary>
    Cold,

    /// <summary>The camera was idle: its source was started for this picture and ended again.</summary>
    Started,
}

/// <summary>A picture of a camera.</summary>
/// <param name="Jpeg">The file.</param>
/// <param name="Capture">When the camera took it.</param>
/// <param name="Elapsed">From the request to the file.</param>
public sealed record Snapshot(
    string Camera,
    ReadOnlyMemory<byte> Jpeg,
    UtcInstant Capture,
    int Width,
    int Height,
    SnapshotTier Tier,
    TimeSpan Elapsed
);

/// <summary>Why there is no snapshot.</summary>
public enum SnapshotFault
{
    UnknownCamera,

    /// <summary>The camera has no picture, or has had none for so long that it would mislead.</summary>
    NoPicture,

    /// <summary>The instant lies before what the log holds, or has not come within the time that one waits for it.</summary>
    NotInLog,

    /// <summary>So many are waiting already that this one would come too late.</summary>
    Busy,

    /// <summary>The decoder could not make a picture of what the camera sent, or is not installed.</summary>
    Undecodable,
}

/// <summary>There is no snapshot; the message says why, for an operator.</summary>
public sealed class SnapshotException(SnapshotFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public SnapshotFault Fault { get; } = fault;
}
