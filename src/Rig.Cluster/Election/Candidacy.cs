using static Rig.Cluster.Election.CandidacyEffect;
using static Rig.Cluster.Election.CandidacyInput;

namespace Rig.Cluster.Election;

public enum CandidacyState
{
    /// <summary>Has no lease; asks for one.</summary>
    NoLease,

    /// <summary>Has a lease; another leads, or it is not known who.</summary>
    Standby,

    /// <summary>Has asked for the leader's key.</summary>
    Acquiring,

    /// <summary>Leads.</summary>
    Holding,

    /// <summary>Has left.</summary>
    Withdrawn,
}

/// <summary>
/// One node's way to leadership on a lease, as a step function: inputs with the node's monotonic time in, effects out; no clock, no task, no I/O. The same lease carries the node's
/// membership. What holds: a node leads only before the instant at which its last renewed lease, counted from when the renewal was <em>sent</em>,
/// could have run out, less a margin; and it never leads twice with the same token.
/// </summary>
public sealed class Candidacy(string nodeId, CandidacyTiming timing)
{
    private readonly List<CandidacyEffect> _effects = [];
    private readonly LeaseTerm _term = new(timing);
    private FencingToken _token;
    private FencingToken _goneUpTo;
    private FencingToken? _toRelease;
    private TimeSpan _acquireDue;
    private TimeSpan _releaseDue;
    private TimeSpan _standOffUntil;

    public CandidacyState State { get; private set; } = CandidacyState.NoLease;

    /// <summary>The lease that the node lives on now; null while it has none.</summary>
    public long? Lease => _term.Lease;

    /// <summary>Null while this node does not lead.</summary>
    public FencingToken? Token => State == CandidacyState.Holding ? _token : null;

    /// <summary>Who leads, as far as this node knows.</summary>
    public LeaderChanged Leader { get; private set; } = new(null, null);

    /// <summary>By then a <see cref="Tick"/> is wanted; may be earlier than now. <see cref="TimeSpan.MaxValue"/> when nothing is waited for.</summary>
    public TimeSpan Due =>
        State switch
        {
            CandidacyState.Withdrawn => TimeSpan.MaxValue,
            CandidacyState.Holding => Earlier(_term.Due, _term.SafeUntil),
            _ when _term.Lease is null => _term.Due,
            _ => Earlier(_term.Due, _toRelease is null ? _acquireDue : _releaseDue),
        };

    /// <summary>Takes one input at <paramref name="now"/>, which never goes back, and tells what is to be done.</summary>
    public IReadOnlyList<CandidacyEffect> Step(TimeSpan now, CandidacyInput input)
    {
        _effects.Clear();
        if (State == CandidacyState.Withdrawn)
        {
            return [];
        }

        if (now >= _term.SafeUntil)
        {
            StandDown(now, "its lease was not renewed in time");
        }

        Take(now, input);
        if (State != CandidacyState.Withdrawn)
        {
            Proceed(now);
        }

        return [.. _effects];
    }

    private void Take(TimeSpan now, CandidacyInput input)
    {
        switch (input)
        {
            case LeaseGranted granted when !_term.Granted(granted.Lease, granted.SentAt, granted.Ttl):
                _effects.Add(new RevokeLease(granted.Lease));
                break;
            case LeaseGranted when State == CandidacyState.NoLease:
                State = CandidacyState.Standby;
                _acquireDue = Leader.NodeId is null ? now : now + timing.RecheckAfter;
                break;
            case GrantFailed:
                _term.Failed(now, _term.Lease is null);
                break;
            case LeaseRenewed renewed:
                _term.Renewed(renewed.Lease, renewed.SentAt, renewed.Ttl);
                break;
            case RenewFailed failed:
                _term.Failed(now, failed.Lease == _term.Lease);
                break;
            case LeaseLost lost when lost.Lease == _term.Lease:
                LoseLease(now);
                break;
            case Acquired acquired when acquired.Lease == _term.Lease:
                Own(now, acquired.Token);
                break;
            case Denied denied when denied.Lease == _term.Lease:
                EndTry(denied.Token <= _goneUpTo ? now : now + timing.RecheckAfter);
                See(now, denied.Holder, denied.Token);
                break;
            case AcquireFailed failed when failed.Lease == _term.Lease:
                EndTry(now + timing.RetryAfter);
                break;
            case Released released:
                Gone(now, released.Token);
                break;
            case HolderSeen seen:
                See(now, seen.Holder, seen.Token);
                break;
            case HolderGone gone:
                Gone(now, gone.UpTo);
                break;
            case Resign when State == CandidacyState.Holding:
                StandDown(now, "it resigned");
                _standOffUntil = _acquireDue = now + timing.StandOff;
                break;
            case Withdraw:
                LeaveForGood(now);
                break;
        }
    }

