using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// The scheduler of real systems: all that waits in one heap by due time, one timer of a <see cref="TimeProvider"/> for the
/// earliest. What is cancelled leaves the heap at once. The lock guards the heap only; nothing runs inside it.
/// </summary>
internal sealed class HeapScheduler : IScheduler, IAdvancedScheduler, IDisposable
{
    /// <summary>The longest delay that a timer takes, some 49 days.</summary>
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly SortedSet<Entry> _waiting = new(Comparer<Entry>.Create(InOrderOfTime));
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _nextOrder;
    private bool _stopped;

    private readonly Action<Exception> _onError;

    /// <param name="clock">Where time comes from.</param>
    /// <param name="onError">Told what a scheduled action has thrown.</param>
    public HeapScheduler(TimeProvider clock, Action<Exception> onError)
    {
        _clock = clock;
        _onError = onError;
        _start = clock.GetTimestamp();
        _timer = clock.CreateTimer(
            static state => ((HeapScheduler)state!).RunDue(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public IAdvancedScheduler Advanced => this;
    public DateTimeOffset Now => _clock.GetUtcNow();
    public TimeSpan MonotonicClock => _clock.GetElapsedTime(_start);
    public TimeSpan HighResMonotonicClock => MonotonicClock;

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable? cancelable
    ) => Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Add(delay, null, action, cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => Add(delay, null, action, null);

    public void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) => Add(delay, null, action.Run, cancelable);

    public void ScheduleOnce(TimeSpan delay, IRunnable action) => Add(delay, null, action.Run, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => Add(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Add(initialDelay, interval, action.Run, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action) =>
        Add(initialDelay, interval, action.Run, null);

    /// <summary>Drops everything that waits.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            _waiting.Clear();
        }
        _timer.Dispose();
    }

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (interval is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(given, TimeSpan.Zero, nameof(interval));
        }
        if (cancelable is { IsCancellationRequested: true })
        {
            return;
        }
        var entry = new Entry(action, interval, cancelable) { Due = MonotonicClock + delay };
        Insert(entry);
        if (cancelable is not null)
        {
            entry.Registration = cancelable.Token.UnsafeRegister(static (state, _) => Remove(state), (this, entry));
        }
    }

    private static void Remove(object? state)
    {
        var (scheduler, entry) = ((HeapScheduler, Entry))state!;
        lock (scheduler._gate)
        {
            scheduler._waiting.Remove(entry);
        }
    }

    private void Insert(Entry entry)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }
            entry.Order = _nextOrder++;
            _waiting.Add(entry);
            if (ReferenceEquals(_waiting.Min, entry))
            {
                SetTimer(entry.Due);
            }
        }
    }

    private void SetTimer(TimeSpan due)
    {
        var delay = due - MonotonicClock;
        // Timers count whole milliseconds and may round down: one more, rather than waking early and finding nothing.
        delay = delay <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
        _timer.Change(delay < s_longestDelay ? delay : s_longestDelay, Timeout.InfiniteTimeSpan);
    }

    private void RunDue()
    {
        var now = MonotonicClock;
        while (TakeDue(now) is { } entry)
        {
            if (entry.Cancelable is { IsCancellationRequested: true })
            {
                continue;
            }
            Run(entry);
            if (entry.Interval is not { } interval)
            {
                entry.Registration.Dispose();
                continue;
            }
            // Intervals that were missed altogether are skipped, not made up for in a burst.
            entry.Due = now - entry.Due >= interval ? now + interval : entry.Due + interval;
            Insert(entry);
            if (entry.Cancelable is { IsCancellationRequested: true })
            {
                Remove((this, entry));
            }
        }
    }

    private void Run(Entry entry)
    {
        try
        {
            entry.Action();
        }
        catch (Exception thrown)
        {
            _onError(thrown);
        }
    }

    private Entry? TakeDue(TimeSpan now)
    {
        lock (_gate)
        {
            if (_waiting.Min is not { } first)
            {
                return null;
            }
            if (first.Due > now)
            {
                SetTimer(first.Due);
                return null;
            }
            _waiting.Remove(first);
            return first;
        }
    }

    private static int InOrderOfTime(Entry left, Entry right)
    {
        var byDue = left.Due.CompareTo(right.Due);
        return byDue != 0 ? byDue : left.Order.CompareTo(right.Order);
    }

    private sealed class Entry(Action action, TimeSpan? interval, ICancelable? cancelable)
    {
        public Action Action => action;
        public TimeSpan? Interval => interval;
        public ICancelable? Cancelable => cancelable;
        public TimeSpan Due { get; set; }
        public CancellationTokenRegistration Registration { get; set; }

        /// <summary>Keeps those due at the same time in the order they were added.</summary>
        public long Order { get; set; }
    }
}
