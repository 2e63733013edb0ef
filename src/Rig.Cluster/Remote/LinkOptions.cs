namespace Rig.Cluster.Remote;

/// <summary>Times and bounds of the links of one node. The defaults suit a rig of up to some dozen nodes on a local network or Wi-Fi.</summary>
public sealed record LinkOptions
{
    /// <summary>
    /// Bytes of a frame, both ways. The largest honest message is a node's status or a page of its log, tens of kilobytes; a session of 100 cameras takes about 40.
    /// </summary>
    public const int LargestFrame = 1 << 20;

    /// <summary>A heartbeat is sent this often, whatever else is sent.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A peer from which no byte comes for so long is unreachable: three heartbeats, so that one late packet is none.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A peer that takes longer than this to take one frame does not read: the largest one at 1 Mbit/s needs 8.4 s.</summary>
    public TimeSpan SendLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the first packet to the open WebSocket.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A handler is cancelled after this time, so that one that hangs does not keep its place for ever.</summary>
    public TimeSpan HandlerLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before the second attempt to connect; doubles up to <see cref="LongestBackoff"/>.</summary>
    public TimeSpan ShortestBackoff { get; init; } = TimeSpan.FromMilliseconds(100);
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Frames that wait to be sent to one peer, and received from it but not yet begun to be handled: each.</summary>
    public int MostFrames { get; init; } = 1000;

    /// <summary>Their bytes: eight of the largest frames.</summary>
    public long MostBytes { get; init; } = 8L * LargestFrame;

    /// <summary>Messages of one peer that are handled at the same time; the coordinator sends one at a time to a node, pages and logs a few.</summary>
    public int MostHandlers { get; init; } = 32;
}
