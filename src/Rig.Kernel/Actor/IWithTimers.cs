namespace Akka.Actor;

/// <summary>An actor with timers, which are there once the constructor has run.</summary>
public interface IWithTimers
{
    /// <summary>The timers; set by the kernel.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>
/// Timers that send messages to their actor and end with its instance. A timer started under a key that is in use replaces the
/// other, whose message is dropped even if it waits in the mailbox already. Only from inside the actor.
/// </summary>
public interface ITimerScheduler
{
    /// <summary>The keys of the timers that run.</summary>
    IReadOnlyCollection<object> ActiveTimers { get; }

    /// <summary>Sends a message once, after <paramref name="timeout"/>.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>Sends a message once, after <paramref name="timeout"/>, in the name of <paramref name="sender"/>.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef? sender);

    /// <summary>Sends a message every <paramref name="interval"/>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>Sends a message every <paramref name="interval"/> in the name of <paramref name="sender"/>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef? sender);

    /// <summary>Sends a message after <paramref name="initialDelay"/> and then every <paramref name="interval"/>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>Sends a message after <paramref name="initialDelay"/> and then every <paramref name="interval"/> in the name of <paramref name="sender"/>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef? sender);

    /// <summary>True while the timer has not been cancelled, nor, if single, its message received.</summary>
    bool IsTimerActive(object key);

    /// <summary>Ends a timer; a message of it that waits in the mailbox is dropped.</summary>
    void Cancel(object key);

    /// <summary>Ends all timers.</summary>
    void CancelAll();
}
