namespace Rig.Cluster.Election;

/// <summary>
/// What happens to a candidate. Answers name the lease (or the token) that they are about, so that a late one is told from a fresh one; they may come twice, late or never.
/// </summary>
public abstract record CandidacyInput
{
    /// <summary>Time passed; due at <see cref="Candidacy.Due"/>, allowed at any time.</summary>
    public sealed record Tick : CandidacyInput;

    /// <param name="SentAt">As in the request that this answers.</param>
    /// <param name="Ttl">As the engine decided.</param>
    public sealed record LeaseGranted(long Lease, TimeSpan SentAt, TimeSpan Ttl) : CandidacyInput;

    public sealed record GrantFailed(string Reason) : CandidacyInput;

    /// <inheritdoc cref="LeaseGranted"/>
    public sealed record LeaseRenewed(long Lease, TimeSpan SentAt, TimeSpan Ttl) : CandidacyInput;

    /// <summary>No answer, or one that says nothing about the lease.</summary>
    public sealed record RenewFailed(long Lease, string Reason) : CandidacyInput;

    /// <summary>The engine does not know the lease any more.</summary>
    public sealed record LeaseLost(long Lease) : CandidacyInput;

    /// <summary>The leader's key is this node's, on this lease: made just now, or by an earlier try whose answer was lost.</summary>
    /// <param name="Token">The revision that made the key.</param>
    public sealed record Acquired(long Lease, FencingToken Token) : CandidacyInput;

    /// <summary>The leader's key is another's, or this node's from an earlier lease.</summary>
    public sealed record Denied(long Lease, string Holder, FencingToken Token) : CandidacyInput;

    public sealed record AcquireFailed(long Lease, string Reason) : CandidacyInput;

    /// <summary>The key of that token is gone for certain.</summary>
    public sealed record Released(FencingToken Token) : CandidacyInput;

    /// <summary>The leader's key was seen, by watch or list.</summary>
    public sealed record HolderSeen(string Holder, FencingToken Token) : CandidacyInput;

    /// <summary>At revision <paramref name="UpTo"/> there was no leader's key: whoever held it with a token up to that does not any more.</summary>
    public sealed record HolderGone(FencingToken UpTo) : CandidacyInput;

    /// <summary>Let another lead; nothing when this node does not.</summary>
    public sealed record Resign : CandidacyInput;

    /// <summary>The node leaves: gives up what it holds and stands no more.</summary>
    public sealed record Withdraw : CandidacyInput;
}
