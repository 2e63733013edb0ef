using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rig.Cluster;
using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Tests.Rigs;

/// <summary>
/// A node of the simulated rig for actors with threads of their own: the simulation lives in the one thread that lets time pass, so everything goes there and what
/// comes of it back.
/// </summary>
internal sealed class PostedCluster(InMemoryNode node, VirtualTime time) : ICluster, ILeadership, ISharedState, IRemote
{
    public Member Self => node.Self;
    public IMembership Members => node.Members;
    public ILeadership Leadership => this;
    public ISharedState State => this;
    public IRemote Remote => this;
    public LeaderChanged Current => node.Leadership.Current;

    public Task StartAsync(CancellationToken cancel) => node.StartAsync(cancel);

    public void Announce(IReadOnlyList<string> cameras) => Post(() => node.Announce(cameras));

    public Task LeaveAsync(CancellationToken cancel) => There(() => node.LeaveAsync(cancel));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public IDisposable Stand(Action<LeadershipEvent> listener) => node.Leadership.Stand(listener);

    public Task ResignAsync(CancellationToken cancel) => There(() => node.Leadership.ResignAsync(cancel));

    public Task<StateEntry?> GetAsync(string key, CancellationToken cancel) => There(() => node.State.GetAsync(key, cancel));

    public Task<StateSnapshot> ListAsync(string prefix, CancellationToken cancel) => There(() => node.State.ListAsync(prefix, cancel));

    public Task<WriteResult> WriteAsync(string key, ReadOnlyMemory<byte>? value, WriteGuard guard, CancellationToken cancel) =>
        There(() => node.State.WriteAsync(key, value, guard, cancel));

    public async IAsyncEnumerable<StateEntry> WatchAsync(
        string prefix,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        Channel<StateEntry> entries = Channel.CreateUnbounded<StateEntry>();
        Post(() => _ = PumpAsync());
        await foreach (StateEntry entry in entries.Reader.ReadAllAsync(cancel))
        {
            yield return entry;
        }

        async Task PumpAsync()
        {
            try
            {
                await foreach (StateEntry entry in node.State.WatchAsync(prefix, afterRevision, cancel))
                {
                    entries.Writer.TryWrite(entry);
                }

                entries.Writer.TryComplete();
            }
            catch (Exception ended)
            {
                entries.Writer.TryComplete(ended);
            }
        }
    }

    public void Tell(string nodeId, string path, RemoteMessage message) => Post(() => node.Remote.Tell(nodeId, path, message));

    public Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel) =>
        There(() => node.Remote.AskAsync(nodeId, path, message, timeout, cancel));

    public void Broadcast(string path, RemoteMessage message) => Post(() => node.Remote.Broadcast(path, message));

    public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler) =>
        node.Remote.Handle(path, (from, cancel) => Here(handler(from, cancel)));

    private void Post(Action action) => time.After(TimeSpan.Zero, action);

    private Task There(Func<Task> call) =>
        There(async () =>
        {
            await call();
            return true;
        });

    /// <summary>Makes the call in the simulation's thread; what awaits it goes on elsewhere.</summary>
    private Task<T> There<T>(Func<Task<T>> call)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => _ = CallAsync());
        return result.Task;

        async Task CallAsync()
        {
            try
            {
                result.TrySetResult(await call());
            }
            catch (Exception failed)
            {
                result.TrySetException(failed);
            }
        }
    }

    /// <summary>What an actor answers arrives in the simulation's thread.</summary>
    private Task<T> Here<T>(Task<T> elsewhere)
    {
        TaskCompletionSource<T> result = new();
        elsewhere.ContinueWith(
            done =>
                Post(() =>
                {
                    if (done.IsCompletedSuccessfully)
                    {
                        result.TrySetResult(done.GetAwaiter().GetResult());
                    }
                    else
                    {
                        result.TrySetException(done.Exception?.InnerException ?? new OperationCanceledException());
                    }
                }),
            TaskScheduler.Default
        );
        return result.Task;
    }
}
