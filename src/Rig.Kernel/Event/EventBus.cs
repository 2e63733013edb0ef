using Akka.Actor;

namespace Akka.Event;

/// <summary>Passes events to those who subscribed to their class.</summary>
public abstract class EventBus<TEvent, TClassifier, TSubscriber>
{
    /// <summary>Passes an event on, in the caller's thread.</summary>
    public abstract void Publish(TEvent @event);

    /// <returns>False when the subscription was there already.</returns>
    public abstract bool Subscribe(TSubscriber subscriber, TClassifier classifier);

    /// <returns>False when there was no such subscription.</returns>
    public abstract bool Unsubscribe(TSubscriber subscriber, TClassifier classifier);

    /// <summary>Ends all subscriptions of a subscriber.</summary>
    /// <returns>False when there were none.</returns>
    public abstract bool Unsubscribe(TSubscriber subscriber);
}

/// <summary>A bus whose subscribers are actors.</summary>
public abstract class ActorEventBus<TEvent, TClassifier> : EventBus<TEvent, TClassifier, IActorRef>;
