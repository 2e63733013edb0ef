using Rig.Cluster;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Clock;

/// <summary>Answers with <see cref="ClockAnswer"/>, at once.</summary>
public sealed record GetClock
{
    public static readonly GetClock Instance = new();
}

/// <param name="HasPeers">Other nodes are in the rig, so that an unknown clock is a matter.</param>
public sealed record ClockAnswer(ClockStatus Clock, bool HasPeers);

/// <summary>What the clock's actor works with.</summary>
public sealed record ClockSetup
{
    public required string NodeId { get; init; }

    /// <summary>Takes every new reading.</summary>
    public required ClockBoard Board { get; init; }

    /// <summary>The node's time.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Between two readings.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Null for a node alone.</summary>
    public ICluster? Cluster { get; init; }

    /// <summary>Asks chronyd; null when it has nothing to say.</summary>
    internal Func<CancellationToken, Task<ChronyReading?>> ReadChrony { get; init; } = _ => Task.FromResult<ChronyReading?>(null);

    /// <summary>The same setup with chronyd asked through chronyc.</summary>
    /// <param name="address">chronyd's command socket or host; null for chronyc's defaults.</param>
    public ClockSetup WithChrony(string? address) => this with { ReadChrony = new ChronyProbe(address).ReadAsync };
}
