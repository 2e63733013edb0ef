using Rig.Contracts.Cluster;

namespace Rig.Cluster;

/// <summary>
/// Messages between nodes: at most once, in order from one node to another while the connection lasts, addressed to a path
/// (<c>session</c>) behind which an actor stands. Only the closed set of <see cref="RemoteMessage"/> travels. Messages to this node itself take the same way without a wire.
/// </summary>
public interface IRemote
{
    /// <summary>Sends and forgets. What cannot be delivered is counted, not reported.</summary>
    void Tell(string nodeId, string path, RemoteMessage message);

    /// <summary>Sends and waits for the answer.</summary>
    /// <exception cref="UnreachableException">There is no connection to the node; told at once, not after the time limit.</exception>
    /// <exception cref="TimeoutException">No answer within <paramref name="timeout"/>.</exception>
    /// <exception cref="RemoteFaultException">The other side could not handle it.</exception>
    Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel);

    /// <summary>Tells every reachable member but this one.</summary>
    void Broadcast(string path, RemoteMessage message);

    /// <summary>
    /// What arrives for <paramref name="path"/> is handled by <paramref name="handler"/>: null answers nothing (to an ask: a fault). One handler a path.
    /// Handlers begin in the order in which one node sent; they do not wait for each other, so that what must stay in order is told to an actor before the first await.
    /// </summary>
    IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler);
}

/// <summary>A message with its sender, as authenticated by the connection.</summary>
public sealed record FromNode(string NodeId, RemoteMessage Message);

/// <summary>There is no connection to that node now.</summary>
public sealed class UnreachableException(string nodeId, string reason) : Exception($"{nodeId} cannot be reached: {reason}")
{
    public string NodeId { get; } = nodeId;

    /// <summary>Without the node, for a sentence of the caller's own.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The other node took the message and could not answer it.</summary>
public sealed class RemoteFaultException(string nodeId, string reason) : Exception($"{nodeId} could not answer: {reason}");
