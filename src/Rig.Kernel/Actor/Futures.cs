using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>
/// Questions: a message whose answer completes a task. A timeout throws <see cref="AskTimeoutException"/>, a cancellation cancels
/// the task, an answer of another type throws <see cref="ArgumentException"/>, a <see cref="Status.Failure"/> throws its cause.
/// </summary>
public static class Futures
{
    /// <summary>Asks and takes any answer.</summary>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    /// <summary>Asks and takes any answer.</summary>
    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    /// <summary>Asks and takes any answer.</summary>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    /// <summary>Asks; without a timeout the configured one counts, infinite unless set.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <summary>Asks.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    /// <summary>Asks.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>Asks with a message that names the one to answer to.</summary>
    /// <exception cref="ArgumentException">Nobody is asked who belongs to a system, and not from inside an actor.</exception>
    public static Task<T> Ask<T>(
        this ICanTell self,
        Func<IActorRef, object> messageFactory,
        TimeSpan? timeout,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(messageFactory);
        var system =
            InternalCurrentActorCellKeeper.Current?.SystemImpl
            ?? SystemOf(self)
            ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        var future = new FutureActorRef<T>(system);
        var message = messageFactory(future);
        var answer = future.Begin(timeout, cancellationToken);
        if (!answer.IsCompleted)
        {
            self.Tell(message, future);
        }
        return answer;
    }

    private static ActorSystemImpl? SystemOf(ICanTell self) =>
        self switch
        {
            IInternalActorRef reference => reference.SystemImpl,
            ActorSelection selection => SystemOf(selection.Anchor),
            _ => null,
        };
}
