namespace Akka.Actor;

/// <summary>A handle to one incarnation of an actor; stays valid, as an address of dead letters, when the actor is gone.</summary>
public interface IActorRef : ICanTell, IComparable, IComparable<IActorRef>, IEquatable<IActorRef>
{
    /// <summary>Where the actor is.</summary>
    ActorPath Path { get; }
}

/// <summary>What the kernel itself needs from a reference.</summary>
internal interface IInternalActorRef : IActorRef
{
    /// <summary>The parent, or <see cref="Nobody"/>.</summary>
    IActorRef Parent { get; }

    /// <summary>The system it belongs to; null only for references outside every system.</summary>
    Internal.ActorSystemImpl? SystemImpl { get; }

    void SendSystemMessage(Dispatch.SysMsg.SystemMessage message);

    void Start();

    void Stop();
}
