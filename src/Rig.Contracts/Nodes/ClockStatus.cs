using System.Text.Json.Serialization;
using Rig.Contracts.Json;

namespace Rig.Contracts.Nodes;

/// <summary>The node's clock against the rig's time.</summary>
public sealed record ClockStatus
{
    /// <summary>Where the reading comes from: <c>chrony</c>, <c>exchange</c> (time stamps exchanged with the coordinator's node), or <c>none</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the clock follows a time source. False with <c>exchange</c>: the offset is known, but nothing corrects it.</summary>
    public bool Synchronised { get; init; }

    /// <summary>Local minus reference, in milliseconds.</summary>
    public double? OffsetMs { get; init; }

    /// <summary>Half of the round trip plus dispersion: the most that the offset may be wrong.</summary>
    public double? UncertaintyMs { get; init; }
    public int? Stratum { get; init; }
    public DateTimeOffset? LastSync { get; init; }

    /// <summary>How far <see cref="OffsetMs"/> can be relied on.</summary>
    public ClockConfidence Confidence { get; init; }

    /// <summary>Whether other nodes take their time from this one.</summary>
    public ClockRole Role { get; init; }

    /// <summary>What the clock is compared with: a node's id, a time server's name or address; null for a master that has nobody above it.</summary>
    public string? Reference { get; init; }

    /// <summary>Round trip to the primary reference, and error gathered on the way to it, in milliseconds (RFC 5905 11.2).</summary>
    public double? RootDelayMs { get; init; }
    public double? RootDispersionMs { get; init; }

    /// <summary>How much faster than the reference the machine's own oscillator runs, in millionths, before any correction.</summary>
    public double? DriftPpm { get; init; }

    /// <summary>A step of the system's clock that is held back until nothing records, in milliseconds; null when there is none.</summary>
    public double? HeldStepMs { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnumConverter<ClockConfidence>))]
public enum ClockConfidence
{
    Unknown,

    /// <summary>Offset and uncertainty together may be 5 ms or more: a sixth of a frame at 30 a second.</summary>
    Low,

    /// <summary>Below 5 ms.</summary>
    Medium,

    /// <summary>Below 1 ms.</summary>
    High,
}

[JsonConverter(typeof(SnakeCaseEnumConverter<ClockRole>))]
public enum ClockRole
{
    None,
    Client,
    Master,
}
