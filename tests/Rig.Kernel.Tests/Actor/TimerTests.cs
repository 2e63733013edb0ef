using Akka.Actor;
using Akka.TestKit;

namespace Rig.Kernel.Tests.Actor;

public sealed class TimerTests : VirtualTimeTest
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_single_timer_fires_once_and_is_then_inactive()
    {
        var actor = Actor(timers => timers.StartSingleTimer("key", "tick", s_second));
        Advance(s_second - TimeSpan.FromTicks(1));
        Settle(actor);
        Advance(TimeSpan.FromTicks(1));
        ExpectMsg("tick");
        Advance(s_second * 5);
        Settle(actor);
        Assert.False(Active(actor));
    }

    [Fact]
    public void A_periodic_timer_fires_until_cancelled()
    {
        var actor = Actor(timers => timers.StartPeriodicTimer("key", "tick", s_second * 2, s_second));
        Advance(s_second * 4);
        Assert.Equal(["tick", "tick", "tick"], ReceiveN(3));
        Do(actor, timers => timers.Cancel("key"));
        Advance(s_second * 4);
        Settle(actor);
    }

    [Fact]
    public void A_message_of_a_cancelled_timer_that_waits_already_is_dropped()
    {
        var actor = Actor(timers => timers.StartSingleTimer("key", "tick", s_second));
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        actor.Tell(
            (Action<ITimerScheduler>)(
                timers =>
                {
                    entered.Set();
                    go.Wait();
                    timers.Cancel("key");
                }
            )
        );
        entered.Wait();
        Advance(s_second);
        go.Set();
        Settle(actor);
    }

    [Fact]
    public void A_timer_replaces_the_one_of_the_same_key()
    {
        var actor = Actor(timers => timers.StartSingleTimer("key", "old", s_second));
        Do(actor, timers => timers.StartSingleTimer("key", "new", s_second * 2));
        Advance(s_second * 3);
        ExpectMsg("new");
        Settle(actor);
    }

    [Fact]
    public void Timers_end_with_the_instance()
    {
        var actor = Actor(timers => timers.StartPeriodicTimer("key", "tick", s_second));
        actor.Tell((Action<ITimerScheduler>)(static _ => throw new InvalidOperationException("boom")));
        Settle(actor);
        Advance(s_second * 3);
        Settle(actor);
        Assert.False(Active(actor));
    }

    [Fact]
    public void A_receive_timeout_comes_after_silence_and_again_and_again()
    {
        var actor = Actor(static _ => { });
        actor.Tell(s_second);
        Settle(actor);
        Advance(s_second);
        ExpectMsg<ReceiveTimeout>();
        Settle(actor);
        Advance(s_second);
        ExpectMsg<ReceiveTimeout>();
    }

    [Fact]
    public void Every_message_puts_a_receive_timeout_off()
    {
        var actor = Actor(static _ => { });
        actor.Tell(s_second);
        for (var i = 0; i < 5; i++)
        {
            Settle(actor);
            Advance(s_second * 0.75);
            Do(actor, static _ => { });
        }
        Advance(s_second * 0.25);
        Settle(actor);
    }

    [Fact]
    public void A_message_that_does_not_count_leaves_a_receive_timeout_alone()
    {
        var actor = Actor(static _ => { });
        actor.Tell(s_second);
        Settle(actor);
        Advance(s_second * 0.75);
        actor.Tell(new DoesNotCount());
        Settle(actor);
        Advance(s_second * 0.25);
        ExpectMsg<ReceiveTimeout>();
    }

    private sealed record DoesNotCount : INotInfluenceReceiveTimeout;

    private IActorRef Actor(Action<ITimerScheduler> start)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Timing(TestActor)));
        Do(actor, start);
        return actor;
    }

    private void Do(IActorRef actor, Action<ITimerScheduler> action)
    {
        actor.Tell(action);
        Settle(actor);
    }

    private bool Active(IActorRef actor)
    {
        actor.Tell((Action<ITimerScheduler>)(timers => TestActor.Tell(timers.IsTimerActive("key"))));
        return ExpectMsg<bool>();
    }

    private new void Settle(IActorRef actor)
    {
        actor.Tell(new Identify("settled"), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private sealed class Timing : ReceiveActor, IWithTimers
    {
        public Timing(IActorRef to)
        {
            Receive<Action<ITimerScheduler>>(action => action(Timers));
            Receive<TimeSpan>(timeout => Context.SetReceiveTimeout(timeout));
            Receive<DoesNotCount>(static _ => { });
            ReceiveAny(message => to.Tell(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
