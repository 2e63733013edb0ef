namespace Rig.Cluster.Membership;

/// <summary>
/// Tells listeners, each in order and one call at a time, each at its own pace: one that is slow or throws harms nobody but itself. What waits for a listener is not
/// bounded: these are events of people and machines coming and going, not of packets.
/// </summary>
/// <param name="dispatch">Runs an action later, on no caller's thread; null for the thread pool.</param>
/// <param name="onError">Hears of a listener's exception; the listener goes on hearing.</param>
public sealed class Listeners<T>(Action<Action>? dispatch, Action<Exception> onError)
{
    private readonly Action<Action> _dispatch = dispatch ?? OnThreadPool;
    private readonly Lock _gate = new();
    private Listener[] _listeners = [];

    /// <summary>Adds a listener that first hears <paramref name="present"/>, taken at an instant between two events.</summary>
    public IDisposable Add(Action<T> listener, Func<IEnumerable<T>> present)
    {
        Listener added = new(this, listener);
        lock (_gate)
        {
            added.Put(present());
            _listeners = [.. _listeners, added];
        }

        return added;
    }

    /// <summary>Makes a change and tells what follows from it; no listener is added in between.</summary>
    public void Tell(Func<IEnumerable<T>> change)
    {
        lock (_gate)
        {
            T[] events = [.. change()];
            foreach (Listener listener in _listeners)
            {
                listener.Put(events);
            }
        }
    }

    private static void OnThreadPool(Action action) => ThreadPool.UnsafeQueueUserWorkItem(static run => run(), action, preferLocal: false);

    private sealed class Listener(Listeners<T> owner, Action<T> listener) : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Queue<T> _waiting = new();
        private bool _running;
        private volatile bool _ended;

        public void Put(IEnumerable<T> events)
        {
            lock (_gate)
            {
                foreach (T next in events)
                {
                    _waiting.Enqueue(next);
                }

                if (_running || _waiting.Count == 0)
                {
                    return;
                }

                _running = true;
            }

            owner._dispatch(Run);
        }

        public void Dispose()
        {
            _ended = true;
            lock (owner._gate)
            {
                owner._listeners = [.. owner._listeners.Where(other => other != this)];
            }
        }

        private void Run()
        {
            while (Next(out T? next))
            {
                try
                {
                    listener(next!);
                }
                catch (Exception error)
                {
                    owner.Failed(error);
                }
            }
        }

        private bool Next(out T? next)
        {
            lock (_gate)
            {
                _running = _waiting.TryDequeue(out next) && !_ended;
                return _running;
            }
        }
    }

    private void Failed(Exception error) => onError(error);
}
