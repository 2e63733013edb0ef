using System.Text.Json;

namespace Rig.Cluster.Remote;

/// <summary>Everything that is counted of a link. The names on the outside are these in snake case.</summary>
public enum LinkCount
{
    FramesSent,
    BytesSent,
    FramesReceived,
    BytesReceived,

    /// <summary>Connections from which at least one frame came.</summary>
    Connections,

    /// <summary>Attempts to connect that failed.</summary>
    FailedAttempts,

    /// <summary>Connections refused by the listener: no, foreign, expired or revoked certificate, too many at once, the wrong side calling.</summary>
    Refused,

    // Not sent or not handled.
    DroppedUnreachable,
    DroppedQueueFull,

    /// <summary>Own messages that are too large or that JSON cannot carry.</summary>
    DroppedUnsendable,
    DroppedBusy,
    UnknownPath,

    /// <summary>Handlers that threw, took too long or answered nothing to an ask.</summary>
    HandlerFaults,

    /// <summary>Answers that nobody waits for (any more).</summary>
    StrayAnswers,

    // Why a connection was closed from this side.
    Malformed,
    Oversize,
    Silent,
    Stalled,
    Replaced,
}

/// <summary>Counts of the links to one peer over all its connections. Any thread.</summary>
internal sealed class LinkTally
{
    private static readonly LinkCount[] All = Enum.GetValues<LinkCount>();
    private readonly long[] _counts = new long[All.Length];

    public long this[LinkCount count] => Interlocked.Read(ref _counts[(int)count]);

    public void Add(LinkCount count, long by = 1) => Interlocked.Add(ref _counts[(int)count], by);

    public IReadOnlyDictionary<string, long> NotZero() =>
        All.Where(count => this[count] != 0).ToDictionary(Name, count => this[count], StringComparer.Ordinal);

    public static string Name(LinkCount count) => JsonNamingPolicy.SnakeCaseLower.ConvertName(count.ToString());
}
