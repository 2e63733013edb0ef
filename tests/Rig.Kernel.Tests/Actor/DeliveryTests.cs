using Akka.Actor;
using Akka.Event;

namespace Rig.Kernel.Tests.Actor;

public sealed class DeliveryTests : KernelTest
{
    [Fact]
    public async Task An_actor_takes_one_message_at_a_time_and_sees_its_own_state_from_any_thread()
    {
        const int Senders = 4;
        const int Each = 20_000;
        var counter = Sys.ActorOf(Props.Create<Counter>());
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendMany(counter, Each))));
        Assert.Equal(Senders * Each, await counter.Ask<int>("count"));
    }

    [Fact]
    public void Messages_between_two_actors_keep_their_order()
    {
        var receiver = CreateTestProbe();
        var sender = Sys.ActorOf(Props.Create<Doer>());
        sender.Tell(
            Doer.Run(
                (_, _) =>
                {
                    for (var i = 0; i < 5_000; i++)
                    {
                        receiver.Ref.Tell(i);
                    }
                }
            )
        );
        Assert.Equal(Enumerable.Range(0, 5_000).Cast<object>(), receiver.ReceiveN(5_000));
    }

    [Fact]
    public void A_message_to_a_stopped_actor_is_a_dead_letter_and_arrives_nowhere_else()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell("too late", TestActor);
        var dead = ExpectMsg<DeadLetter>();
        Assert.Equal(("too late", TestActor, actor), (dead.Message, dead.Sender, dead.Recipient));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Messages_that_wait_when_an_actor_stops_become_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create<Doer>());
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        actor.Tell(
            Doer.Run(
                (_, context) =>
                {
                    entered.Set();
                    go.Wait();
                    context.Stop(context.Self);
                }
            )
        );
        entered.Wait();
        actor.Tell("one");
        actor.Tell("two");
        go.Set();
        Assert.Equal("one", ExpectMsg<DeadLetter>().Message);
        Assert.Equal("two", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_message_without_a_handler_is_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create<Counter>());
        actor.Tell("nobody handles this");
        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal(("nobody handles this", actor), (unhandled.Message, unhandled.Recipient));
    }

    [Fact]
    public void System_messages_overtake_user_messages()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Doer(TestActor)));
        ExpectMsg("constructor");
        ExpectMsg("PreStart");
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        actor.Tell(
            Doer.Run(
                (_, _) =>
                {
                    entered.Set();
                    go.Wait();
                }
            )
        );
        entered.Wait();
        actor.Tell("user message", TestActor);
        Sys.Stop(actor);
        go.Set();
        ExpectMsg("PostStop");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_poison_pill_waits_for_its_turn()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        actor.Tell("before");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("after");
        ExpectMsg("before");
        ExpectTerminated(actor);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Nobody_may_send_null()
    {
        Assert.Throws<InvalidMessageException>(() => TestActor.Tell(null!, ActorRefs.NoSender));
    }

    [Fact]
    public void A_forwarded_message_keeps_its_sender()
    {
        var probe = CreateTestProbe();
        var forwarder = Sys.ActorOf(Props.Create(() => new Forwarder(probe.Ref)));
        forwarder.Tell("hello");
        probe.ExpectMsgFrom(TestActor, "hello");
    }

    private static void SendMany(IActorRef counter, int count)
    {
        for (var i = 0; i < count; i++)
        {
            counter.Tell(1, ActorRefs.NoSender);
        }
    }

    private sealed class Counter : ReceiveActor
    {
        private int _count;

        public Counter()
        {
            Receive<int>(number => _count += number);
            Receive<string>(text => text == "count", _ => Sender.Tell(_count));
        }
    }

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef to) => ReceiveAny(to.Forward);
    }
}
