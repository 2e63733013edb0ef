using Akka.Actor;

namespace Rig.Kernel.Tests.Actor;

public sealed class DeathWatchTests : KernelTest
{
    [Fact]
    public void Terminated_arrives_exactly_once()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        Watch(actor);
        Sys.Stop(actor);
        Assert.True(ExpectTerminated(actor).ExistenceConfirmed);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Terminated_arrives_once_for_a_target_that_is_dead_already()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Watch(actor);
        Assert.False(ExpectTerminated(actor).ExistenceConfirmed);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_parent_that_watches_its_child_is_told_once()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Doer(TestActor)));
        ExpectMsg("constructor");
        ExpectMsg("PreStart");
        parent.Tell(Doer.Run((_, context) => context.Stop(context.Watch(context.ActorOf(Props.Create<Doer>(), "child")))));
        ExpectMsg("child is gone");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void An_unwatched_actor_ends_unheard()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        Unwatch(actor);
        Sys.Stop(actor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void An_unwatch_counts_even_when_the_notification_waits_already()
    {
        var watcher = Sys.ActorOf(Props.Create(() => new Doer(TestActor)));
        ExpectMsg("constructor");
        ExpectMsg("PreStart");
        var target = Sys.ActorOf(Props.Create<Doer>());
        Watch(target);
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        watcher.Tell(
            Doer.Run(
                (_, context) =>
                {
                    context.Watch(target);
                    entered.Set();
                    go.Wait();
                }
            )
        );
        entered.Wait();
        watcher.Tell(Doer.Run((_, context) => context.Unwatch(target)));
        Sys.Stop(target);
        ExpectTerminated(target);
        go.Set();
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Another_message_can_be_asked_for_instead()
    {
        var target = Sys.ActorOf(Props.Create<Doer>());
        var watcher = Sys.ActorOf(Props.Create(() => new Translator(target, TestActor)));
        Sys.Stop(target);
        ExpectMsg("target is gone");
        Assert.NotNull(watcher);
    }

    [Fact]
    public void A_watch_with_another_message_than_before_is_refused()
    {
        var target = Sys.ActorOf(Props.Create<Doer>());
        var watcher = Sys.ActorOf(Props.Create<Doer>());
        EventFilter
            .Exception<InvalidOperationException>()
            .ExpectOne(() =>
                watcher.Tell(
                    Doer.Run(
                        (_, context) =>
                        {
                            context.WatchWith(target, "one");
                            context.WatchWith(target, "two");
                        }
                    )
                )
            );
    }

    [Fact]
    public void A_watcher_that_does_not_handle_Terminated_fails_with_a_death_pact()
    {
        var target = Sys.ActorOf(Props.Create<Doer>());
        var watcher = Sys.ActorOf(Props.Create(() => new Deaf(target)));
        Watch(watcher);
        EventFilter.Exception<DeathPactException>().ExpectOne(() => Sys.Stop(target));
        ExpectTerminated(watcher);
    }

    [Fact]
    public void A_restarted_actor_is_not_gone()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        actor.Tell(Doer.Throw(new InvalidOperationException("boom")));
        actor.Tell("still here");
        ExpectMsg("still here");
    }

    private sealed class Translator : ReceiveActor
    {
        public Translator(IActorRef target, IActorRef to)
        {
            Context.WatchWith(target, "target is gone");
            ReceiveAny(to.Forward);
        }
    }

    private sealed class Deaf : ReceiveActor
    {
        public Deaf(IActorRef target) => Context.Watch(target);
    }
}
