namespace Rig.Cluster.Election;

/// <summary>How long things may take in an election. All in time of the node's monotonic clock.</summary>
/// <param name="Ttl">How long a lease lives without renewal; asked for, the engine's answer counts.</param>
public sealed record CandidacyTiming(TimeSpan Ttl)
{
    /// <summary>5 s, as the spec of the cluster has it.</summary>
    public static readonly CandidacyTiming Default = new(TimeSpan.FromSeconds(5));

    /// <summary>
    /// A holder stops this long before its lease can have run out. Covers clocks that run at different speeds (500 ppm of 5 s are 2.5 ms) and the time between a decision and its
    /// effect, which on a loaded small computer was seen to take a few hundred milliseconds.
    /// </summary>
    public TimeSpan Margin { get; init; } = Ttl / 10;

    /// <summary>From sending one renewal to sending the next: two may fail before the lease is in danger.</summary>
    public TimeSpan RenewEvery { get; init; } = Ttl / 3;

    /// <summary>A request without an answer for so long counts as failed.</summary>
    public TimeSpan Patience { get; init; } = Ttl / 3;

    /// <summary>From a failed request to the next one of its kind.</summary>
    public TimeSpan RetryAfter { get; init; } = Ttl / 10;

    /// <summary>Who stands by tries again after so long even when it heard nothing, in case the news was lost.</summary>
    public TimeSpan RecheckAfter { get; init; } = Ttl * 3;

    /// <summary>Who resigned lets the others go first for so long.</summary>
    public TimeSpan StandOff { get; init; } = Ttl;
}
