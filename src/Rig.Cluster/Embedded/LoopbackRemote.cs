using System.Collections.Concurrent;
using System.Threading.Channels;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Embedded;

/// <summary>Messages of one node alone: to itself, in order, handlers on no caller's thread. Everybody else is out of reach.</summary>
internal sealed class LoopbackRemote(string self, TimeProvider time, Action<Exception> onError) : IRemote, IAsyncDisposable
{
    /// <summary>Messages that wait for their handlers to begin; more are dropped, as a link does with a full queue. Handlers only tell an actor, so that few ever wait.</summary>
    private const int MostWaiting = 1_000;

    private readonly ConcurrentDictionary<string, Func<FromNode, CancellationToken, Task<RemoteMessage?>>> _handlers = new(
        StringComparer.Ordinal
    );
    private readonly Channel<Envelope> _waiting = Channel.CreateBounded<Envelope>(MostWaiting);
    private readonly CancellationTokenSource _end = new();
    private Task _delivering = Task.CompletedTask;

    public void Start() => _delivering = DeliverAsync();

    public void Tell(string nodeId, string path, RemoteMessage message)
    {
        if (nodeId == self)
        {
            _waiting.Writer.TryWrite(new Envelope(path, message, null));
        }
    }

    public async Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        if (nodeId != self)
        {
            throw new UnreachableException(nodeId, $"{self} is alone; let it join a rig first");
        }

        TaskCompletionSource<RemoteMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.Writer.TryWrite(new Envelope(path, message, answer)))
        {
            throw new UnreachableException(nodeId, _end.IsCancellationRequested ? "it has left" : "too many messages wait");
        }

        try
        {
            return await answer.Task.WaitAsync(timeout, time, cancel);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{path} did not answer within {timeout.TotalSeconds} s.", error);
        }
    }

    public void Broadcast(string path, RemoteMessage message)
    {
        // There is no other member.
    }

    public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler) =>
        _handlers.TryAdd(path, handler)
            ? new Registration(this, path, handler)
            : throw new InvalidOperationException($"{path} already has a handler; dispose of it first.");

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _end.CancelAsync();
        await _delivering;
        _end.Dispose();
    }

    private async Task DeliverAsync()
    {
        await foreach (Envelope envelope in _waiting.Reader.ReadAllAsync())
        {
            // Begins in order, ends whenever it ends.
            _ = WorkAsync(envelope);
        }
    }

    private async Task WorkAsync(Envelope envelope)
    {
        try
        {
            RemoteMessage? answer = _handlers.TryGetValue(
                envelope.Path,
                out Func<FromNode, CancellationToken, Task<RemoteMessage?>>? handler
            )
                ? await handler(new FromNode(self, envelope.Message), _end.Token)
                : throw new InvalidOperationException($"nobody handles {envelope.Path}");
            _ = answer is null
                ? envelope.Answer?.TrySetException(new RemoteFaultException(self, $"{envelope.Path} gave no answer"))
                : envelope.Answer?.TrySetResult(answer);
        }
        catch (Exception error)
        {
            onError(error);
            envelope.Answer?.TrySetException(new RemoteFaultException(self, error.Message));
        }
    }

    private sealed record Envelope(string Path, RemoteMessage Message, TaskCompletionSource<RemoteMessage>? Answer);

    private sealed class Registration(LoopbackRemote remote, string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler)
        : IDisposable
    {
        public void Dispose() => remote._handlers.TryRemove(new(path, handler));
    }
}
