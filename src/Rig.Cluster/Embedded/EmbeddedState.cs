using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Rig.Cluster.Embedded;

/// <summary>The shared state of one node alone: every operation, one after another, on the file.</summary>
/// <param name="leads">The token that holds at this instant; null while nobody leads.</param>
/// <param name="usable">Hears whether the file could be used, and why not.</param>
internal sealed class EmbeddedState(EmbeddedStore store, string file, Func<FencingToken?> leads, Action<bool, string?> usable)
    : ISharedState,
        IAsyncDisposable
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _working = Task.CompletedTask;

    public void Start() => _working = WorkAsync();

    public Task<StateEntry?> GetAsync(string key, CancellationToken cancel) => DoAsync(() => store.Get(key), cancel);

    public Task<StateSnapshot> ListAsync(string prefix, CancellationToken cancel) => DoAsync(() => store.List(prefix), cancel);

    public Task<WriteResult> WriteAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel) =>
        DoAsync(() => Write(key, value, guard), cancel);

    public async IAsyncEnumerable<StateEntry> WatchAsync(
        string prefix,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        while (true)
        {
            Task changed = NextChange();
            (IReadOnlyList<StateEntry> changes, afterRevision) = await DoAsync(() => store.Changes(prefix, afterRevision), cancel);
            foreach (StateEntry change in changes)
            {
                yield return change;
            }

            if (changes.Count == 0)
            {
                await changed.WaitAsync(cancel);
            }
        }
    }

    public Task<FencingToken> NextTokenAsync(DateTimeOffset now, CancellationToken cancel) => DoAsync(() => store.NextToken(now), cancel);

    internal Task CompactAsync() =>
        DoAsync(
            () =>
            {
                store.Compact();
                return true;
            },
            default
        );

    /// <summary>What was asked before is done; what is asked later, and every watch, ends with <see cref="ClusterAwayException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _working;
        Signal();
        store.Dispose();
    }

    private WriteResult Write(string key, ReadOnlyMemory<byte>? value, WriteGuard guard)
    {
        if (guard.Leader is { } token && leads() != token)
        {
            return new WriteResult.Fenced();
        }

        WriteResult result = store.Write(key, value, guard.Expected);
        Signal();
        return result;
    }

    private async Task<T> DoAsync<T>(Func<T> operation, CancellationToken cancel)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_work.Writer.TryWrite(() => Run(operation, result)))
        {
            throw new ClusterAwayException("This node has left its cluster; nothing more is written.");
        }

        return await result.Task.WaitAsync(cancel);
    }

    private void Run<T>(Func<T> operation, TaskCompletionSource<T> result)
    {
        try
        {
            T value = operation();
            usable(true, null);
            result.SetResult(value);
        }
        catch (RevisionCompactedException error)
        {
            result.SetException(error);
        }
        catch (SqliteException error)
        {
            string remedy = EmbeddedFile.Remedy(file, error);
            usable(false, remedy);
            result.SetException(new ClusterAwayException(remedy, error));
        }
    }

    private async Task WorkAsync()
    {
        await foreach (Action work in _work.Reader.ReadAllAsync())
        {
            work();
        }
    }

    private Task NextChange()
    {
        lock (_gate)
        {
            return _changed.Task;
        }
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }
}
