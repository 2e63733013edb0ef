using System.Text.Json.Serialization;

namespace Rig.Contracts.Recordings;

/// <summary><c>GET /api/v1/recordings</c>: sessions, newest first.</summary>
public sealed record RecordingsPage(IReadOnlyList<RecordedSession> Sessions, int Total, IReadOnlyList<BrokenRecording> Broken);

public sealed record RecordedSession(
    string SessionId,
    DateTimeOffset Start,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? End,
    long Bytes,
    IReadOnlyList<Manifest> Cameras
);

/// <summary>A manifest or file that cannot be used: shown, never hidden.</summary>
public sealed record BrokenRecording(string Path, string Problem);

/// <summary><c>POST /api/v1/recordings/confirm</c>: the copy of this file has this hash.</summary>
public sealed record ConfirmOffload
{
    /// <summary><c>{session}/{file}</c> as in the catalogue.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the copy, computed at the destination.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Who copied, in the operator's words.</summary>
    public string? By { get; init; }
}

public sealed record ConfirmedOffload(string File, bool Offloaded, bool Deleted);

/// <summary><c>POST /api/v1/recordings/delete-offloaded</c>.</summary>
public sealed record DeletedOffloaded(int Files, long Bytes);
