using Akka.Actor.Internal;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Base of every actor: one message at a time, state that nobody else sees, a life of hooks that the supervisor decides about.
/// Made by the kernel only, from <see cref="Props"/>.
/// </summary>
public abstract class ActorBase
{
    private IActorRef? _clearedSelf;
    private SupervisorStrategy? _strategy;

    /// <exception cref="ActorInitializationException">Called outside of the kernel.</exception>
    protected ActorBase()
    {
        var cell =
            InternalCurrentActorCellKeeper.Current
            ?? throw new ActorInitializationException("Do not create actors using 'new', always create them using an ActorContext/System");
        cell.Become(Receive);
    }

    /// <summary>A behaviour that handles nothing.</summary>
    protected static Receive EmptyReceive { get; } = static _ => false;

    /// <summary>What the actor sees of the world. Only inside a message, a hook, the constructor, or a handler's task.</summary>
    /// <exception cref="NotSupportedException">Used from anywhere else.</exception>
    protected static IActorContext Context => CurrentCell;

    /// <summary>The actor's own reference.</summary>
    protected IActorRef Self => _clearedSelf ?? CurrentCell.Self;

    /// <summary>Who sent the current message; the dead letters when nobody did.</summary>
    protected IActorRef Sender => CurrentCell.Sender;

    /// <summary>True between instances: this one has been taken out of service.</summary>
    internal bool IsDetached => _clearedSelf is not null;

    internal SupervisorStrategy CurrentSupervisorStrategy => _strategy ??= SupervisorStrategy();

    private static ActorCell CurrentCell =>
        InternalCurrentActorCellKeeper.Current
        ?? throw new NotSupportedException(
            "There is no active ActorContext, this is most likely due to use of async operations from within this actor."
        );

    /// <summary>Handles a message that <paramref name="receive"/> is to process; what does not handle it ends in <see cref="Unhandled"/>.</summary>
    protected virtual bool AroundReceive(Receive receive, object message)
    {
        ArgumentNullException.ThrowIfNull(receive);
        if (receive(message))
        {
            return true;
        }
        Unhandled(message);
        return false;
    }

    /// <summary>Surrounds <see cref="PreStart"/>.</summary>
    public virtual void AroundPreStart() => PreStart();

    /// <summary>Surrounds <see cref="PreRestart"/>.</summary>
    public virtual void AroundPreRestart(Exception cause, object? message) => PreRestart(cause, message);

    /// <summary>Surrounds <see cref="PostRestart"/>.</summary>
    public virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);

    /// <summary>Surrounds <see cref="PostStop"/>.</summary>
    public virtual void AroundPostStop() => PostStop();

    /// <summary>Runs before the first message.</summary>
    protected virtual void PreStart() { }

    /// <summary>Runs when the actor has stopped; also, by default, when it is restarted.</summary>
    protected virtual void PostStop() { }

    /// <summary>Runs in the instance that failed, before another takes its place; by default stops all children and calls <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
        PostStop();
    }

    /// <summary>Runs in the new instance; by default calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>The behaviour that an actor starts with.</summary>
    protected abstract bool Receive(object message);

    /// <summary>What to do about failing children; asked once an incarnation.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    /// <summary>Takes what no behaviour handles: publishes it, or fails when a watched actor's end goes unheard.</summary>
    /// <exception cref="DeathPactException">The message is <see cref="Terminated"/>.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
        {
            throw new DeathPactException(terminated.ActorRef);
        }
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    /// <summary>Replaces the behaviour on top of the stack.</summary>
    protected void Become(Receive receive) => Context.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    /// <summary>Takes the topmost behaviour off; the last one stays.</summary>
    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    /// <summary>Sends <see cref="ReceiveTimeout"/> after this much silence, again and again; null switches it off.</summary>
    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    internal bool AroundReceiveInternal(Receive receive, object message) => AroundReceive(receive, message);

    /// <summary>Gives a new instance what its interfaces ask for.</summary>
    internal void Attach(ActorCell cell)
    {
        _strategy = cell.Props.SupervisorStrategy;
        if (this is IActorStash stashing)
        {
            stashing.Stash = cell.CreateStash(this);
        }
        if (this is IWithTimers timing)
        {
            timing.Timers = cell.Timers;
        }
        AfterAttach();
    }

    /// <summary>The last step of making an instance.</summary>
    internal virtual void AfterAttach() { }

    internal void Detach(IActorRef self) => _clearedSelf = self;
}
