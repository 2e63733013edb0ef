using System.Text.Json.Serialization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Nodes;

/// <summary><c>GET /api/v1/status</c>: one node and its cameras.</summary>
public sealed record NodeStatus
{
    public required string NodeId { get; init; }
    public required string Version { get; init; }
    public required NodeMode Mode { get; init; }

    /// <summary>The node's own clock when it answered.</summary>
    public required DateTimeOffset LocalTime { get; init; }

    /// <summary>The same instant by the rig's master clock, where the offset is known.</summary>
    public DateTimeOffset? MasterTime { get; init; }
    public required double UptimeSeconds { get; init; }
    public required IReadOnlyList<CameraStatus> Cameras { get; init; }
    public SessionStatus? Session { get; init; }
    public required DiskStatus Disk { get; init; }

    /// <summary>Null on machines without a battery.</summary>
    public BatteryStatus? Battery { get; init; }

    /// <summary>Null on machines that tell no temperature.</summary>
    public TemperatureStatus? Temperature { get; init; }
    public required ClockStatus Clock { get; init; }
    public required ProcessStatus Process { get; init; }

    /// <summary>Every gate that does not pass now; empty when a recording may start.</summary>
    public required IReadOnlyList<GateReading> Gates { get; init; }

    /// <summary>What is wrong now, in words that name the remedy.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnumConverter<NodeMode>))]
public enum NodeMode
{
    Production,
    Development,
}

/// <summary>The file system that holds the recordings.</summary>
public sealed record DiskStatus
{
    public required string Path { get; init; }
    public required bool Writable { get; init; }
    public required long FreeBytes { get; init; }
    public required long TotalBytes { get; init; }
    public required double FreePercent { get; init; }

    /// <summary>Minutes that fit at the present bitrate of all cameras; null while nothing streams.</summary>
    public double? EstimatedMinutes { get; init; }
}

public sealed record BatteryStatus(double Percent, bool Charging);

/// <summary>The hottest thermal zone, in degrees Celsius.</summary>
public sealed record TemperatureStatus(double Celsius, string Sensor);

public sealed record ProcessStatus
{
    public required double CpuCores { get; init; }
    public required long ResidentBytes { get; init; }
    public required long LogBytes { get; init; }
    public required double GcPauseMs { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnumConverter<GateLevel>))]
public enum GateLevel
{
    Ok,
    Warn,
    Block,
}

/// <summary>One condition for recording, as measured.</summary>
public sealed record GateReading
{
    /// <summary><c>signal</c>, <c>disk</c>, <c>temperature</c>, <c>battery</c>, <c>clock</c> or <c>recorder</c>.</summary>
    public required string Gate { get; init; }

    /// <summary>Null when it concerns the whole node.</summary>
    public string? Camera { get; init; }
    public required GateLevel Level { get; init; }

    /// <summary>The measured value with its unit.</summary>
    public required string Value { get; init; }

    /// <summary>What it would have to be.</summary>
    public required string Limit { get; init; }
    public required string Remedy { get; init; }
}
