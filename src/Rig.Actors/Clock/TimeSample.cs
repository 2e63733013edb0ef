using Rig.Contracts.Cluster;

namespace Rig.Actors.Clock;

/// <summary>One exchange of four time stamps with another node (RFC 5905 section 8): what the two clocks differ by, and how sure that is.</summary>
/// <param name="Offset">This node's clock less the other's.</param>
/// <param name="RoundTrip">Time on the way there and back, without what the other node took for its answer. The offset is wrong by half of it at most.</param>
/// <param name="At">When it was taken, on this node's monotonic clock.</param>
internal readonly record struct TimeSample(TimeSpan Offset, TimeSpan RoundTrip, TimeSpan At)
{
    /// <summary>Beyond it an answer tells nothing that a gate of some milliseconds could use.</summary>
    private static readonly TimeSpan LongestRoundTrip = TimeSpan.FromSeconds(1);

    /// <summary>More than any two clocks differ; a node that says so is broken or lies.</summary>
    private static readonly TimeSpan LargestOffset = TimeSpan.FromDays(50 * 365);

    /// <summary>Null when the stamps contradict each other or the measured time.</summary>
    /// <param name="sent">T1, this node's clock.</param>
    /// <param name="answer">T2 and T3, the other's clock.</param>
    /// <param name="elapsed">T4 less T1, measured by the monotonic clock, so that no step in between counts.</param>
    /// <param name="at">Now, on this node's monotonic clock.</param>
    public static TimeSample? Of(DateTimeOffset sent, TimeAnswer answer, TimeSpan elapsed, TimeSpan at)
    {
        ArgumentNullException.ThrowIfNull(answer);
        TimeSpan work = answer.Answered - answer.Received;
        TimeSpan roundTrip = elapsed - work;
        if (answer.Sent != sent || work < TimeSpan.Zero || roundTrip < TimeSpan.Zero || roundTrip > LongestRoundTrip)
        {
            return null;
        }

        // ((T1 - T2) + (T4 - T3)) / 2
        TimeSpan offset = (sent - answer.Received + (sent + elapsed - answer.Answered)) / 2;
        return offset.Duration() <= LargestOffset ? new TimeSample(offset, roundTrip, at) : null;
    }
}
