using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>The reference to where no actor is: publishes what it is told, answers those who look for it or watch it.</summary>
internal sealed class DeadLetterActorRef(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    public override ActorPath Path => path;

    public override ActorSystemImpl SystemImpl => system;

    public override void SendSystemMessage(SystemMessage message) => ActorSystemImpl.DeadSystemMessage(message, this);

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case AllDeadLetters dead:
                system.EventStream.Publish(dead);
                break;
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                break;
            default:
                system.DeadLetter(message, sender, this);
                break;
        }
    }
}
