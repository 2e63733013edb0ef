using Rig.Media.Mp4;
using Rig.Media.Time;

namespace Rig.Streams.Recording;

/// <summary>How segments are cut and made durable.</summary>
public sealed record RecorderOptions
{
    /// <summary>Fragments are written when so much media is there; a kill costs no more. Default 500 ms.</summary>
    public MediaSpan FragmentSpan { get; init; } = MediaSpan.FromMilliseconds(500);

    /// <summary>
    /// Fragments are written too when so many bytes are there. Default 512 KiB: what 25 cameras have pending then still lies in a processor's
    /// cache when the kernel copies it, which halves the cost of recording 25 x 50 Mbit/s (docs/reference/performance.md).
    /// </summary>
    public long FragmentBytes { get; init; } = 512 << 10;

    /// <summary>How long the pictures of a camera that has just begun wait for its sound before a file is begun without it. Default 700 ms: ffmpeg's MPEG-TS announces sound up to half a second late.</summary>
    public MediaSpan SettleSpan { get; init; } = MediaSpan.FromMilliseconds(700);

    /// <summary>The same when the container announced a track that has not begun: broadcasts send sound up to a second after its pictures, and a busy machine plays them late.</summary>
    public MediaSpan AnnouncedSpan { get; init; } = MediaSpan.FromMilliseconds(2500);

    /// <summary>A segment ends at the first key unit after so much media. Default 30 min.</summary>
    public MediaSpan RotationSpan { get; init; } = MediaSpan.FromSeconds(30 * 60);

    /// <summary>Rotates at multiples of <see cref="RotationSpan"/> of UTC instead.</summary>
    public bool RotatesByClock { get; init; }

    /// <summary>What was written is made durable at least so often. Default 2 s.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Space is reserved ahead in steps of so many bytes. Default 64 MiB; 0: never.</summary>
    public long ReserveStep { get; init; } = 64L << 20;

    /// <summary>After a disk fault the first attempt to go on follows so much later; then twice as long each time, up to <see cref="RetryLimit"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan RetryLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Attempts to close a segment after the session has ended before it is left to the repair.</summary>
    public int CloseAttempts { get; init; } = 5;

    /// <summary>After T1 has passed on the clock, the recorder waits so much longer for what is still on its way.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the recorder looks after what no unit reminds it of: a stalled source's last units, syncs, retries.</summary>
    public TimeSpan TendInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>What to record.</summary>
public sealed record RecordingRequest
{
    /// <summary>Part of folder and file names: letters, digits, <c>-</c>, <c>_</c>, <c>.</c></summary>
    public required string SessionId { get; init; }

    /// <summary>Part of the file names.</summary>
    public required string CameraId { get; init; }

    /// <summary>The folder that holds all recordings; segments go into its subfolder named after the session.</summary>
    public required string Folder { get; init; }

    /// <summary>T0; unknown: from the newest key unit on.</summary>
    public UtcInstant Start { get; init; } = UtcInstant.Unknown;

    /// <summary>Given for a recorder that takes over from one that failed: go on after this unit, the last one known to be durable.</summary>
    public long? AfterSequence { get; init; }

    /// <summary>Written into the files.</summary>
    public SegmentMetadata Metadata { get; init; } = new();

    /// <summary>The timecode track; null: none.</summary>
    public TimecodeSettings? Timecode { get; init; } = new();
}
