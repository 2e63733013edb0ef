namespace Rig.Cluster.TestKit;

/// <summary>One node's way to the store: requests that arrive late or never, and watches that go on where they were.</summary>
public sealed class InMemoryEngine
{
    private readonly InMemoryRig _rig;
    private readonly string _nodeId;
    private readonly Action<bool, string?> _reachable;
    private readonly List<InMemoryWatch> _watches = [];
    private readonly HashSet<Action> _waiting = [];
    private bool _ended;

    internal InMemoryEngine(InMemoryRig rig, string nodeId, Action<bool, string?> reachable) =>
        (_rig, _nodeId, _reachable) = (rig, nodeId, reachable);

    /// <summary>A request without an answer for so long has failed.</summary>
    private TimeSpan RequestTime => _rig.Timing.Patience * 0.9;

    /// <summary>Runs an operation at the store; then exactly one of <paramref name="answered"/> and <paramref name="failed"/> runs here.</summary>
    internal void Call<T>(Func<SimulatedStore, T> operation, Action<T> answered, Action<string> failed)
    {
        bool done = false;
        IDisposable? limit = null;
        Action? giveUp = null;
        giveUp = () => End("the engine did not answer");
        _waiting.Add(giveUp);
        limit = _rig.Network.Local(_nodeId, RequestTime, giveUp);
        _rig.Network.Send(_nodeId, SimulatedNetwork.Engine, ordered: false, Operate);

        void Operate()
        {
            T result = operation(_rig.Store);
            _rig.LeasesChanged();
            _rig.Network.Send(SimulatedNetwork.Engine, _nodeId, ordered: false, () => Answer(result));
        }

        void Answer(T result)
        {
            if (Finish())
            {
                _reachable(true, null);
                answered(result);
            }
        }

        void End(string reason)
        {
            if (Finish())
            {
                if (!_ended)
                {
                    _reachable(false, reason);
                }

                failed(reason);
            }
        }

        bool Finish()
        {
            _waiting.Remove(giveUp!);
            limit?.Dispose();
            return !done && (done = true);
        }
    }

    /// <summary>A call as a task.</summary>
    /// <exception cref="ClusterAwayException">No answer came.</exception>
    internal Task<T> CallAsync<T>(Func<SimulatedStore, T> operation, CancellationToken cancel)
    {
        TaskCompletionSource<T> result = new();
        CancellationTokenRegistration registration = cancel.Register(() => result.TrySetCanceled(cancel));
        lock (_rig.Time.Running)
        {
            if (_ended)
            {
                result.TrySetException(new ClusterAwayException($"{_nodeId} has left the cluster."));
            }
            else
            {
                Call(
                    operation,
                    answer => result.TrySetResult(answer),
                    reason => result.TrySetException(new ClusterAwayException($"The cluster is away: {reason}."))
                );
            }
        }

        _ = result.Task.ContinueWith(
            _ => registration.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return result.Task;
    }

    internal InMemoryWatch Watch(
        string prefix,
        long after,
        Action<IReadOnlyList<StoreChange>> changed,
        Action<RevisionCompactedException> compacted
    )
    {
        InMemoryWatch watch = new(this, prefix, after, changed, compacted);
        lock (_rig.Time.Running)
        {
            _watches.Add(watch);
            watch.Pull();
        }

        return watch;
    }

    internal void Forget(InMemoryWatch watch)
    {
        lock (_rig.Time.Running)
        {
            _watches.Remove(watch);
        }
    }

    /// <summary>There is, or may be, something new at the store.</summary>
    internal void Poked() => _watches.ToList().ForEach(watch => watch.Pull());

    internal void End()
    {
        _ended = true;
        _watches.Clear();
        _waiting.ToList().ForEach(giveUp => giveUp());
    }
}
