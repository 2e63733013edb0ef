namespace Rig.Contracts.Cluster;

/// <summary>A node's connection to another one, as the node itself sees it.</summary>
public sealed record LinkStatus
{
    /// <summary>The other node; empty for what belongs to no node that is known.</summary>
    public required string NodeId { get; init; }

    /// <summary>True while frames come from it.</summary>
    public required bool Up { get; init; }

    /// <summary>Since when it is up or down; null before the first attempt has ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why it is down.</summary>
    public string? Reason { get; init; }

    /// <summary>Frames waiting to be sent.</summary>
    public int QueuedFrames { get; init; }
    public long QueuedBytes { get; init; }

    /// <summary>Everything counted since the process began, by name (<c>frames_sent</c>, <c>dropped_queue_full</c>, ...); what is zero is left out.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }
}
