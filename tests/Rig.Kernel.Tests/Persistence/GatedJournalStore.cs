using Akka.Persistence;
using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>A store in memory whose requests wait at a gate while it is closed, to show what an actor does meanwhile.</summary>
internal sealed class GatedJournalStore : IJournalStore
{
    private readonly MemoryJournalStore _inner = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _gate = Opened();
    private Task _last = Task.CompletedTask;

    /// <summary>Completes when a request has come to the closed gate.</summary>
    public TaskCompletionSource Arrived { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Close()
    {
        Arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Open() => _gate.SetResult();

    public Task<IReadOnlyList<Exception?>> WriteAsync(string persistenceId, IReadOnlyList<AtomicEvents> writes) =>
        PassAsync(() => _inner.WriteAsync(persistenceId, writes));

    public Task<IReadOnlyList<StoredEvent>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int limit) =>
        PassAsync(() => _inner.ReadAsync(persistenceId, fromSequenceNr, toSequenceNr, limit));

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId) => PassAsync(() => _inner.ReadHighestSequenceNrAsync(persistenceId));

    public Task DeleteEventsAsync(string persistenceId, long toSequenceNr) =>
        PassAsync(() => Then(_inner.DeleteEventsAsync(persistenceId, toSequenceNr)));

    public Task SaveSnapshotAsync(SnapshotMetadata metadata, object snapshot) =>
        PassAsync(() => Then(_inner.SaveSnapshotAsync(metadata, snapshot)));

    public Task<SelectedSnapshot?> LoadSnapshotAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        PassAsync(() => _inner.LoadSnapshotAsync(persistenceId, criteria));

    public Task DeleteSnapshotsAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        PassAsync(() => Then(_inner.DeleteSnapshotsAsync(persistenceId, criteria)));

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }

    private static async Task<bool> Then(Task task)
    {
        await task;
        return true;
    }

    /// <summary>Queues a request behind those before it, as the contract demands.</summary>
    private Task<T> PassAsync<T>(Func<Task<T>> request)
    {
        lock (_lock)
        {
            var passing = AfterAsync(_last, _gate.Task, request);
            _last = passing;
            Arrived.TrySetResult();
            return passing;
        }
    }

    private static async Task<T> AfterAsync<T>(Task previous, Task gate, Func<Task<T>> request)
    {
        await Task.WhenAny(previous);
        await gate;
        return await request();
    }
}
