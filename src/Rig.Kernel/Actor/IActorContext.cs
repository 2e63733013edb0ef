namespace Akka.Actor;

/// <summary>What an actor sees of the world while it processes a message. Not to be used from other threads.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    /// <summary>The actor itself.</summary>
    IActorRef Self { get; }

    /// <summary>Who sent the current message; the dead letters when nobody did.</summary>
    IActorRef Sender { get; }

    /// <summary>The actor's supervisor.</summary>
    IActorRef Parent { get; }

    /// <summary>What the actor was made from.</summary>
    Props Props { get; }

    /// <summary>The system the actor lives in.</summary>
    ActorSystem System { get; }

    /// <summary>After how much silence a <see cref="Actor.ReceiveTimeout"/> is sent; null for never.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Replaces the behaviour on top of the stack.</summary>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Takes the topmost behaviour off; the last one stays.</summary>
    void UnbecomeStacked();

    /// <summary>The child of this name, or <see cref="Nobody"/>.</summary>
    IActorRef Child(string name);

    /// <summary>All children, those being stopped included.</summary>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Sends <see cref="Actor.ReceiveTimeout"/> after this much silence, again and again; null switches it off.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Stops a child, or the actor itself, after the message it is processing.</summary>
    void Stop(IActorRef child);
}

/// <summary>A context whose behaviours return nothing.</summary>
public interface IUntypedActorContext : IActorContext
{
    /// <summary>Replaces the behaviour on top of the stack.</summary>
    void Become(UntypedReceive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    void BecomeStacked(UntypedReceive receive);
}

/// <summary>A behaviour.</summary>
/// <returns>False when it does not handle the message.</returns>
public delegate bool Receive(object message);

/// <summary>A behaviour that calls <c>Unhandled</c> itself.</summary>
public delegate void UntypedReceive(object message);
