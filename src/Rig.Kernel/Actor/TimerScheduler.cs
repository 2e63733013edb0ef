namespace Akka.Actor;

/// <summary>One cell's timers. The identity of a timer's message tells a running timer from one that was replaced or cancelled.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Timer> _timers = [];

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => StartSingleTimer(key, msg, timeout, cell.Self);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef? sender)
    {
        var timer = Begin(key, msg, repeats: false);
        Scheduler.ScheduleTellOnce(timeout, cell.Self, timer.Message, sender!, timer.Cancelable);
    }

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, interval, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef? sender) =>
        StartPeriodicTimer(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, initialDelay, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef? sender)
    {
        var timer = Begin(key, msg, repeats: true);
        Scheduler.ScheduleTellRepeatedly(initialDelay, interval, cell.Self, timer.Message, sender!, timer.Cancelable);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer))
        {
            timer.Cancelable.Cancel();
        }
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Cancelable.Cancel();
        }
        _timers.Clear();
    }

    /// <summary>Says whether a timer's message still counts; a single timer has ended with it.</summary>
    public bool TryOpen(TimerMessage message, ActorCell receiver)
    {
        if (
            !ReferenceEquals(receiver, cell)
            || !_timers.TryGetValue(message.Key, out var timer)
            || !ReferenceEquals(timer.Message, message)
        )
        {
            return false;
        }
        if (!timer.Repeats)
        {
            _timers.Remove(message.Key);
            timer.Cancelable.Cancel();
        }
        return true;
    }

    private IScheduler Scheduler => cell.SystemImpl.Scheduler;

    private Timer Begin(object key, object message, bool repeats)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        var wrapped = new TimerMessage(this, key, message);
        var timer = new Timer(wrapped, repeats, new Cancelable(Scheduler.Advanced));
        _timers.Add(key, timer);
        return timer;
    }

    private sealed record Timer(TimerMessage Message, bool Repeats, ICancelable Cancelable);
}

/// <summary>A timer's message on its way to the actor, which sees only what is inside.</summary>
internal sealed class TimerMessage(TimerScheduler owner, object key, object message) : IWrappedMessage, INoSerializationVerificationNeeded
{
    public TimerScheduler Owner { get; } = owner;
    public object Key { get; } = key;
    public object Message { get; } = message;

    public override string ToString() => $"Timer({Key}, {Message})";
}
