using System.Text.Json.Serialization;
using Rig.Contracts.Json;
using Rig.Contracts.Recordings;

namespace Rig.Contracts.Cameras;

/// <summary>A camera as everybody sees it: where its pictures come from, what they are, and whether they reach the disk.</summary>
public sealed record CameraStatus
{
    /// <summary>Unique on its node (<c>cam0</c>).</summary>
    public required string Id { get; init; }

    /// <summary>The node that owns it; <c>{node}/{id}</c> is unique in the rig.</summary>
    public required string Node { get; init; }

    public string? Name { get; init; }

    /// <summary>Where it stands, in the operator's words.</summary>
    public string? Position { get; init; }

    /// <summary>The source URI with any password removed.</summary>
    public required string Source { get; init; }

    public required IngestStatus Ingest { get; init; }

    public required RecorderStatus Recorder { get; init; }

    public required LogStatus Log { get; init; }

    /// <summary>What is wrong now, in words that name the remedy.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

[JsonConverter(typeof(SnakeCaseEnumConverter<IngestState>))]
public enum IngestState
{
    Idle,
    Starting,

    /// <summary>An access unit came in the last 2 s.</summary>
    Streaming,
    NoSignal,

    /// <summary>Repeated failures: the circuit breaker is open.</summary>
    Error,
    Paused,
}

/// <summary>From source to GOP log.</summary>
public sealed record IngestStatus
{
    public required IngestState State { get; init; }
    public Resolution? Resolution { get; init; }

    /// <summary>Measured pictures a second.</summary>
    public double? Fps { get; init; }

    /// <summary>Pictures a second that the stream announces or the source was asked for.</summary>
    public double? NominalFps { get; init; }

    public string? VideoCodec { get; init; }
    public string? AudioCodec { get; init; }

    /// <summary>Measured bits a second over all tracks.</summary>
    public long? Bitrate { get; init; }

    /// <summary>How capture instants are obtained: <c>estimated</c>, <c>sender_report</c>, <c>device</c>, <c>frame_stamp</c>.</summary>
    public string? CaptureClock { get; init; }

    /// <summary>The camera's clock against the node's, in parts per million.</summary>
    public double? DriftPpm { get; init; }
    public long Units { get; init; }
    public long KeyUnits { get; init; }

    /// <summary>Survived faults of the stream by kind (<c>packet_lost</c>, <c>garbage</c>, ...), since the node started.</summary>
    public IReadOnlyDictionary<string, long> Faults { get; init; } = new Dictionary<string, long>();

    /// <summary>Times the source was started again.</summary>
    public int Restarts { get; init; }
    public string? LastError { get; init; }

    /// <summary>The last lines that a source program wrote to its standard error, kept with the fault.</summary>
    public IReadOnlyList<string>? LastErrorOutput { get; init; }
    public DateTimeOffset? RetryAt { get; init; }
}

public sealed record Resolution(int Width, int Height)
{
    /// <summary><c>1920x1080</c>.</summary>
    public string Formatted => $"{Width}x{Height}";
}

[JsonConverter(typeof(SnakeCaseEnumConverter<RecorderState>))]
public enum RecorderState
{
    Idle,

    /// <summary>Waits for T0 and a key unit.</summary>
    Arming,
    Recording,
    Finalizing,
    Failed,
}

/// <summary>From GOP log to disk.</summary>
public sealed record RecorderStatus
{
    public required RecorderState State { get; init; }
    public string? SessionId { get; init; }

    /// <summary>Where its presentation begins: T0, or later by <see cref="LateMs"/>.</summary>
    public DateTimeOffset? Start { get; init; }
    public double? LateMs { get; init; }

    /// <summary>Seconds since bytes last became durable: the truth of recording.</summary>
    public double? SecondsSinceDurable { get; init; }
    public long Bytes { get; init; }
    public long DurableBytes { get; init; }
    public long Frames { get; init; }
    public long DroppedUnits { get; init; }
    public int Segments { get; init; }
    public string? File { get; init; }
    public IReadOnlyList<SegmentGap> Gaps { get; init; } = [];
    public string? LastError { get; init; }
}

/// <summary>The camera's GOP log.</summary>
public sealed record LogStatus
{
    public double SpanSeconds { get; init; }
    public DateTimeOffset? Oldest { get; init; }
    public long Bytes { get; init; }
    public long LimitBytes { get; init; }

    /// <summary>Above the high watermark and not yet below the low one: a recorder cannot keep up.</summary>
    public bool Pressure { get; init; }
    public int Readers { get; init; }
}
