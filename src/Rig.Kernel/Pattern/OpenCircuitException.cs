using Akka.Actor;

namespace Akka.Pattern;

/// <summary>A circuit breaker is open: the call was not made.</summary>
public class OpenCircuitException : AkkaException
{
    /// <summary>With how long it stays open.</summary>
    public OpenCircuitException(string message, Exception? cause, TimeSpan remainingDuration)
        : base(message, cause) => RemainingDuration = remainingDuration;

    /// <summary>With how long it stays open.</summary>
    public OpenCircuitException(string message, TimeSpan remainingDuration)
        : this(message, null, remainingDuration) { }

    /// <summary>With a message.</summary>
    public OpenCircuitException(string message)
        : this(message, null, TimeSpan.Zero) { }

    /// <summary>Without a message of its own.</summary>
    public OpenCircuitException()
        : this("Circuit Breaker is open; calls are failing fast") { }

    /// <summary>How long the breaker stays open; zero when that depends on a call that is under way.</summary>
    public TimeSpan RemainingDuration { get; }
}

/// <summary>A failure that was reported by <see cref="CircuitBreaker.Fail"/>.</summary>
public class UserCalledFailException : AkkaException
{
    /// <summary>Without a message of its own.</summary>
    public UserCalledFailException()
        : base("User code caused CircuitBreaker to fail because it calls the Fail method.") { }
}
