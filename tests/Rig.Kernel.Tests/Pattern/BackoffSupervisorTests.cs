using Akka.Actor;
using Akka.Pattern;
using Akka.TestKit;

namespace Rig.Kernel.Tests.Pattern;

public sealed class BackoffSupervisorTests : VirtualTimeTest
{
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_failed_child_is_started_again_after_delays_that_double()
    {
        var (supervisor, hooks) = Start(Backoff.OnFailure(Child(out var probe), "child", s_least, s_most, 0, -1).WithManualReset(), probe);
        foreach (var seconds in (int[])[1, 2, 4, 8, 16, 30, 30])
        {
            supervisor.Tell(Doer.Throw(new InvalidOperationException("boom")));
            hooks.ExpectMsg("PostStop");
            ExpectCount(supervisor);
            Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Settle(supervisor);
            hooks.ExpectNoMsg(TimeSpan.Zero);
            Advance(TimeSpan.FromMilliseconds(1));
            hooks.ExpectMsg("constructor");
            hooks.ExpectMsg("PreStart");
        }
    }

    [Fact]
    public void A_stopped_child_is_started_again()
    {
        var (supervisor, hooks) = Start(Backoff.OnStop(Child(out var probe), "child", s_least, s_most, 0, -1), probe);
        supervisor.Tell(Doer.Run(static (_, context) => context.Stop(context.Self)));
        hooks.ExpectMsg("PostStop");
        ExpectCount(supervisor);
        Advance(s_least);
        hooks.ExpectMsg("constructor");
    }

    [Fact]
    public void A_child_that_stops_by_itself_is_not_a_failure()
    {
        var (supervisor, _) = Start(Backoff.OnFailure(Child(out var probe), "child", s_least, s_most, 0, -1), probe);
        Watch(supervisor);
        supervisor.Tell(Doer.Run(static (_, context) => context.Stop(context.Self)));
        ExpectTerminated(supervisor);
    }

    [Fact]
    public void A_child_that_fails_too_often_is_given_up()
    {
        var (supervisor, hooks) = Start(Backoff.OnFailure(Child(out var probe), "child", s_least, s_most, 0, 1).WithManualReset(), probe);
        Watch(supervisor);
        supervisor.Tell(Doer.Throw(new InvalidOperationException("boom")));
        hooks.ExpectMsg("PostStop");
        ExpectCount(supervisor);
        Advance(s_least);
        hooks.ExpectMsg("constructor");
        hooks.ExpectMsg("PreStart");
        supervisor.Tell(Doer.Throw(new InvalidOperationException("boom")));
        ExpectTerminated(supervisor);
    }

    [Fact]
    public void A_child_that_lives_long_enough_begins_with_the_least_delay_again()
    {
        var (supervisor, hooks) = Start(
            Backoff.OnFailure(Child(out var probe), "child", s_least, s_most, 0, -1).WithAutoReset(s_least),
            probe
        );
        supervisor.Tell(Doer.Throw(new InvalidOperationException("boom")));
        hooks.ExpectMsg("PostStop");
        Assert.Equal(1, ExpectCount(supervisor));
        Advance(s_least);
        hooks.ExpectMsg("constructor");
        Settle(supervisor);
        Advance(s_least);
        Assert.Equal(0, ExpectCount(supervisor));
    }

    [Fact]
    public void Messages_are_answered_while_there_is_no_child()
    {
        var (supervisor, hooks) = Start(
            Backoff.OnFailure(Child(out var probe), "child", s_least, s_most, 0, -1).WithReplyWhileStopped("later"),
            probe
        );
        supervisor.Tell(Doer.Throw(new InvalidOperationException("boom")));
        hooks.ExpectMsg("PostStop");
        ExpectCount(supervisor);
        supervisor.Tell("anybody");
        ExpectMsg("later");
    }

    [Fact]
    public void A_final_stop_message_ends_the_supervisor_with_its_child()
    {
        var (supervisor, _) = Start(
            Backoff.OnStop(Child(out var probe), "child", s_least, s_most, 0, -1).WithFinalStopMessage(static m => m is Doer.Do),
            probe
        );
        Watch(supervisor);
        supervisor.Tell(Doer.Run(static (_, context) => context.Stop(context.Self)));
        ExpectTerminated(supervisor);
    }

    [Theory]
    [InlineData(0, 1.0, 1.2)]
    [InlineData(3, 8.0, 9.6)]
    [InlineData(10, 30.0, 36.0)]
    [InlineData(1000, 30.0, 36.0)]
    public void A_delay_grows_between_its_bounds_and_has_a_random_part(int restarts, double from, double to)
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.InRange(BackoffSupervisor.Delay(restarts, s_least, s_most, 0.2).TotalSeconds, from, to);
        }
    }

    private Props Child(out TestProbe hooks)
    {
        var probe = hooks = CreateTestProbe();
        return Props.Create(() => new Doer(probe.Ref));
    }

    private (IActorRef Supervisor, TestProbe Hooks) Start(BackoffOptions options, TestProbe hooks)
    {
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(options));
        hooks.ExpectMsg("constructor");
        hooks.ExpectMsg("PreStart");
        return (supervisor, hooks);
    }

    /// <summary>Returns when the supervisor knows that it has no child.</summary>
    private int ExpectCount(IActorRef supervisor)
    {
        AwaitAssert(() =>
        {
            supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
            var child = ExpectMsg<BackoffSupervisor.CurrentChild>().Ref;
            supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
            var count = ExpectMsg<BackoffSupervisor.RestartCount>().Count;
            Assert.True(child.IsNobody() || count == 0);
        });
        supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
        return ExpectMsg<BackoffSupervisor.RestartCount>().Count;
    }
}
