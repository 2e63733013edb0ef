using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Sending from inside an actor without naming it.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends with the running actor as sender; with none outside of actors.</summary>
    public static void Tell(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, InternalCurrentActorCellKeeper.Current?.Self);
    }

    /// <summary>Sends on with the sender of the message that the running actor is processing.</summary>
    public static void Forward(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, InternalCurrentActorCellKeeper.Current?.Sender);
    }
}
