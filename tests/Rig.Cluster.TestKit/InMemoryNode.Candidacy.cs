using Rig.Cluster.Election;

namespace Rig.Cluster.TestKit;

public sealed partial class InMemoryNode
{
    private void Step(CandidacyInput input)
    {
        if (IsAlive)
        {
            Carry(Decide(input));
            PutAnnouncement();
        }
    }

    /// <summary>What the node itself hears happens at once; what is left is for the engine.</summary>
    private List<CandidacyEffect> Decide(CandidacyInput input)
    {
        List<CandidacyEffect> left = [];
        foreach (CandidacyEffect effect in _candidacy.Step(_rig.Time.Now, input))
        {
            switch (effect)
            {
                case CandidacyEffect.StepUp up:
                    _leadership.StepUp(up.Token);
                    break;
                case CandidacyEffect.StepDown down:
                    _leadership.StepDown(down.Reason);
                    break;
                case CandidacyEffect.LeaderIs known:
                    _view.SetLeader(known.Leader);
                    break;
                default:
                    left.Add(effect);
                    break;
            }
        }

        _tick?.Dispose();
        _tick =
            _candidacy.Due == TimeSpan.MaxValue
                ? null
                : _rig.Network.Local(Self.NodeId, _candidacy.Due - _rig.Time.Now, () => Step(new CandidacyInput.Tick()));
        return left;
    }

    private void Carry(IReadOnlyList<CandidacyEffect> effects)
    {
        foreach (CandidacyEffect effect in effects)
        {
            switch (effect)
            {
                case CandidacyEffect.GrantLease grant:
                    Grant(grant);
                    break;
                case CandidacyEffect.RenewLease renew:
                    Renew(renew);
                    break;
                case CandidacyEffect.TryAcquire attempt:
                    TryAcquire(attempt);
                    break;
                case CandidacyEffect.Release release:
                    Release(release);
                    break;
                case CandidacyEffect.RevokeLease revoke:
                    Engine.Call(store => Done(() => store.Revoke(revoke.Lease)), _ => { }, _ => { });
                    break;
            }
        }
    }

    private void Grant(CandidacyEffect.GrantLease grant) =>
        Engine.Call(
            store => store.Grant(_rig.Time.Now, grant.Ttl),
            lease => Step(new CandidacyInput.LeaseGranted(lease, grant.SentAt, grant.Ttl)),
            reason =>
            {
                Step(new CandidacyInput.GrantFailed(reason));
                _joined.TrySetResult();
            }
        );

    private void Renew(CandidacyEffect.RenewLease renew) =>
        Engine.Call(
            store => store.KeepAlive(renew.Lease, _rig.Time.Now),
            ttl =>
                Step(
                    ttl is { } lives
                        ? new CandidacyInput.LeaseRenewed(renew.Lease, renew.SentAt, lives)
                        : new CandidacyInput.LeaseLost(renew.Lease)
                ),
            reason => Step(new CandidacyInput.RenewFailed(renew.Lease, reason))
        );

    private void TryAcquire(CandidacyEffect.TryAcquire attempt) =>
        Engine.Call(
            store => store.TryAcquire(Self.NodeId, attempt.Lease),
            result =>
                Step(
                    result switch
                    {
                        AcquireResult.Mine mine => new CandidacyInput.Acquired(attempt.Lease, mine.Token),
                        AcquireResult.Others others => new CandidacyInput.Denied(attempt.Lease, others.Holder, others.Token),
                        _ => new CandidacyInput.LeaseLost(attempt.Lease),
                    }
                ),
            reason => Step(new CandidacyInput.AcquireFailed(attempt.Lease, reason))
        );

    private void Release(CandidacyEffect.Release release) =>
        Engine.Call(
            store => Done(() => store.Release(release.Token)),
            _ =>
            {
                Step(new CandidacyInput.Released(release.Token));
                _resigning?.TrySetResult();
            },
            _ => _resigning?.TrySetResult()
        );

    private static bool Done(Action action)
    {
        action();
        return true;
    }
}
