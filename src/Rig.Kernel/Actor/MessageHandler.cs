namespace Akka.Actor;

/// <summary>
/// Handlers in the order they were added, as a linked list: an actor has few of them, and every instance its own, so that
/// small objects count for more than a lookup table would gain.
/// </summary>
internal abstract class MessageHandler
{
    /// <summary>The handler that is asked when this one does not want the message.</summary>
    public MessageHandler? Next { get; set; }

    /// <returns>False when the message is not for this handler.</returns>
    public abstract bool TryHandle(object message);

    public static bool Run(MessageHandler? first, object message)
    {
        for (var handler = first; handler is not null; handler = handler.Next)
        {
            if (handler.TryHandle(message))
            {
                return true;
            }
        }
        return false;
    }
}

/// <summary>Handles every message of a type.</summary>
internal sealed class ActionHandler<T>(Action<T> handler) : MessageHandler
{
    public override bool TryHandle(object message)
    {
        if (message is not T typed)
        {
            return false;
        }
        handler(typed);
        return true;
    }
}

/// <summary>Handles the messages of a type for which a condition holds.</summary>
internal sealed class ConditionalHandler<T>(Action<T> handler, Predicate<T> shouldHandle) : MessageHandler
{
    public override bool TryHandle(object message)
    {
        if (message is not T typed || !shouldHandle(typed))
        {
            return false;
        }
        handler(typed);
        return true;
    }
}

/// <summary>Handles the messages of a type that it says it has handled.</summary>
internal sealed class FuncHandler<T>(Func<T, bool> handler) : MessageHandler
{
    public override bool TryHandle(object message) => message is T typed && handler(typed);
}

/// <summary>Handles every message of a type asynchronously; the actor waits for it.</summary>
internal sealed class AsyncHandler<T>(Func<T, Task> handler, Predicate<T>? shouldHandle) : MessageHandler
{
    public override bool TryHandle(object message)
    {
        if (message is not T typed || shouldHandle is not null && !shouldHandle(typed))
        {
            return false;
        }
        Dispatch.ActorTaskScheduler.RunTask(() => handler(typed));
        return true;
    }
}

/// <summary>Handles the messages of a type known only at run time.</summary>
internal sealed class RuntimeTypeHandler(Type messageType, Func<object, bool> handler) : MessageHandler
{
    public override bool TryHandle(object message) => messageType.IsInstanceOfType(message) && handler(message);
}
