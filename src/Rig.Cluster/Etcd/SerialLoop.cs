using System.Threading.Channels;

namespace Rig.Cluster.Etcd;

/// <summary>Runs what is posted one after the other, in order. What is posted after its end is dropped.</summary>
internal sealed class SerialLoop : IAsyncDisposable
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _run;

    public SerialLoop() => _run = RunAsync();

    public void Post(Action action) => _work.Writer.TryWrite(action);

    /// <summary>Done when it has run; cancelled when the loop has ended.</summary>
    public Task PostAsync(Action action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool taken = _work.Writer.TryWrite(() =>
        {
            action();
            done.SetResult();
        });
        return taken ? done.Task : Task.FromCanceled(new CancellationToken(canceled: true));
    }

    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _run;
    }

    private async Task RunAsync()
    {
        await foreach (Action action in _work.Reader.ReadAllAsync())
        {
            action();
        }
    }
}
