using Rig.Contracts.Nodes;

namespace Rig.Actors.Health;

/// <summary>What the machine says of itself at one moment. Null: this machine cannot tell.</summary>
public sealed record MachineReadings
{
    public required DiskStatus Disk { get; init; }
    public BatteryStatus? Battery { get; init; }
    public TemperatureStatus? Temperature { get; init; }
    public required ClockStatus Clock { get; init; }

    /// <summary>Other nodes record with this one, so that its clock matters beyond itself.</summary>
    public bool HasPeers { get; init; }
}
