using System.Threading.Channels;
using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Puts everything it receives where the test takes it from; watches for the test.</summary>
internal sealed class InternalTestActor(ChannelWriter<Received> received) : ActorBase
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case WatchFor watch:
                Context.Watch(watch.Subject);
                watch.Done.SetResult();
                break;
            case UnwatchFor unwatch:
                Context.Unwatch(unwatch.Subject);
                unwatch.Done.SetResult();
                break;
            case Spawn spawn:
                spawn.Done.SetResult(Context.ActorOf(spawn.Props, spawn.Name));
                break;
            default:
                received.TryWrite(new Received(message, Sender));
                break;
        }
        return true;
    }

    public sealed record WatchFor(IActorRef Subject, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    public sealed record UnwatchFor(IActorRef Subject, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    public sealed record Spawn(Props Props, string? Name, TaskCompletionSource<IActorRef> Done);
}
