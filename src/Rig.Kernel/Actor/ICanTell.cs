namespace Akka.Actor;

/// <summary>Anything a message can be sent to.</summary>
public interface ICanTell
{
    /// <summary>Sends a message without waiting. Never throws because of the receiver's state.</summary>
    void Tell(object message, IActorRef? sender);
}

/// <summary>What can make actors and find them.</summary>
public interface IActorRefFactory
{
    /// <summary>Makes an actor; without a name it gets one that is unique among its siblings.</summary>
    /// <exception cref="InvalidActorNameException">The name is taken or not a valid path element.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>The actors, now or later, at a path.</summary>
    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>The actors, now or later, at an absolute or relative path; <c>..</c>, <c>*</c>, <c>?</c> and <c>**</c> have their usual meaning.</summary>
    ActorSelection ActorSelection(string actorPath);
}

/// <summary>What can be told about the end of other actors.</summary>
public interface ICanWatch
{
    /// <summary>Have one <see cref="Terminated"/> sent here when the subject is gone, also when it is gone already.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>Have this message sent here instead of <see cref="Terminated"/>.</summary>
    /// <exception cref="InvalidOperationException">The subject is already watched with another message.</exception>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>No longer watch; a notification that is already under way is dropped.</summary>
    IActorRef Unwatch(IActorRef subject);
}
