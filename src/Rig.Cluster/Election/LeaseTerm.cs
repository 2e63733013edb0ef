using static Rig.Cluster.Election.CandidacyEffect;

namespace Rig.Cluster.Election;

/// <summary>The lease of a candidate: which it is, until when it lives for certain, and when to ask for it again. Part of <see cref="Candidacy"/>.</summary>
internal sealed class LeaseTerm(CandidacyTiming timing)
{
    private TimeSpan _ttl = timing.Ttl;
    private TimeSpan _sentAt = TimeSpan.MinValue;

    public long? Lease { get; private set; }

    /// <summary>When the next request is to be sent, be it the first or one more after an answer that did not come.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>Until then, less the margin, the engine keeps the lease whatever happens to this node.</summary>
    public TimeSpan SafeUntil => Lease is null ? TimeSpan.MinValue : _sentAt + _ttl - timing.Margin;

    public CandidacyEffect? Ask(TimeSpan now)
    {
        if (now < Due)
        {
            return null;
        }

        Due = now + timing.Patience;
        return Lease is { } lease ? new RenewLease(lease, now) : new GrantLease(now, timing.Ttl);
    }

    /// <summary>False when there is one already: then this one is the late answer to a request that was given up.</summary>
    public bool Granted(long lease, TimeSpan sentAt, TimeSpan ttl)
    {
        if (Lease is not null)
        {
            return Lease == lease;
        }

        Lease = lease;
        Extend(sentAt, ttl);
        return true;
    }

    public void Renewed(long lease, TimeSpan sentAt, TimeSpan ttl)
    {
        if (lease == Lease && sentAt > _sentAt)
        {
            Extend(sentAt, ttl);
        }
    }

    public void Failed(TimeSpan now, bool mine)
    {
        if (mine)
        {
            Due = now + timing.RetryAfter;
        }
    }

    public void Lost(TimeSpan now)
    {
        Lease = null;
        _sentAt = TimeSpan.MinValue;
        Due = now;
    }

    private void Extend(TimeSpan sentAt, TimeSpan ttl)
    {
        _sentAt = sentAt;
        _ttl = ttl;
        Due = sentAt + timing.RenewEvery;
    }
}
