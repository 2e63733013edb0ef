using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rig.Cluster.TestKit;

/// <summary>The shared state of one node of an <see cref="InMemoryRig"/>.</summary>
internal sealed class InMemoryState(InMemoryEngine engine) : ISharedState
{
    /// <summary>Documents stay apart from members and leader.</summary>
    private const string Root = "state/";

    public Task<StateEntry?> GetAsync(string key, CancellationToken cancel) =>
        engine.CallAsync(store => store.TryGet(Root + key, out StoredKey? found) ? Entry(found) : null, cancel);

    public Task<StateSnapshot> ListAsync(string prefix, CancellationToken cancel) =>
        engine.CallAsync(store => new StateSnapshot([.. store.Range(Root + prefix).Select(Entry)], store.Revision), cancel);

    public Task<WriteResult> WriteAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel)
    {
        // A plain null here would become an empty document: arrays convert to memory, the null array too.
        ReadOnlyMemory<byte>? copy = value is { } bytes ? bytes.ToArray() : default(ReadOnlyMemory<byte>?);
        return engine.CallAsync(store => Relative(store.Write(Root + key, copy, guard)), cancel);
    }

    public async IAsyncEnumerable<StateEntry> WatchAsync(
        string prefix,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        Channel<StateEntry> changes = Channel.CreateUnbounded<StateEntry>(
            new UnboundedChannelOptions { AllowSynchronousContinuations = true }
        );
        using InMemoryWatch watch = engine.Watch(
            Root + prefix,
            afterRevision,
            news =>
            {
                foreach (StoreChange change in news)
                {
                    changes.Writer.TryWrite(new StateEntry(change.Key[Root.Length..], change.Now?.Value, change.Revision));
                }
            },
            error => changes.Writer.TryComplete(error)
        );
        while (await changes.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            while (changes.Reader.TryRead(out StateEntry? entry))
            {
                yield return entry;
            }
        }
    }

    private static StateEntry Entry(StoredKey found) => new(found.Key[Root.Length..], found.Value, found.Modified);

    private static WriteResult Relative(WriteResult result) =>
        result is WriteResult.Conflict { Present: { } present }
            ? new WriteResult.Conflict(present with { Key = present.Key[Root.Length..] })
            : result;
}
