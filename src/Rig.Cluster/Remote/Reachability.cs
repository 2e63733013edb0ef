using System.Threading.Channels;

namespace Rig.Cluster.Remote;

/// <summary>Whether this node can send to another one now.</summary>
/// <param name="Reason">Why not.</param>
public sealed record Reachability(string NodeId, bool Reachable, string? Reason, DateTimeOffset Since);

/// <summary>The newest <see cref="Reachability"/> of every peer, told to listeners in order, one call at a time, on no caller's thread.</summary>
internal sealed class ReachabilityBoard : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reachability> _current = new(StringComparer.Ordinal);
    private readonly List<Action<Reachability>> _listeners = [];
    private readonly Channel<(Action<Reachability> Listener, Reachability News)> _toTell = Channel.CreateUnbounded<(
        Action<Reachability>,
        Reachability
    )>();
    private readonly Task _telling;

    public ReachabilityBoard(TimeProvider time)
    {
        _time = time;
        _telling = TellAsync();
    }

    public Reachability? this[string nodeId]
    {
        get
        {
            lock (_lock)
            {
                return _current.GetValueOrDefault(nodeId);
            }
        }
    }

    /// <summary>A peer of which nothing is known yet.</summary>
    public void Add(string nodeId, string reason)
    {
        if (this[nodeId] is null)
        {
            Set(nodeId, false, reason);
        }
    }

    /// <summary>Told only when it changes; a new reason for the same state is only kept.</summary>
    public void Set(string nodeId, bool reachable, string? reason)
    {
        lock (_lock)
        {
            Reachability? last = _current.GetValueOrDefault(nodeId);
            bool changed = last?.Reachable != reachable;
            Reachability news = new(nodeId, reachable, reason, changed ? _time.GetUtcNow() : last!.Since);
            _current[nodeId] = news;
            foreach (Action<Reachability> listener in changed ? _listeners : [])
            {
                _toTell.Writer.TryWrite((listener, news));
            }
        }
    }

    /// <summary>Begins with what is known of every peer.</summary>
    public IDisposable Watch(Action<Reachability> listener)
    {
        lock (_lock)
        {
            foreach (Reachability known in _current.Values)
            {
                _toTell.Writer.TryWrite((listener, known));
            }

            _listeners.Add(listener);
        }

        return new Watcher(this, listener);
    }

    public async ValueTask DisposeAsync()
    {
        _toTell.Writer.TryComplete();
        await _telling;
    }

    private async Task TellAsync()
    {
        await foreach ((Action<Reachability> listener, Reachability news) in _toTell.Reader.ReadAllAsync())
        {
            if (IsListening(listener))
            {
                listener(news);
            }
        }
    }

    private bool IsListening(Action<Reachability> listener)
    {
        lock (_lock)
        {
            return _listeners.Contains(listener);
        }
    }

    private sealed class Watcher(ReachabilityBoard board, Action<Reachability> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (board._lock)
            {
                board._listeners.Remove(listener);
            }
        }
    }
}