    /// <summary>Sends what is due.</summary>
    private void Proceed(TimeSpan now)
    {
        if (_term.Ask(now) is { } request)
        {
            _effects.Add(request);
        }

        if (_term.Lease is not { } lease || State == CandidacyState.Holding)
        {
            return;
        }

        if (_toRelease is { } token)
        {
            if (now >= _releaseDue)
            {
                _releaseDue = now + timing.Patience;
                _effects.Add(new Release(lease, token));
            }
        }
        else if (now >= _acquireDue && now < _term.SafeUntil)
        {
            State = CandidacyState.Acquiring;
            _acquireDue = now + timing.Patience;
            _effects.Add(new TryAcquire(lease));
        }
        else if (now >= _acquireDue)
        {
            _acquireDue = now + timing.RetryAfter;
        }
    }

    /// <summary>The key is ours. It makes a leader only of who has a lease in time, and only once.</summary>
    private void Own(TimeSpan now, FencingToken token)
    {
        if (State == CandidacyState.Holding || token <= _goneUpTo)
        {
            return;
        }

        if (token <= _token || now < _standOffUntil || now >= _term.SafeUntil)
        {
            EndTry(now);
            GiveBack(now, token);
            return;
        }

        State = CandidacyState.Holding;
        _token = token;
        _effects.Add(new StepUp(token));
        Know(nodeId, token);
    }

    private void See(TimeSpan now, string holder, FencingToken token)
    {
        if (token <= _goneUpTo || token == Leader.Token || token == _token)
        {
            return;
        }

        StandDown(now, $"{holder} leads");
        _standOffUntil = now;
        if (State == CandidacyState.Standby)
        {
            // Under this node's name it may be the key of an earlier lease, or one of this lease whose answer was lost: trying tells.
            _acquireDue = now + (holder == nodeId ? timing.RetryAfter : timing.RecheckAfter);
        }

        Know(holder, token);
    }

    private void Gone(TimeSpan now, FencingToken upTo)
    {
        if (upTo <= _goneUpTo)
        {
            return;
        }

        Forget(upTo);
        if (_token <= upTo)
        {
            StandDown(now, "its key was removed");
        }

        if (Leader.Token <= upTo)
        {
            Know(null, null);
            _acquireDue = State == CandidacyState.Standby ? now : _acquireDue;
        }
    }

    /// <summary>Ends leading, if this node leads. The key is given back before it is tried for again.</summary>
    private void StandDown(TimeSpan now, string reason)
    {
        if (State != CandidacyState.Holding)
        {
            return;
        }

        State = CandidacyState.Standby;
        _acquireDue = now;
        _effects.Add(new StepDown(_token, reason));
        if (_token > _goneUpTo)
        {
            GiveBack(now, _token);
        }

        Know(null, null);
    }

    private void GiveBack(TimeSpan now, FencingToken token)
    {
        _toRelease = token;
        _releaseDue = now;
    }

    private void LoseLease(TimeSpan now)
    {
        StandDown(now, "its lease ran out");
        _term.Lost(now);
        _toRelease = null;
        State = CandidacyState.NoLease;
    }

    private void LeaveForGood(TimeSpan now)
    {
        StandDown(now, "it leaves the cluster");
        if (_term.Lease is { } lease)
        {
            if (_toRelease is { } token)
            {
                _effects.Add(new Release(lease, token));
            }

            _effects.Add(new RevokeLease(lease));
        }

        State = CandidacyState.Withdrawn;
    }

    private void EndTry(TimeSpan next)
    {
        if (State == CandidacyState.Acquiring)
        {
            State = CandidacyState.Standby;
            _acquireDue = next;
        }
    }

    /// <summary>There is one key: whoever has it, those with lower tokens do not.</summary>
    private void Know(string? holder, FencingToken? token)
    {
        LeaderChanged leader = new(holder, token);
        if (leader == Leader)
        {
            return;
        }

        Leader = leader;
        _effects.Add(new LeaderIs(leader));
        if (token is { } held)
        {
            Forget(new FencingToken(held.Value - 1));
        }
    }

    private void Forget(FencingToken upTo)
    {
        _goneUpTo = upTo > _goneUpTo ? upTo : _goneUpTo;
        if (_toRelease <= _goneUpTo)
        {
            _toRelease = null;
        }
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
