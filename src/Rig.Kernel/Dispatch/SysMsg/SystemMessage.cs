using Akka.Actor;
using Akka.Event;

namespace Akka.Dispatch.SysMsg;

/// <summary>
/// Messages between the kernel's own parts. They overtake user messages and reach a suspended actor. Each instance is sent
/// once: it is itself the node of the mailbox's list.
/// </summary>
internal abstract class SystemMessage
{
    /// <summary>Stands in a closed mailbox's list and refuses whatever comes.</summary>
    public static readonly SystemMessage ClosedQueue = new NoMessage();

    /// <summary>The next in a list; only the list's owner touches it.</summary>
    public SystemMessage? Next;

    /// <summary>Kept back while a restarting actor waits for its children to stop.</summary>
    public virtual bool WaitsForChildren => false;

    /// <summary>Kept back while the actor itself has failed and its parent has not decided yet.</summary>
    public virtual bool WaitsWhileFailed => false;

    /// <summary>Turns a list newest first into a list oldest first.</summary>
    public static SystemMessage? Reverse(SystemMessage? list)
    {
        SystemMessage? reversed = null;
        while (list is not null)
        {
            var next = list.Next;
            list.Next = reversed;
            reversed = list;
            list = next;
        }
        return reversed;
    }
}

internal sealed class NoMessage : SystemMessage;

/// <summary>The first message of every actor: make the instance.</summary>
internal sealed class Create : SystemMessage;

/// <summary>Restart because of <paramref name="cause"/>.</summary>
internal sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause { get; } = cause;
    public override bool WaitsForChildren => true;
}

internal sealed class Suspend : SystemMessage
{
    public override bool WaitsForChildren => true;
}

/// <summary>Take back one suspend; with a cause when the parent decided so after a failure.</summary>
internal sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    public Exception? CausedByFailure { get; } = causedByFailure;
    public override bool WaitsForChildren => true;
}

internal sealed class Terminate : SystemMessage, IDeadLetterSuppression;

internal sealed class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;
    public IInternalActorRef Watcher { get; } = watcher;
}

internal sealed class Unwatch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;
    public IInternalActorRef Watcher { get; } = watcher;
}

/// <summary>To the parent and every watcher: this actor is gone.</summary>
internal sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    : SystemMessage,
        IDeadLetterSuppression
{
    public IActorRef Actor { get; } = actor;
    public bool ExistenceConfirmed { get; } = existenceConfirmed;
    public bool AddressTerminated { get; } = addressTerminated;
}

/// <summary>To the parent: this child, in this incarnation, has thrown and waits for a decision.</summary>
internal sealed class Failed(IActorRef child, Exception cause, long uid) : SystemMessage
{
    public IActorRef Child { get; } = child;
    public Exception Cause { get; } = cause;
    public long Uid { get; } = uid;
    public override bool WaitsForChildren => true;
    public override bool WaitsWhileFailed => true;
}

/// <summary>A continuation of the actor's own asynchronous handler, to run in its context.</summary>
internal sealed class ActorTask(Task task) : SystemMessage
{
    public Task Task { get; } = task;
}
