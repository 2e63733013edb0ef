using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Event;

/// <summary>
/// The system's bus: dead letters, log events, and whatever actors want to make known. Subscriptions end by themselves when
/// the subscriber does.
/// </summary>
public class EventStream : LoggingBus
{
    private Unsubscriber? _unsubscriber;

    /// <summary>A stream of its own, whose subscriptions do not end by themselves.</summary>
    public EventStream(bool debug) => _ = debug;

    /// <inheritdoc/>
    public override bool Subscribe(IActorRef subscriber, Type classifier)
    {
        var added = base.Subscribe(subscriber, classifier);
        if (added && _unsubscriber is { } unsubscriber && subscriber is IInternalActorRef watchee)
        {
            watchee.SendSystemMessage(new Watch(watchee, unsubscriber));
        }
        return added;
    }

    internal void StartUnsubscriber(ActorSystemImpl system) => _unsubscriber = new Unsubscriber(system, this);

    /// <summary>Watches subscribers without being an actor: all it does is safe in any thread.</summary>
    private sealed class Unsubscriber(ActorSystemImpl system, EventStream stream) : InternalActorRef
    {
        public override ActorPath Path { get; } =
            new ChildActorPath(system.RootPath / "system", "eventStreamUnsubscriber", system.NextUid());

        public override ActorSystemImpl SystemImpl => system;

        public override void SendSystemMessage(SystemMessage message)
        {
            if (message is DeathWatchNotification death)
            {
                stream.Unsubscribe(death.Actor);
            }
        }
    }
}

/// <summary>Subscribing by type argument.</summary>
public static class EventStreamExtensions
{
    /// <returns>False when the subscription was there already.</returns>
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(eventStream);
        return eventStream.Subscribe(subscriber, typeof(TChannel));
    }

    /// <returns>False when there was no such subscription.</returns>
    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(eventStream);
        return eventStream.Unsubscribe(subscriber, typeof(TChannel));
    }
}
