using System.Text;
using Rig.Cluster.Election;

namespace Rig.Cluster.Etcd;

/// <summary>A candidate's requests, as etcd takes them; every end of a request is an input of the candidacy.</summary>
internal sealed class CandidacyRequests(EtcdClient client, RigKeys keys, string nodeId)
{
    /// <summary>Never throws. Null when nobody waits for the answer.</summary>
    public async Task<CandidacyInput?> SendAsync(CandidacyEffect request, CancellationToken cancel)
    {
        try
        {
            return request switch
            {
                CandidacyEffect.GrantLease grant => await GrantAsync(grant, cancel),
                CandidacyEffect.RenewLease renew => await RenewAsync(renew, cancel),
                CandidacyEffect.TryAcquire attempt => await AcquireAsync(attempt.Lease, cancel),
                CandidacyEffect.Release release => await ReleasedAsync(release.Token, cancel),
                CandidacyEffect.RevokeLease revoke => await RevokeAsync(revoke.Lease, cancel),
                _ => null,
            };
        }
        catch (EtcdException refused) when (refused.Code == EtcdException.NotFound && LeaseOf(request) is { } lease)
        {
            return new CandidacyInput.LeaseLost(lease);
        }
        catch (Exception failed) when (failed is EtcdException or ClusterAwayException or OperationCanceledException)
        {
            return Failure(request, failed.Message);
        }
    }

    /// <summary>Deletes the coordinator's key if it still has this token.</summary>
    public Task ReleaseAsync(FencingToken token, CancellationToken cancel) =>
        client.TransactAsync(
            new EtcdTransaction
            {
                Compare = [EtcdCompare.Created(keys.Coordinator, token.Value)],
                Success = [EtcdOperation.Of(new EtcdDelete { Key = keys.Coordinator })],
            },
            cancel
        );

    private async Task<CandidacyInput> GrantAsync(CandidacyEffect.GrantLease grant, CancellationToken cancel)
    {
        EtcdLease lease = await client.GrantLeaseAsync(grant.Ttl, cancel);
        return new CandidacyInput.LeaseGranted(lease.Id, grant.SentAt, TimeSpan.FromSeconds(lease.Ttl));
    }

    private async Task<CandidacyInput> RenewAsync(CandidacyEffect.RenewLease renew, CancellationToken cancel) =>
        await client.KeepLeaseAliveAsync(renew.Lease, cancel) is { } ttl
            ? new CandidacyInput.LeaseRenewed(renew.Lease, renew.SentAt, ttl)
            : new CandidacyInput.LeaseLost(renew.Lease);

    private async Task<CandidacyInput> AcquireAsync(long lease, CancellationToken cancel)
    {
        EtcdTransactionAnswer answer = await client.TransactAsync(
            new EtcdTransaction
            {
                Compare = [EtcdCompare.Absent(keys.Coordinator)],
                Success =
                [
                    EtcdOperation.Of(
                        new EtcdPut
                        {
                            Key = keys.Coordinator,
                            Value = RigKeys.Text(nodeId),
                            Lease = lease,
                        }
                    ),
                ],
                Failure = [EtcdOperation.Of(new EtcdRange { Key = keys.Coordinator })],
            },
            cancel
        );
        if (answer.Succeeded)
        {
            return new CandidacyInput.Acquired(lease, new FencingToken(answer.Header.Revision));
        }

        if (answer.Responses is not [{ ResponseRange.Kvs: [{ } held, ..] }, ..])
        {
            return new CandidacyInput.AcquireFailed(lease, "etcd tells of no holder");
        }

        FencingToken token = new(held.CreateRevision);
        return held.Lease == lease
            ? new CandidacyInput.Acquired(lease, token)
            : new CandidacyInput.Denied(lease, Encoding.UTF8.GetString(held.Value.Span), token);
    }

    private async Task<CandidacyInput> ReleasedAsync(FencingToken token, CancellationToken cancel)
    {
        await ReleaseAsync(token, cancel);
        return new CandidacyInput.Released(token);
    }

    private async Task<CandidacyInput?> RevokeAsync(long lease, CancellationToken cancel)
    {
        await client.RevokeLeaseAsync(lease, cancel);
        return null;
    }

    private static long? LeaseOf(CandidacyEffect request) =>
        request switch
        {
            CandidacyEffect.RenewLease renew => renew.Lease,
            CandidacyEffect.TryAcquire attempt => attempt.Lease,
            _ => null,
        };

    private static CandidacyInput? Failure(CandidacyEffect request, string reason) =>
        request switch
        {
            CandidacyEffect.GrantLease => new CandidacyInput.GrantFailed(reason),
            CandidacyEffect.RenewLease renew => new CandidacyInput.RenewFailed(renew.Lease, reason),
            CandidacyEffect.TryAcquire attempt => new CandidacyInput.AcquireFailed(attempt.Lease, reason),
            _ => null,
        };
}
