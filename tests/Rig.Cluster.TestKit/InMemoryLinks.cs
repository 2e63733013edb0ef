using Rig.Contracts.Cluster;

namespace Rig.Cluster.TestKit;

/// <summary>
/// Messages of one node of an <see cref="InMemoryRig"/>: a connection to every other node, held up by heartbeats, broken by silence. The node reaches another as long as it hears it.
/// </summary>
public sealed class InMemoryLinks : IRemote, IDisposable
{
    /// <summary>As the real links have it.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>So much silence breaks a connection.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly InMemoryRig _rig;
    private readonly InMemoryNode _node;
    private readonly Action<Exception> _onError;
    private readonly SortedDictionary<string, TimeSpan> _heard = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<FromNode, CancellationToken, Task<RemoteMessage?>>> _handlers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, (string NodeId, TaskCompletionSource<RemoteMessage> Answer)> _asks = [];
    private readonly CancellationTokenSource _end = new();
    private long _lastAsk;

    internal InMemoryLinks(InMemoryRig rig, InMemoryNode node, Action<Exception> onError) => (_rig, _node, _onError) = (rig, node, onError);

    private string Self => _node.Self.NodeId;

    public void Tell(string nodeId, string path, RemoteMessage message)
    {
        lock (_rig.Time.Running)
        {
            Post(nodeId, peer => peer.Handle(Self, path, message, null));
        }
    }

    public void Broadcast(string path, RemoteMessage message)
    {
        lock (_rig.Time.Running)
        {
            foreach (string nodeId in _heard.Keys.ToArray())
            {
                Tell(nodeId, path, message);
            }
        }
    }

