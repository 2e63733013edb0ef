namespace Rig.Cluster.Etcd;

/// <summary>
/// A client of etcd 3.4 over its JSON gateway: keys, transactions and leases here, the rest in the other parts. Every call may throw
/// <see cref="EtcdException"/> (etcd says no) and <see cref="ClusterAwayException"/> (no member answers in time, or none has a majority; a change may
/// then have happened or not). Can be used by many callers at once.
/// </summary>
public sealed partial class EtcdClient(EtcdOptions options, TimeProvider time) : IDisposable
{
    private readonly EtcdTransport _transport = new(options, time);

    public EtcdOptions Options => options;

    /// <summary>The endpoint that calls go to now.</summary>
    public Uri Endpoint => _transport.Current.Endpoint;

    public Task<EtcdRangeAnswer> RangeAsync(EtcdRange range, CancellationToken cancel) =>
        _transport.CallAsync("kv/range", range, EtcdJson.Default.EtcdRange, EtcdJson.Default.EtcdRangeAnswer, Repeat.Safe, cancel);

    /// <summary>The key as it is now, by a majority; null when it does not exist.</summary>
    public async Task<EtcdKeyValue?> GetAsync(string key, CancellationToken cancel)
    {
        EtcdRangeAnswer answer = await RangeAsync(new EtcdRange { Key = key }, cancel);
        return answer.Kvs.Count > 0 ? answer.Kvs[0] : null;
    }

    public Task<EtcdPutAnswer> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel, long lease = 0) =>
        _transport.CallAsync(
            "kv/put",
            new EtcdPut
            {
                Key = key,
                Value = value,
                Lease = lease,
            },
            EtcdJson.Default.EtcdPut,
            EtcdJson.Default.EtcdPutAnswer,
            Repeat.OnlyIfUnsent,
            cancel
        );

    public Task<EtcdDeleteAnswer> DeleteAsync(EtcdDelete delete, CancellationToken cancel) =>
        _transport.CallAsync(
            "kv/deleterange",
            delete,
            EtcdJson.Default.EtcdDelete,
            EtcdJson.Default.EtcdDeleteAnswer,
            Repeat.OnlyIfUnsent,
            cancel
        );

    public Task<EtcdTransactionAnswer> TransactAsync(EtcdTransaction transaction, CancellationToken cancel) =>
        _transport.CallAsync(
            "kv/txn",
            transaction,
            EtcdJson.Default.EtcdTransaction,
            EtcdJson.Default.EtcdTransactionAnswer,
            Repeat.OnlyIfUnsent,
            cancel
        );

    public void Dispose() => _transport.Dispose();
}
