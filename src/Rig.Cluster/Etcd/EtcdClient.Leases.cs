namespace Rig.Cluster.Etcd;

public sealed partial class EtcdClient
{
    /// <param name="ttl">Whole seconds; etcd raises what is below its own election time (about 2 s), see <see cref="EtcdLease.Ttl"/>.</param>
    public Task<EtcdLease> GrantLeaseAsync(TimeSpan ttl, CancellationToken cancel) =>
        LeaseAsync("lease/grant", new EtcdLeaseRequest { Ttl = (long)Math.Ceiling(ttl.TotalSeconds) }, cancel);

    /// <summary>How long it lives from now on; null when it is not there any more.</summary>
    public async Task<TimeSpan?> KeepLeaseAliveAsync(long lease, CancellationToken cancel)
    {
        EtcdStreamed<EtcdLease> answer = await _transport.CallAsync(
            "lease/keepalive",
            new EtcdLeaseRequest { Id = lease },
            EtcdJson.Default.EtcdLeaseRequest,
            EtcdJson.Default.StreamedLease,
            Repeat.Safe,
            cancel
        );
        if (answer.Error is { } error)
        {
            throw new EtcdException(error.GrpcCode, error.Message);
        }

        return answer.Result is { Ttl: > 0 } lives ? TimeSpan.FromSeconds(lives.Ttl) : null;
    }

    /// <summary><see cref="EtcdLease.Ttl"/> is -1 when there is no such lease.</summary>
    public Task<EtcdLease> LeaseTimeToLiveAsync(long lease, CancellationToken cancel) =>
        LeaseAsync("lease/timetolive", new EtcdLeaseRequest { Id = lease }, cancel);

    /// <summary>Ends the lease, and with it its keys; nothing when it has ended already.</summary>
    public async Task RevokeLeaseAsync(long lease, CancellationToken cancel)
    {
        try
        {
            await LeaseAsync("lease/revoke", new EtcdLeaseRequest { Id = lease }, cancel);
        }
        catch (EtcdException refused) when (refused.Code == EtcdException.NotFound)
        {
            // Which is what was wanted.
        }
    }

    private Task<EtcdLease> LeaseAsync(string path, EtcdLeaseRequest request, CancellationToken cancel) =>
        // A lease granted twice runs out by itself, a lease revoked twice is revoked.
        _transport.CallAsync(path, request, EtcdJson.Default.EtcdLeaseRequest, EtcdJson.Default.EtcdLease, Repeat.Safe, cancel);
}
