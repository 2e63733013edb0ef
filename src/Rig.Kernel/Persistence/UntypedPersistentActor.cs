using Akka.Actor;

namespace Akka.Persistence;

/// <summary>A persistent actor whose handlers call <see cref="ActorBase.Unhandled"/> themselves for what they do not know.</summary>
public abstract class UntypedPersistentActor : Eventsourced
{
    /// <inheritdoc cref="ActorBase.Context"/>
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    /// <inheritdoc/>
    protected override bool Receive(object message) => ReceiveCommand(message);

    /// <inheritdoc/>
    protected sealed override bool ReceiveCommand(object message)
    {
        OnCommand(message);
        return true;
    }

    /// <inheritdoc/>
    protected sealed override bool ReceiveRecover(object message) => TryRecover(message);

    /// <summary>Handles a command.</summary>
    protected abstract void OnCommand(object message);

    /// <summary>Handles the snapshot offer, an event or <see cref="RecoveryCompleted"/> during recovery.</summary>
    protected abstract void OnRecover(object message);

    /// <summary>Replaces the behaviour for commands.</summary>
    protected void Become(UntypedReceive receive) => Context.Become(receive);

    /// <summary>Puts a behaviour for commands on top of the current one.</summary>
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);

    /// <returns>False when the message is not handled; an untyped actor says that with Unhandled instead.</returns>
    internal virtual bool TryRecover(object message)
    {
        OnRecover(message);
        return true;
    }
}
