namespace Rig.Cluster.TestKit;

/// <summary>
/// Time that passes only when the test lets it. Everything that waits, timers of the <see cref="TimeProvider"/> and actions, runs in the thread that advances, in the order of due times
/// and, at one time, in the order of scheduling: the same program runs the same way every time.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    /// <summary>Any start will do; this one makes times in failures easy to read.</summary>
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Waiting, (TimeSpan Due, long Order)> _queue = new();
    private TimeSpan _now;
    private long _order;

    /// <summary>Held while something runs: what is simulated is touched under it only, whatever thread comes.</summary>
    public Lock Running { get; } = new();

    /// <summary>Time since the start.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new VirtualTimer(this, () => callback(state), dueTime, period);

    /// <summary>Runs an action after a delay. Disposing of the result before then prevents it.</summary>
    public IDisposable After(TimeSpan delay, Action action)
    {
        Waiting waiting = new(action);
        lock (_gate)
        {
            _queue.Enqueue(waiting, (_now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero), _order++));
        }

        return waiting;
    }

    /// <summary>Lets time pass; what becomes due on the way runs at its own time.</summary>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        TimeSpan until = Now + span;
        while (RunNext(until)) { }

        lock (_gate)
        {
            _now = until;
        }
    }

    /// <summary>Goes on to whatever is due next, at most to <paramref name="until"/>, and runs it; false when nothing is.</summary>
    public bool RunNext(TimeSpan until)
    {
        Waiting? next;
        lock (_gate)
        {
            if (!TakeDue(until, out next))
            {
                return false;
            }
        }

        lock (Running)
        {
            next.Run();
        }

        return true;
    }

    private bool TakeDue(TimeSpan until, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Waiting? next)
    {
        while (_queue.TryPeek(out next, out (TimeSpan Due, long Order) place) && place.Due <= until)
        {
            _queue.Dequeue();
            if (!next.IsCancelled)
            {
                _now = place.Due > _now ? place.Due : _now;
                return true;
            }
        }

        next = null;
        return false;
    }

    private sealed class Waiting(Action action) : IDisposable
    {
        private Action? _action = action;

        public bool IsCancelled => _action is null;

        public void Run() => Interlocked.Exchange(ref _action, null)?.Invoke();

        public void Dispose() => _action = null;
    }

    private sealed class VirtualTimer : ITimer
    {
        private readonly VirtualTime _time;
        private readonly Action _action;
        private IDisposable? _waiting;
        private TimeSpan _period;

        public VirtualTimer(VirtualTime time, Action action, TimeSpan dueTime, TimeSpan period)
        {
            _time = time;
            _action = action;
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _waiting?.Dispose();
            _period = period;
            _waiting = dueTime == Timeout.InfiniteTimeSpan ? null : _time.After(dueTime, Fire);
            return true;
        }

        public void Dispose() => _waiting?.Dispose();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            _waiting = _period > TimeSpan.Zero ? _time.After(_period, Fire) : null;
            _action();
        }
    }
}
