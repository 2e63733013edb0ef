using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Embedded;

/// <summary>Messages of a node to itself, by the rules of those between nodes.</summary>
internal sealed class EmbeddedRemote(string nodeId) : IRemote
{
    private readonly HandlerTable _handlers = new();

    public void Tell(string nodeId, string path, RemoteMessage message)
    {
        if (nodeId == Home && _handlers.Find(path) is { } handler)
        {
            _ = TellAsync(handler, message);
        }
    }

    public async Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        if (nodeId != Home)
        {
            throw new UnreachableException(nodeId, "this node is alone");
        }

        if (_handlers.Find(path) is not { } handler)
        {
            throw new RemoteFaultException(nodeId, $"nothing answers at {path}");
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<RemoteMessage?> answering = AnswerAsync(handler, message, limit.Token);
        try
        {
            RemoteMessage? answer = await answering.WaitAsync(timeout, cancel);
            return answer ?? throw new RemoteFaultException(nodeId, $"{path} does not take {message.GetType().Name}");
        }
        finally
        {
            await limit.CancelAsync();
        }
    }

    /// <summary>There is nobody else.</summary>
    public void Broadcast(string path, RemoteMessage message) { }

    public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler) => _handlers.Add(path, handler);

    private string Home => nodeId;

    private async Task<RemoteMessage?> AnswerAsync(
        Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler,
        RemoteMessage message,
        CancellationToken cancel
    )
    {
        try
        {
            return await handler(new FromNode(Home, message), cancel);
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested)
        {
            throw new RemoteFaultException(Home, failed.Message);
        }
    }

    private async Task TellAsync(Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler, RemoteMessage message)
    {
        try
        {
            await handler(new FromNode(Home, message), CancellationToken.None);
        }
        catch (Exception failed)
        {
            // A message without an answer has nobody to tell of its failure.
            System.Diagnostics.Trace.TraceWarning(failed.Message);
        }
    }
}
