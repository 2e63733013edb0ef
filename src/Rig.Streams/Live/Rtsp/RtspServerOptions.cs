using System.Net;

namespace Rig.Streams.Live.Rtsp;

/// <summary>Where the RTSP server listens and how much it takes.</summary>
public sealed record RtspServerOptions
{
    public required string NodeId { get; init; }

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [IPAddress.Loopback];

    /// <summary>0: any free one.</summary>
    public int Port { get; init; } = 8554;

    /// <summary>The even one of two; 0: any free pair.</summary>
    public int UdpPort { get; init; }

    /// <summary>Connections at once.</summary>
    public int Connections { get; init; } = 200;

    /// <summary>A client without a sign of life for so long is gone (RFC 7826 18.49); one that plays over TCP shows it by reading.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two sender reports (RFC 3550 6.2).</summary>
    public TimeSpan ReportPeriod { get; init; } = TimeSpan.FromSeconds(5);
}

/// <param name="Connections">Now.</param>
/// <param name="Accepted">Connections so far.</param>
/// <param name="Refused">For which there was no place.</param>
/// <param name="Malformed">Ended because of what the client sent.</param>
/// <param name="Unproven">Requests without the right to them.</param>
/// <param name="Failed">Ended by a fault of the server.</param>
public sealed record RtspStatistics(int Connections, long Accepted, long Refused, long Malformed, long Unproven, long Failed);
