using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Recordings;

/// <summary>
/// <c>{SESSION_ID}_{CAM_ID}.json</c> beside the segments: all about one camera in one session. Written at start, at each rotation and at
/// stop, atomically. Published as JSON Schema in <c>docs/reference/manifest.schema.json</c>.
/// </summary>
public sealed record Manifest
{
    /// <summary>The version that this program writes. Readers accept it and older ones.</summary>
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string SessionId { get; init; }
    public required string Camera { get; init; }
    public required string Node { get; init; }
    public string? Position { get; init; }
    public required string SoftwareVersion { get; init; }

    /// <summary>T0: where the session begins for every camera.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>T1, once the session is stopped.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The first presented picture by this node's clock, and by the master's where the offset is known.</summary>
    public DateTimeOffset? StartLocal { get; init; }
    public DateTimeOffset? StartMaster { get; init; }

    /// <summary>Milliseconds from T0 to the first presented picture.</summary>
    public double? StartOffsetMs { get; init; }

    /// <summary>Milliseconds by which the log no longer reached back to T0; absent when on time.</summary>
    public double? LateMs { get; init; }
    public ClockStatus? Clock { get; init; }

    /// <summary>How capture instants were obtained.</summary>
    public string? CaptureClock { get; init; }
    public double? CameraDriftPpm { get; init; }
    public double DurationSeconds { get; init; }
    public Resolution? Resolution { get; init; }
    public double? Fps { get; init; }
    public string? VideoCodec { get; init; }
    public string? AudioCodec { get; init; }
    public long? Bitrate { get; init; }
    public long Frames { get; init; }
    public long DroppedUnits { get; init; }
    public required IReadOnlyList<Segment> Segments { get; init; }
    public IReadOnlyList<SegmentGap> Gaps { get; init; } = [];
    public IReadOnlyList<FormatChange> FormatChanges { get; init; } = [];
    public IReadOnlyList<Mark> Marks { get; init; } = [];

    /// <summary>Pictures of the operator's Lock View; none in manifests that were written before there was one.</summary>
    public IReadOnlyList<LockView> LockViews
    {
        get => field ?? [];
        init;
    } = [];
    public IReadOnlyList<GateReading> GateOverrides { get; init; } = [];

    /// <summary>What else an editor should know: clock steps, resumed after a crash, repaired files.</summary>
    public IReadOnlyList<ManifestNote> Notes { get; init; } = [];
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Survived faults of the stream by kind during the session.</summary>
    public IReadOnlyDictionary<string, long> Faults { get; init; } = new Dictionary<string, long>();

    /// <summary>True once the camera's last segment of this session is closed.</summary>
    public bool Complete { get; init; }
}

/// <summary>One file.</summary>
public sealed record Segment
{
    /// <summary>File name beside the manifest.</summary>
    public required string File { get; init; }
    public long Bytes { get; init; }
    public long Frames { get; init; }

    /// <summary>Capture instant of the first and last presented picture.</summary>
    public DateTimeOffset? First { get; init; }
    public DateTimeOffset? Last { get; init; }

    /// <summary>Lower-case hexadecimal; null until it was computed in the background.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Closed with all bytes durable. False while it grows or after a crash until repair.</summary>
    public bool Closed { get; init; }
    public bool Repaired { get; init; }
    public Offload? Offloaded { get; init; }

    /// <summary>When the software deleted the file after its copy was confirmed.</summary>
    public DateTimeOffset? Deleted { get; init; }

    /// <summary>Why the file cannot be used, if so.</summary>
    public string? Damage { get; init; }
}

/// <summary>The proof that a copy exists.</summary>
public sealed record Offload(DateTimeOffset At, string By);

/// <summary>Pictures that are missing from the files, with the reason.</summary>
public sealed record SegmentGap
{
    public required DateTimeOffset From { get; init; }
    public DateTimeOffset? To { get; init; }

    /// <summary>Units known to be lost; null when nobody can know (the source sent nothing).</summary>
    public long? Units { get; init; }

    /// <summary>
    /// <c>process_restart</c>; <c>discontinuity</c> (the source was away, stalled, or lost something); <c>memory_used_up</c> with what it was
    /// used up by (the disk was too slow, full or gone for longer than memory lasts); <c>disk_refused</c> (the end of a file could not be
    /// written); <c>format_change</c>.
    /// </summary>
    public required string Cause { get; init; }
}

/// <summary>A picture taken by the operator's Lock View, for aligning cameras afterwards.</summary>
public sealed record LockView
{
    /// <summary>The instant of the tone, the same for every camera of the rig.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>File name beside the manifest; null when there was no picture.</summary>
    public string? File { get; init; }

    /// <summary>When the camera took the picture that was to be seen at that instant.</summary>
    public DateTimeOffset? Capture { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether a tone sounded.</summary>
    public bool Tone { get; init; }

    /// <summary>Why there is no picture.</summary>
    public string? Problem { get; init; }
}

public sealed record FormatChange(DateTimeOffset At, string From, string To);

public sealed record ManifestNote(DateTimeOffset At, string Text);
