using Akka.Actor;

namespace Rig.Kernel.Tests.Actor;

public sealed class SupervisionTests : VirtualTimeTest
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    public void A_child_that_fails_more_often_than_granted_is_stopped(int granted, int restarts)
    {
        var child = Child(new OneForOneStrategy(granted, s_minute, static _ => Directive.Restart));
        Watch(child);
        for (var i = 0; i < restarts; i++)
        {
            Fail(child);
            Settle(child);
        }
        Fail(child);
        ExpectTerminated(child);
    }

    [Fact]
    public void Failures_that_are_further_apart_than_the_window_do_not_add_up()
    {
        var child = Child(new OneForOneStrategy(1, s_minute, static _ => Directive.Restart));
        Watch(child);
        for (var i = 0; i < 5; i++)
        {
            Fail(child);
            Settle(child);
            Advance(s_minute + TimeSpan.FromSeconds(1));
        }
        Fail(child);
        Settle(child);
        Fail(child);
        ExpectTerminated(child);
    }

    [Fact]
    public void Without_a_limit_a_child_is_restarted_for_ever()
    {
        var child = Child(new OneForOneStrategy(static _ => Directive.Restart));
        for (var i = 0; i < 50; i++)
        {
            Fail(child);
        }
        Settle(child);
    }

    [Fact]
    public void All_for_one_restarts_the_siblings_too()
    {
        var parent = Parent(new AllForOneStrategy(static _ => Directive.Restart));
        var sibling = CreateTestProbe();
        var failing = Spawn(parent, Props.Create<Doer>());
        Spawn(parent, Props.Create(() => new Doer(sibling.Ref)));
        sibling.ExpectMsg("constructor");
        sibling.ExpectMsg("PreStart");
        Fail(failing);
        sibling.ExpectMsg("PreRestart");
        sibling.ExpectMsg("PostStop");
        sibling.ExpectMsg("constructor");
    }

    [Fact]
    public void All_for_one_stops_the_siblings_too()
    {
        var parent = Parent(new AllForOneStrategy(static _ => Directive.Stop));
        var failing = Spawn(parent, Props.Create<Doer>());
        var sibling = Spawn(parent, Props.Create<Doer>());
        Watch(sibling);
        Fail(failing);
        ExpectTerminated(sibling);
    }

    [Fact]
    public void An_escalated_failure_is_the_parents_own()
    {
        var grandparent = Parent(
            new OneForOneStrategy(static cause => cause is InvalidOperationException ? Directive.Stop : Directive.Restart)
        );
        var parent = Spawn(grandparent, Props.Create(() => new Doer(null, new OneForOneStrategy(_ => Directive.Escalate))));
        var child = Spawn(parent, Props.Create<Doer>());
        Watch(parent);
        Fail(child);
        ExpectTerminated(parent);
    }

    [Fact]
    public void A_resume_that_was_escalated_lets_the_child_go_on()
    {
        var grandparent = Parent(new OneForOneStrategy(static _ => Directive.Resume));
        var parent = Spawn(grandparent, Props.Create(() => new Doer(null, new OneForOneStrategy(_ => Directive.Escalate))));
        var child = Spawn(parent, Props.Create<Doer>());
        Fail(child);
        Settle(child);
        Settle(parent);
    }

    [Fact]
    public void A_table_decides_by_the_first_type_that_fits()
    {
        var decider = Decider.From(Directive.Restart, Directive.Stop.When<InvalidOperationException>(), Directive.Resume.When<Exception>());
        Assert.Equal(Directive.Stop, decider.Decide(new InvalidOperationException()));
        Assert.Equal(Directive.Stop, decider.Decide(new ObjectDisposedException("")));
        Assert.Equal(Directive.Resume, decider.Decide(new TimeoutException()));
    }

    [Theory]
    [InlineData(typeof(ActorInitializationException), Directive.Stop)]
    [InlineData(typeof(ActorKilledException), Directive.Stop)]
    [InlineData(typeof(InvalidOperationException), Directive.Restart)]
    public void The_default_decider_stops_what_a_new_instance_would_not_help(Type cause, Directive directive) =>
        Assert.Equal(directive, SupervisorStrategy.DefaultDecider.Decide((Exception)Activator.CreateInstance(cause)!));

    [Fact]
    public void A_failure_is_logged_with_the_childs_path_as_source()
    {
        var child = Child(new OneForOneStrategy(static _ => Directive.Restart));
        EventFilter.Exception<InvalidOperationException>(source: child.Path.ToString()).ExpectOne(() => Fail(child));
    }

    private static void Fail(IActorRef actor) => actor.Tell(Doer.Throw(new InvalidOperationException("boom")));

    private IActorRef Parent(SupervisorStrategy strategy) => Sys.ActorOf(Props.Create(() => new Doer(null, strategy)));

    private IActorRef Child(SupervisorStrategy strategy) => Spawn(Parent(strategy), Props.Create<Doer>());

    private static IActorRef Spawn(IActorRef parent, Props props)
    {
        var made = new TaskCompletionSource<IActorRef>();
        parent.Tell(Doer.Run((_, context) => made.SetResult(context.ActorOf(props))));
        return made.Task.GetAwaiter().GetResult();
    }
}
