using Akka.Actor;
using Akka.TestKit;

namespace Rig.Kernel.Tests.Actor;

public sealed class LifecycleTests : KernelTest
{
    private static readonly SupervisorStrategy s_restart = new OneForOneStrategy(static _ => Directive.Restart);
    private static readonly SupervisorStrategy s_resume = new OneForOneStrategy(static _ => Directive.Resume);
    private static readonly SupervisorStrategy s_stop = new OneForOneStrategy(static _ => Directive.Stop);

    [Fact]
    public void A_restart_calls_the_hooks_in_their_order_and_keeps_reference_and_mailbox()
    {
        var hooks = CreateTestProbe();
        var (_, child) = Family(s_restart, hooks);
        child.Tell(Doer.Throw(new InvalidOperationException("boom")));
        child.Tell("still here", TestActor);
        Expect(hooks, "constructor", "PreStart", "PreRestart", "PostStop", "constructor", "PostRestart", "PreStart");
        ExpectMsg("still here");
        Assert.Equal(child, LastSender);
    }

    [Fact]
    public void A_restart_stops_the_children_before_the_new_instance_is_made()
    {
        var hooks = CreateTestProbe();
        var (_, child) = Family(s_restart, hooks);
        Expect(hooks, "constructor", "PreStart");
        var grandchildHooks = CreateTestProbe();
        child.Tell(Doer.Run((_, context) => context.ActorOf(Props.Create(() => new Doer(grandchildHooks.Ref)), "grandchild")));
        Expect(grandchildHooks, "constructor", "PreStart");
        child.Tell(Doer.Throw(new InvalidOperationException("boom")));
        child.Tell(Doer.Run((_, context) => TestActor.Tell(context.GetChildren().Count())));
        Expect(grandchildHooks, "PostStop");
        Expect(hooks, "PreRestart", "PostStop", "constructor", "PostRestart", "PreStart");
        ExpectMsg(0);
    }

    [Fact]
    public void A_resumed_actor_keeps_its_instance()
    {
        var hooks = CreateTestProbe();
        var (_, child) = Family(s_resume, hooks);
        child.Tell(Doer.Throw(new InvalidOperationException("boom")));
        child.Tell("still here", TestActor);
        ExpectMsg("still here");
        Expect(hooks, "constructor", "PreStart");
        hooks.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_child_that_is_stopped_for_its_failure_calls_PostStop_only()
    {
        var hooks = CreateTestProbe();
        var (_, child) = Family(s_stop, hooks);
        Watch(child);
        child.Tell(Doer.Throw(new InvalidOperationException("boom")));
        ExpectTerminated(child);
        Expect(hooks, "constructor", "PreStart", "PostStop");
        hooks.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_failing_child_and_its_descendants_are_suspended_until_the_parent_decides()
    {
        using var deciding = new ManualResetEventSlim();
        using var decide = new ManualResetEventSlim();
        var strategy = new OneForOneStrategy(_ =>
        {
            deciding.Set();
            decide.Wait();
            return Directive.Resume;
        });
        var (_, child) = Family(strategy, null);
        var grandchild = Spawn(child);
        child.Tell(Doer.Throw(new InvalidOperationException("boom")));
        deciding.Wait();
        child.Tell("to the child", TestActor);
        grandchild.Tell("to the grandchild", TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        decide.Set();
        ExpectMsgAllOf(["to the child", "to the grandchild"]);
    }

    [Fact]
    public void An_actor_that_cannot_be_made_is_stopped()
    {
        var strategy = new List<Exception>();
        var parent = Sys.ActorOf(Props.Create(() => new Doer(null, new OneForOneStrategy(cause => Note(strategy, cause)))));
        var child = Spawn(parent, Props.Create<CannotBeMade>());
        Watch(child);
        ExpectTerminated(child);
        Assert.IsType<ActorInitializationException>(Assert.Single(strategy));
    }

    [Fact]
    public void An_actor_that_fails_after_its_restart_reports_both_causes()
    {
        var causes = new List<Exception>();
        var strategy = new OneForOneStrategy(cause =>
        {
            causes.Add(cause);
            return cause is PostRestartException ? Directive.Stop : Directive.Restart;
        });
        var parent = Sys.ActorOf(Props.Create(() => new Doer(null, strategy)));
        var child = Spawn(parent, Props.Create<CannotBeRestarted>());
        Watch(child);
        child.Tell("fail");
        ExpectTerminated(child);
        var cause = Assert.IsType<PostRestartException>(causes[1]);
        Assert.Equal("first", cause.OriginalCause?.Message);
        Assert.Equal("second", cause.InnerException?.Message);
    }

    [Fact]
    public void Stopping_an_actor_stops_its_descendants_first()
    {
        var order = CreateTestProbe();
        var parent = Sys.ActorOf(Props.Create(() => new Stopper("parent", order.Ref)));
        parent.Tell(Props.Create(() => new Stopper("child", order.Ref)));
        var child = ExpectMsg<IActorRef>();
        child.Tell(Props.Create(() => new Stopper("grandchild", order.Ref)));
        ExpectMsg<IActorRef>();
        Sys.Stop(parent);
        Expect(order, "grandchild", "child", "parent");
    }

    [Fact]
    public void A_name_can_be_used_again_when_its_actor_is_gone()
    {
        var first = Sys.ActorOf(Props.Create<Doer>(), "name");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create<Doer>(), "name"));
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        AwaitAssert(() => Sys.ActorOf(Props.Create<Doer>(), "name").Tell("hello", TestActor));
        ExpectMsg("hello");
        Assert.Equal(first.Path, LastSender.Path);
        Assert.NotEqual(first, LastSender);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a b")]
    public void Names_that_are_no_path_elements_are_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create<Doer>(), name));

    [Fact]
    public void Kill_makes_an_actor_fail()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Watch(actor);
        EventFilter.Exception<ActorKilledException>().ExpectOne(() => actor.Tell(Kill.Instance));
        ExpectTerminated(actor);
    }

    [Fact]
    public void Actors_cannot_be_made_with_new()
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(static () => new Doer()));
        thread.Start();
        thread.Join();
        Assert.IsType<ActorInitializationException>(thrown);
    }

    private static Directive Note(List<Exception> causes, Exception cause)
    {
        causes.Add(cause);
        return Directive.Stop;
    }

    private static void Expect(TestProbe probe, params string[] messages)
    {
        foreach (var message in messages)
        {
            probe.ExpectMsg(message);
        }
    }

    private (IActorRef Parent, IActorRef Child) Family(SupervisorStrategy strategy, TestProbe? hooks)
    {
        var parent = Sys.ActorOf(Props.Create(() => new Doer(null, strategy)));
        return (parent, Spawn(parent, Props.Create(() => new Doer(hooks == null ? null : hooks.Ref))));
    }

    private IActorRef Spawn(IActorRef parent, Props? props = null)
    {
        var made = new TaskCompletionSource<IActorRef>();
        parent.Tell(Doer.Run((_, context) => made.SetResult(context.ActorOf(props ?? Props.Create<Doer>()))));
        return made.Task.GetAwaiter().GetResult();
    }

    private sealed class CannotBeMade : UntypedActor
    {
        public CannotBeMade() => throw new InvalidOperationException("no");

        protected override void OnReceive(object message) { }
    }

    private sealed class CannotBeRestarted : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException("first");

        protected override void PostRestart(Exception reason) => throw new InvalidOperationException("second");
    }

    private sealed class Stopper(string name, IActorRef order) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));

        protected override void PostStop() => order.Tell(name);
    }
}
