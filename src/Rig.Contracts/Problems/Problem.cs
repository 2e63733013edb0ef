using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Problems;

/// <summary>A refusal or error on the wire: RFC 9457 problem details with a stable <see cref="Code"/>.</summary>
public sealed record Problem
{
    public string Type { get; init; } = "about:blank";
    public required string Title { get; init; }
    public required int Status { get; init; }
    public string? Detail { get; init; }

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>For refusals: the gates with value, limit and remedy.</summary>
    public IReadOnlyList<GateReading>? Gates { get; init; }

    /// <summary>For starts and stops: what became of each camera.</summary>
    public SessionOutcome? Outcome { get; init; }
}

/// <summary>Stable codes of <see cref="Problem"/>; programs may rely on them.</summary>
public static class ProblemCodes
{
    public const string InvalidRequest = "invalid_request";
    public const string NotFound = "not_found";
    public const string UnknownCamera = "unknown_camera";
    public const string SessionRunning = "session_running";
    public const string SessionExists = "session_exists";
    public const string NoSession = "no_session";
    public const string GatesFailed = "gates_failed";
    public const string TooLong = "too_long";
    public const string ConfigurationInvalid = "configuration_invalid";
    public const string Recording = "recording";
    public const string HashMismatch = "hash_mismatch";
    public const string NotHashedYet = "not_hashed_yet";
    public const string TimedOut = "timed_out";
    public const string ForeignOrigin = "foreign_origin";

    /// <summary>The rig's shared state cannot be used from this node; local commands can.</summary>
    public const string ClusterAway = "cluster_away";

    /// <summary>No coordinator is known or reachable at the moment.</summary>
    public const string NoCoordinator = "no_coordinator";

    /// <summary>Another node that alone could answer does not.</summary>
    public const string NodeUnreachable = "node_unreachable";

    /// <summary>The output that was asked for cannot carry the camera's codec.</summary>
    public const string Unplayable = "unplayable";

    /// <summary>The camera has no picture to give.</summary>
    public const string NoPicture = "no_picture";

    /// <summary>The camera's memory does not hold that instant.</summary>
    public const string NotInLog = "not_in_log";

    /// <summary>More is asked for at once than can be done; later it can.</summary>
    public const string Busy = "busy";

    /// <summary>Nothing was recorded there.</summary>
    public const string NoRecording = "no_recording";
    public const string Internal = "internal";

    /// <summary>No credential, or one that does not hold.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The role does not suffice.</summary>
    public const string NotAllowed = "not_allowed";
    public const string LoginFailed = "login_failed";
    public const string TooManyAttempts = "too_many_attempts";
    public const string TooManyViewers = "too_many_viewers";

    /// <summary>The Host header is a name that the node does not go by.</summary>
    public const string UnknownHost = "unknown_host";

    /// <summary>Nobody could give rights any more.</summary>
    public const string LastAdmin = "last_admin";

    /// <summary>This node has not what the request needs.</summary>
    public const string NotAvailable = "not_available";
}
