using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The reference to an actor of this process.</summary>
internal sealed class LocalActorRef : InternalActorRef
{
    public LocalActorRef(ActorSystemImpl system, Props props, IActorRef parent, ActorPath path)
    {
        Path = path;
        Cell = new ActorCell(system, this, props, parent);
    }

    public ActorCell Cell { get; }
    public override ActorPath Path { get; }
    public override IActorRef Parent => Cell.Parent;
    public override ActorSystemImpl SystemImpl => Cell.SystemImpl;

    /// <summary>Lets the actor take what its mailbox holds, the order to create itself before all.</summary>
    public override void Start() => Cell.Mailbox.TrySchedule();

    public override void Stop() => SendSystemMessage(new Terminate());

    public override void SendSystemMessage(SystemMessage message) => Cell.SendSystemMessage(message);

    protected override void TellInternal(object message, IActorRef sender) => Cell.SendMessage(new Envelope(message, sender));
}
