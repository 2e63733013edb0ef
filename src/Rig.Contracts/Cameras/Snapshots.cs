using System.Text.Json.Serialization;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;

namespace Rig.Contracts.Cameras;

/// <summary><c>POST /api/v1/cameras/{id}/snapshot</c>.</summary>
public sealed record TakeSnapshot
{
    /// <summary>An instant inside the camera's log; the newest key picture when not given.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Pixels, 16 to 8192; the height follows. The camera's own size when not given.</summary>
    public int? Width { get; init; }

    /// <summary>JPEG quality, 1 to 100; as configured when not given.</summary>
    public int? Quality { get; init; }

    /// <summary>Writes it to the snapshots folder of the camera's node, unless false: then it is only told of.</summary>
    public bool? Keep { get; init; }
}

/// <summary><c>POST /api/v1/snapshots</c>: cameras of the whole rig at one instant.</summary>
public sealed record TakeSnapshots
{
    /// <summary>Ids; all cameras of the rig when not given.</summary>
    public IReadOnlyList<string>? Cameras { get; init; }

    /// <summary>The press when not given.</summary>
    public DateTimeOffset? At { get; init; }
    public int? Width { get; init; }
    public int? Quality { get; init; }
    public bool? Keep { get; init; }
}

/// <summary>How a snapshot came about, from the fastest way to the slowest.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<SnapshotSource>))]
public enum SnapshotSource
{
    /// <summary>The same picture had just been made.</summary>
    Cached,

    /// <summary>The camera sends JPEG.</summary>
    Camera,

    /// <summary>Decoded by a process that was waiting.</summary>
    Warm,

    /// <summary>Decoded by a process that had to be started.</summary>
    Cold,

    /// <summary>The camera was idle and was started for it.</summary>
    Started,
}

/// <summary>A picture that was taken.</summary>
public sealed record SnapshotInfo
{
    /// <summary>Without the node.</summary>
    public required string Camera { get; init; }
    public required string Node { get; init; }

    /// <summary>When the camera took it.</summary>
    public required DateTimeOffset Capture { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required long Bytes { get; init; }
    public required SnapshotSource Source { get; init; }

    /// <summary>Milliseconds from the request to the picture.</summary>
    public required double ElapsedMs { get; init; }

    /// <summary>Its name in the snapshots folder of its node; null when it was not kept.</summary>
    public string? File { get; init; }

    /// <summary>Where any node of the rig gives it out: <c>/snapshots/CAM_L/cam0_20260301_143000_040000.jpg</c>.</summary>
    public string? Url { get; init; }
}

/// <summary>A camera's part in a snapshot of the rig: a picture, or why there is none.</summary>
public sealed record SnapshotOutcome(string Camera, SnapshotInfo? Snapshot = null, Problem? Problem = null);

/// <param name="At">The instant that was asked for; each picture is the one that was to be seen then.</param>
public sealed record SnapshotsTaken(DateTimeOffset At, IReadOnlyList<SnapshotOutcome> Cameras);

/// <summary><c>POST /api/v1/lockview</c>: a tone, and a picture of every camera at the instant of the tone.</summary>
/// <param name="SessionId">The session whose manifests keep the pictures; null when none runs.</param>
/// <param name="Tone">Whether this machine sounded the tone.</param>
/// <param name="ToneProblem">Why it did not.</param>
public sealed record LockViewTaken(
    DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? SessionId,
    bool Tone,
    IReadOnlyList<SnapshotOutcome> Cameras,
    string? ToneProblem = null
);
