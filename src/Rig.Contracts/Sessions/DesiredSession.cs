using System.Text.Json.Serialization;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;

namespace Rig.Contracts.Sessions;

[JsonConverter(typeof(SnakeCaseEnumConverter<DesiredState>))]
public enum DesiredState
{
    Recording,

    /// <summary>T1 is known; every camera ends there.</summary>
    Stopped,

    /// <summary>Every camera has ended; nothing is left to do.</summary>
    Finished,
}

/// <summary>What is wanted of the rig, as one small document that grows by revisions. A node makes itself match it, whenever it learns of it.</summary>
public sealed record DesiredSession
{
    public required string SessionId { get; init; }
    public required long Revision { get; init; }
    public required DesiredState State { get; init; }

    /// <summary>T0.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>T1, exclusive; planned while recording when a duration was given.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Also covers cameras of nodes that join while it records.</summary>
    public bool AllCameras { get; init; }
    public required IReadOnlyList<DesiredCamera> Cameras { get; init; }
    public IReadOnlyList<Mark> Marks { get; init; } = [];
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Gates that were passed over by force.</summary>
    public IReadOnlyList<GateReading> GateOverrides { get; init; } = [];

    /// <summary>The request that made it; the same request again changes nothing.</summary>
    public string? RequestId { get; init; }

    /// <summary>The request that stopped it.</summary>
    public string? StopRequestId { get; init; }

    /// <summary>When the newest start or stop was asked for: between wishes made on parted nodes the later one holds.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>The node that began it by itself while the rig was away; null when the coordinator did.</summary>
    public string? Origin { get; init; }
}

/// <summary>A camera of a session. It may join later and leave earlier than the others.</summary>
/// <param name="Camera">Its id with the node: <c>CAM_L/cam0</c>.</param>
/// <param name="Start">Where it begins: T0, or when it joined.</param>
/// <param name="End">Where it ended, exclusive, if it left before the session's end.</param>
/// <param name="Outcome">What became of it, once known. A refused camera does not record unless it is joined by name.</param>
/// <param name="WishedAt">When its own join, leave or local stop was asked for; null when it goes with the session.</param>
public sealed record DesiredCamera(
    string Camera,
    DateTimeOffset Start,
    DateTimeOffset? End = null,
    CameraOutcome? Outcome = null,
    DateTimeOffset? WishedAt = null
);
