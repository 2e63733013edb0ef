using System.Text.Json.Serialization;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;

namespace Rig.Contracts.Sessions;

/// <summary><c>POST /api/v1/start</c>.</summary>
public sealed record StartSession
{
    /// <summary>Letters, digits, <c>-</c> and <c>_</c>, 64 at most; made from the time when not given.</summary>
    public string? SessionId { get; init; }

    /// <summary>Ids of the cameras; all when not given.</summary>
    public IReadOnlyList<string>? Cameras { get; init; }

    /// <summary>The instant at which every camera begins (T0); the press when not given. May lie in the past as far as the GOP logs reach.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Begins so many seconds before the press.</summary>
    public double? PreRollSeconds { get; init; }

    /// <summary>Ends by itself after so many seconds from T0.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Starts nothing unless every chosen camera may record.</summary>
    public bool RequireAll { get; init; }

    /// <summary>Sounds a tone once in the rig, on the machine that took the command, when the cameras have answered and at least one records.</summary>
    public bool Beep { get; init; }

    /// <summary>Passes over gates that block; noted in the manifest.</summary>
    public bool Force { get; init; }

    /// <summary>Only this node's cameras, without the coordinator: for when the rig is away. Reconciled with the rig when it is back.</summary>
    public bool Local { get; init; }

    /// <summary>Free text by key, kept in the manifest.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>When the operator pressed; the server's clock when not given. A start that was delayed on its way still begins here.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>The same request sent twice has one effect.</summary>
    public string? RequestId { get; init; }
}

/// <summary><c>POST /api/v1/stop</c>.</summary>
public sealed record StopSession
{
    /// <summary>The running session when not given.</summary>
    public string? SessionId { get; init; }

    /// <summary>The instant at which every camera ends (T1), exclusive; the press when not given.</summary>
    public DateTimeOffset? At { get; init; }
    public DateTimeOffset? RequestedAt { get; init; }
    public string? RequestId { get; init; }

    /// <summary>Only this node's cameras, without the coordinator.</summary>
    public bool Local { get; init; }
}

/// <summary><c>POST /api/v1/marks</c>.</summary>
public sealed record AddMark
{
    /// <summary>What happened; 200 characters at most.</summary>
    public required string Name { get; init; }

    /// <summary>The press when not given.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A named instant of a session; a chapter in every file.</summary>
public sealed record Mark(string Name, DateTimeOffset At);

[JsonConverter(typeof(SnakeCaseEnumConverter<SessionState>))]
public enum SessionState
{
    Starting,
    Recording,
    Stopping,
    Finished,
}

/// <summary>A session as it runs.</summary>
public sealed record SessionStatus
{
    public required string SessionId { get; init; }
    public required SessionState State { get; init; }

    /// <summary>T0.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>T1, once it is known.</summary>
    public DateTimeOffset? End { get; init; }
    public required IReadOnlyList<string> Cameras { get; init; }
    public required IReadOnlyList<Mark> Marks { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>What became of a start or stop, camera by camera.</summary>
public sealed record SessionOutcome
{
    public required string SessionId { get; init; }
    public required SessionState State { get; init; }
    public required DateTimeOffset Start { get; init; }
    public DateTimeOffset? End { get; init; }
    public required IReadOnlyList<CameraOutcome> Cameras { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnumConverter<CameraResult>))]
public enum CameraResult
{
    Recording,

    /// <summary>Records, but its log no longer reached back to T0.</summary>
    Late,
    Refused,
    Timeout,
    Unreachable,

    /// <summary>Stopped and closed, all bytes durable.</summary>
    Stopped,
    Failed,
}

public sealed record CameraOutcome
{
    public required string Camera { get; init; }
    public required CameraResult Result { get; init; }

    /// <summary>Milliseconds from T0 to the first presented picture.</summary>
    public double? OffsetMs { get; init; }
    public string? Reason { get; init; }

    /// <summary>The gates that refused.</summary>
    public IReadOnlyList<GateReading>? Gates { get; init; }
}
