using System.Runtime.CompilerServices;

namespace Rig.Cluster.Etcd;

/// <summary>The rig's documents: keys under its root, every guard one transaction.</summary>
internal sealed class EtcdState(EtcdClient client, RigKeys keys) : ISharedState
{
    public Task<StateEntry?> GetAsync(string key, CancellationToken cancel) =>
        AskedAsync(async () => Entry(await client.GetAsync(keys.Shared(key), cancel)));

    public Task<StateSnapshot> ListAsync(string prefix, CancellationToken cancel) =>
        AskedAsync(async () =>
        {
            EtcdRangeAnswer answer = await client.RangeAsync(keys.Under(prefix), cancel);
            return new StateSnapshot([.. answer.Kvs.Where(keys.IsShared).Select(kv => Entry(kv)!)], answer.Header.Revision);
        });

    public Task<WriteResult> WriteAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel) =>
        guard.Leader is { Value: <= 0 }
            ? Task.FromResult<WriteResult>(new WriteResult.Fenced())
            : AskedAsync(() => WriteGuardedAsync(keys.Shared(key), value, guard, cancel));

    public async IAsyncEnumerable<StateEntry> WatchAsync(
        string prefix,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (IReadOnlyList<EtcdEvent> changes in client.WatchAsync(keys.Under(prefix), afterRevision, cancel))
        {
            foreach (EtcdEvent change in changes.Where(change => keys.IsShared(change.Kv)))
            {
                yield return new StateEntry(
                    keys.Relative(change.Kv),
                    change.IsDelete ? (ReadOnlyMemory<byte>?)null : change.Kv.Value,
                    change.Kv.ModRevision
                );
            }
        }
    }

    private async Task<WriteResult> WriteGuardedAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel)
    {
        EtcdTransaction write = new()
        {
            Compare = [.. Conditions(key, guard)],
            Success =
            [
                value is { } bytes
                    ? EtcdOperation.Of(new EtcdPut { Key = key, Value = bytes })
                    : EtcdOperation.Of(new EtcdDelete { Key = key }),
            ],
            Failure =
            [
                EtcdOperation.Of(new EtcdRange { Key = keys.Coordinator, KeysOnly = true }),
                EtcdOperation.Of(new EtcdRange { Key = key }),
            ],
        };
        EtcdTransactionAnswer answer = await client.TransactAsync(write, cancel);
        if (answer.Succeeded)
        {
            return new WriteResult.Written(answer.Header.Revision);
        }

        long leader = Read(answer, 0)?.CreateRevision ?? 0;
        return guard.Leader is { } token && token.Value != leader
            ? new WriteResult.Fenced()
            : new WriteResult.Conflict(Entry(Read(answer, 1)));
    }

    private IEnumerable<EtcdCompare> Conditions(string key, WriteGuard guard)
    {
        if (guard.Leader is { } token)
        {
            yield return EtcdCompare.Created(keys.Coordinator, token.Value);
        }

        if (guard.Expected is { } revision)
        {
            yield return EtcdCompare.Modified(key, revision);
        }
    }

    private static EtcdKeyValue? Read(EtcdTransactionAnswer answer, int index) =>
        answer.Responses.ElementAtOrDefault(index)?.ResponseRange?.Kvs is [var kv, ..] ? kv : null;

    private StateEntry? Entry(EtcdKeyValue? kv) => kv is null ? null : new StateEntry(keys.Relative(kv), kv.Value, kv.ModRevision);

    private static async Task<T> AskedAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (EtcdException refused)
        {
            throw new ClusterAwayException($"etcd refuses: {refused.Message}. {EtcdErrors.Remedy(refused)}", refused);
        }
    }
}
