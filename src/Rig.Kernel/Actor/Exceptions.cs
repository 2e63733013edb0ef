namespace Akka.Actor;

/// <summary>Base of the kernel's exceptions.</summary>
public abstract class AkkaException : Exception
{
    /// <summary>Without a message.</summary>
    protected AkkaException() { }

    /// <summary>With a message and what caused it.</summary>
    protected AkkaException(string? message, Exception? cause = null)
        : base(message, cause) { }

    /// <summary>What caused it.</summary>
    protected Exception? Cause => InnerException;
}

/// <summary>An actor could not be made, or failed in its first or next <c>PreStart</c>.</summary>
public class ActorInitializationException : AkkaException
{
    /// <summary>Without a message.</summary>
    public ActorInitializationException() { }

    /// <summary>With a message.</summary>
    public ActorInitializationException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public ActorInitializationException(string message, Exception? cause)
        : base(message, cause) { }

    /// <summary>With the actor it happened to.</summary>
    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(message, cause) => Actor = actor;

    /// <summary>The actor it happened to.</summary>
    public IActorRef? Actor { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Actor is null ? base.ToString() : $"{Actor}: {base.ToString()}";
}

/// <summary>An actor's new instance failed right after a restart.</summary>
public class PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
    : ActorInitializationException(actor, $"Exception post restart ({originalCause?.GetType().ToString() ?? "null"})", cause)
{
    /// <summary>Why the actor was restarted.</summary>
    public Exception? OriginalCause { get; } = originalCause;
}

/// <summary>An actor's old instance failed while it was being told of its restart; logged only, the restart goes on.</summary>
public class PreRestartException(IActorRef actor, Exception restartException, Exception cause, object? optionalMessage)
    : ActorInitializationException(
        actor,
        $"Exception in PreRestart({cause?.GetType().ToString() ?? "null"}, {optionalMessage?.GetType().ToString() ?? "null"})",
        restartException
    )
{
    /// <summary>What <c>PreRestart</c> threw.</summary>
    public Exception RestartException { get; } = restartException;

    /// <summary>The message at which the actor failed.</summary>
    public object? OptionalMessage { get; } = optionalMessage;
}

/// <summary>Somebody sent <see cref="Kill"/>.</summary>
public class ActorKilledException : AkkaException
{
    /// <summary>Without a message.</summary>
    public ActorKilledException() { }

    /// <summary>With a message.</summary>
    public ActorKilledException(string message)
        : base(message) { }
}

/// <summary>A watched actor is gone and the watcher does not handle <see cref="Terminated"/>.</summary>
public class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    /// <summary>The actor that is gone.</summary>
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>No actor is where one was looked for.</summary>
public class ActorNotFoundException : AkkaException
{
    /// <summary>Without a message.</summary>
    public ActorNotFoundException() { }

    /// <summary>With a message and what caused it.</summary>
    public ActorNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}

/// <summary>A question was not answered in time.</summary>
public class AskTimeoutException(string message) : AkkaException(message);

/// <summary>The name is taken or not allowed.</summary>
public class InvalidActorNameException : AkkaException
{
    /// <summary>With a message.</summary>
    public InvalidActorNameException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public InvalidActorNameException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>Null was sent.</summary>
public class InvalidMessageException : AkkaException
{
    /// <summary>Without a message.</summary>
    public InvalidMessageException() { }

    /// <summary>With a message.</summary>
    public InvalidMessageException(string message)
        : base(message) { }
}

/// <summary>A call that the actor's state does not allow, such as stashing the same message twice.</summary>
public class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>The stash is full.</summary>
public class StashOverflowException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>The scheduler cannot take the task.</summary>
public sealed class SchedulerException(string message) : AkkaException(message);