    public Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        lock (_rig.Time.Running)
        {
            return Ask(nodeId, path, message, timeout, cancel);
        }
    }

    private Task<RemoteMessage> Ask(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        if (!Reaches(nodeId))
        {
            return Task.FromException<RemoteMessage>(new UnreachableException(nodeId, "there is no connection"));
        }

        long number = ++_lastAsk;
        TaskCompletionSource<RemoteMessage> answer = new();
        _asks.Add(number, (nodeId, answer));
        IDisposable limit = _rig.Network.Local(
            Self,
            timeout,
            () => End(number, new TimeoutException($"{nodeId} did not answer within {timeout.TotalSeconds} s."))
        );
        CancellationTokenRegistration registration = cancel.Register(() => answer.TrySetCanceled(cancel));
        _ = answer.Task.ContinueWith(
            _ =>
            {
                limit.Dispose();
                registration.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        Post(nodeId, peer => peer.Handle(Self, path, message, number));
        return answer.Task;
    }

    public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler)
    {
        lock (_rig.Time.Running)
        {
            return _handlers.TryAdd(path, handler)
                ? new Registration(this, path, handler)
                : throw new InvalidOperationException($"{path} already has a handler; dispose of it first.");
        }
    }

    /// <summary>Sends a heartbeat to every member and breaks what has been silent too long; again each second.</summary>
    internal void Beat()
    {
        foreach ((string nodeId, TimeSpan heard) in _heard.ToArray())
        {
            if (_rig.Time.Now - heard > Silence)
            {
                Break(nodeId, $"nothing was heard for {Silence.TotalSeconds} s");
            }
        }

        foreach (MemberView view in _node.Members.Current.Where(view => view.State == MemberState.Up))
        {
            Greet(view.Member.NodeId);
        }

        _rig.Network.Local(Self, Heartbeat, () => _node.IfAlive(Beat));
    }

    internal void Greet(string nodeId)
    {
        if (nodeId != Self)
        {
            Carry(nodeId, peer => peer.Hear(Self));
        }
    }

    /// <summary>The other side has ended.</summary>
    internal void Closed(string nodeId, Guid incarnation)
    {
        if (!_rig.Nodes.TryGetValue(nodeId, out InMemoryNode? now) || now.Self.Incarnation == incarnation)
        {
            Break(nodeId, "it closed the connection");
        }
    }

    /// <summary>Breaks every connection.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        foreach (long number in _asks.Keys.ToArray())
        {
            End(number, new UnreachableException(_asks[number].NodeId, "this node has left the cluster"));
        }

        _heard.Clear();
    }

    private bool Reaches(string nodeId) => _node.IsAlive && (nodeId == Self || _heard.ContainsKey(nodeId));

    private void Post(string nodeId, Action<InMemoryLinks> arrive)
    {
        if (Reaches(nodeId))
        {
            Carry(nodeId, arrive);
        }
    }

    /// <summary>To the incarnation that runs there now; what comes for it after its end is lost.</summary>
    private void Carry(string nodeId, Action<InMemoryLinks> arrive)
    {
        if (nodeId == Self)
        {
            _rig.Network.Local(Self, TimeSpan.Zero, () => _node.IfAlive(() => arrive(this)));
        }
        else if (_rig.Nodes.TryGetValue(nodeId, out InMemoryNode? peer))
        {
            _rig.Network.Send(Self, nodeId, ordered: true, () => peer.IfAlive(() => arrive(peer.Links)));
        }
    }

    private void Hear(string nodeId)
    {
        bool first = !_heard.ContainsKey(nodeId);
        _heard[nodeId] = _rig.Time.Now;
        if (first)
        {
            Greet(nodeId);
            _node.Reached(nodeId, reachable: true);
        }
    }

    private void Break(string nodeId, string reason)
    {
        if (!_heard.Remove(nodeId))
        {
            return;
        }

        _node.Reached(nodeId, reachable: false);
        foreach (long number in _asks.Where(ask => ask.Value.NodeId == nodeId).Select(ask => ask.Key).ToArray())
        {
            End(number, new UnreachableException(nodeId, reason));
        }
    }

    private void End(long number, Exception error)
    {
        if (_asks.Remove(number, out (string NodeId, TaskCompletionSource<RemoteMessage> Answer) ask))
        {
            ask.Answer.TrySetException(error);
        }
    }

    /// <summary>A message has arrived from another node, or from this one.</summary>
    private void Handle(string from, string path, RemoteMessage message, long? ask)
    {
        if (from != Self)
        {
            Hear(from);
        }

        Task<RemoteMessage?> answer = Work(from, path, message);
        if (answer.IsCompleted)
        {
            Reply(from, path, ask, answer);
            return;
        }

        // In the thread that completes it, whatever contexts that has: an await would go through the thread pool, past virtual time.
        _ = answer.ContinueWith(
            done => Reply(from, path, ask, done),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    private Task<RemoteMessage?> Work(string from, string path, RemoteMessage message)
    {
        try
        {
            return _handlers.TryGetValue(path, out Func<FromNode, CancellationToken, Task<RemoteMessage?>>? handler)
                ? handler(new FromNode(from, message), _end.Token)
                : throw new InvalidOperationException($"nobody handles {path}");
        }
        catch (Exception error)
        {
            return Task.FromException<RemoteMessage?>(error);
        }
    }

    private void Reply(string to, string path, long? ask, Task<RemoteMessage?> work)
    {
        Exception? error = work.Exception?.InnerException;
        if (error is not null)
        {
            _onError(error);
        }

        if (ask is { } number)
        {
            RemoteMessage? answer = work.IsCompletedSuccessfully ? work.GetAwaiter().GetResult() : null;
            Post(to, asker => asker.Answered(number, answer, error?.Message ?? $"{path} gave no answer"));
        }
    }

    private void Answered(long number, RemoteMessage? answer, string fault)
    {
        if (answer is null)
        {
            End(number, new RemoteFaultException(_asks.TryGetValue(number, out var ask) ? ask.NodeId : "", fault));
        }
        else if (_asks.Remove(number, out (string NodeId, TaskCompletionSource<RemoteMessage> Answer) ask))
        {
            ask.Answer.TrySetResult(answer);
        }
    }

    private sealed class Registration(InMemoryLinks links, string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler)
        : IDisposable
    {
        public void Dispose()
        {
            lock (links._rig.Time.Running)
            {
                if (links._handlers.GetValueOrDefault(path) == handler)
                {
                    links._handlers.Remove(path);
                }
            }
        }
    }
}
