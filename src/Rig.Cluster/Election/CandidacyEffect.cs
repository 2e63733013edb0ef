namespace Rig.Cluster.Election;

/// <summary>What a candidate wants done, in this order. Requests are sent without waiting for one another.</summary>
public abstract record CandidacyEffect
{
    /// <summary>Ask for a lease.</summary>
    /// <param name="SentAt">To be given back with the answer: the lease lives at least from here.</param>
    public sealed record GrantLease(TimeSpan SentAt, TimeSpan Ttl) : CandidacyEffect;

    /// <inheritdoc cref="GrantLease"/>
    public sealed record RenewLease(long Lease, TimeSpan SentAt) : CandidacyEffect;

    /// <summary>Give back a lease that is not needed; not answered.</summary>
    public sealed record RevokeLease(long Lease) : CandidacyEffect;

    /// <summary>Make the leader's key on this lease if there is none, and tell whose it is.</summary>
    public sealed record TryAcquire(long Lease) : CandidacyEffect;

    /// <summary>Delete the leader's key if it still has this token.</summary>
    public sealed record Release(long Lease, FencingToken Token) : CandidacyEffect;

    /// <summary>This node leads from now on.</summary>
    public sealed record StepUp(FencingToken Token) : CandidacyEffect;

    /// <summary>This node leads no more, as of now.</summary>
    public sealed record StepDown(FencingToken Token, string Reason) : CandidacyEffect;

    /// <summary>Who leads, as far as known, is another than before.</summary>
    public sealed record LeaderIs(LeaderChanged Leader) : CandidacyEffect;
}
