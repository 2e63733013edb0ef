using Akka.Actor;
using Akka.Event;

namespace Rig.Kernel.Tests.Actor;

public sealed class StashTests : KernelTest
{
    [Fact]
    public void Stashed_messages_come_back_in_their_order_before_those_that_wait()
    {
        var actor = Sys.ActorOf(Props.Create<Closed>());
        foreach (var message in (string[])["one", "two", "open", "three"])
        {
            actor.Tell(message);
        }
        ExpectMsg("one");
        ExpectMsg("two");
        ExpectMsg("three");
    }

    [Fact]
    public void Stashed_messages_survive_a_restart()
    {
        var actor = Sys.ActorOf(Props.Create<Closed>());
        actor.Tell("one");
        actor.Tell(new InvalidOperationException("boom"));
        actor.Tell("open");
        ExpectMsg("one");
    }

    [Fact]
    public void Stashed_messages_of_a_stopped_actor_become_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create<Closed>());
        actor.Tell("one");
        actor.Tell(PoisonPill.Instance);
        Assert.Equal("one", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_message_can_be_stashed_only_once()
    {
        var actor = Sys.ActorOf(Props.Create<Closed>());
        EventFilter.Exception<IllegalActorStateException>().ExpectOne(() => actor.Tell("twice"));
    }

    [Fact]
    public void A_bounded_stash_overflows()
    {
        var actor = Sys.ActorOf(Props.Create<Bounded>().WithStashCapacity(2));
        actor.Tell("one");
        actor.Tell("two");
        EventFilter.Exception<StashOverflowException>().ExpectOne(() => actor.Tell("three"));
    }

    private sealed class Closed : ReceiveActor, IWithUnboundedStash
    {
        public Closed()
        {
            Receive<Exception>(static exception => throw exception);
            Receive<string>(
                static text => text == "open",
                _ =>
                {
                    Become(() => ReceiveAny(message => Sender.Tell(message)));
                    Stash.UnstashAll();
                }
            );
            Receive<string>(
                static text => text == "twice",
                _ =>
                {
                    Stash.Stash();
                    Stash.Stash();
                }
            );
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class Bounded : ReceiveActor, IWithStash
    {
        public Bounded() => ReceiveAny(_ => Stash.Stash());

        public IStash Stash { get; set; } = null!;
    }
}
