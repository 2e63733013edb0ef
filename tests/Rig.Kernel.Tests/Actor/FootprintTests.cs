using Akka.Actor;

namespace Rig.Kernel.Tests.Actor;

public sealed class FootprintTests : KernelTest
{
    private const int Actors = 10_000;
    private const int Most = 1024;

    [Fact]
    public async Task An_idle_actor_that_has_worked_holds_less_than_a_kilobyte()
    {
        var props = Props.Create<Idle>();
        await Sys.ActorOf(props).Ask<int>(1);
        var references = new IActorRef[Actors];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Actors; i++)
        {
            references[i] = Sys.ActorOf(props);
            references[i].Tell(1, ActorRefs.NoSender);
        }
        foreach (var actor in references)
        {
            await actor.Ask<int>(1);
        }
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Actors;
        GC.KeepAlive(references);
        Assert.InRange(each, 1, Most);
    }

    [Fact]
    public void A_message_to_a_busy_actor_allocates_nothing_beyond_its_slot()
    {
        const int Messages = 100_000;
        const int SlotBytes = 24;
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create<Doer>());
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
        var message = Doer.Run(static (_, _) => { });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Messages; i++)
        {
            actor.Tell(message, ActorRefs.NoSender);
        }
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        go.Set();
        // The rings themselves cost a header each, and the last one is not full.
        Assert.InRange(bytes, 0, Messages * SlotBytes * 11 / 10);
    }

    private sealed class Idle : ReceiveActor
    {
        private int _sum;

        public Idle()
        {
            Receive<int>(number => Sender.Tell(_sum += number));
            Receive<string>(text => Sender.Tell(text));
        }
    }
}
