using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace Rig.Kernel.Tests;

/// <summary>A test with a system of its own.</summary>
public abstract class KernelTest(string config = "") : TestKit(config);

/// <summary>A test whose system knows only the time that the test lets pass.</summary>
public abstract class VirtualTimeTest(string config = "")
    : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"\n" + config)
{
    protected void Advance(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    /// <summary>Returns when the actor has processed all that was sent to it before.</summary>
    protected void Settle(IActorRef actor)
    {
        actor.Tell(new Identify("settled"), TestActor);
        FishForMessage(static message => message is ActorIdentity { MessageId: "settled" });
    }
}

/// <summary>An actor that does what it is sent: actions of its own context.</summary>
public sealed class Doer : UntypedActor
{
    private readonly IActorRef? _hooks;
    private readonly SupervisorStrategy? _strategy;

    public Doer()
        : this(null, null) { }

    public Doer(IActorRef? hooks)
        : this(hooks, null) { }

    public Doer(IActorRef? hooks, SupervisorStrategy? strategy)
    {
        _hooks = hooks;
        _strategy = strategy;
        _hooks?.Tell("constructor", Self);
    }

    /// <summary>Runs inside the actor; gives access to the instance.</summary>
    public sealed record Do(Action<Doer, IUntypedActorContext> What);

    public static Do Run(Action<Doer, IUntypedActorContext> what) => new(what);

    public static Do Throw(Exception what) => new((_, _) => throw what);

    protected override SupervisorStrategy SupervisorStrategy() => _strategy ?? base.SupervisorStrategy();

    protected override void PreStart() => _hooks?.Tell("PreStart");

    protected override void PostStop() => _hooks?.Tell("PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        _hooks?.Tell("PreRestart");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _hooks?.Tell("PostRestart");
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Do action:
                action.What(this, Context);
                break;
            case Terminated terminated:
                _hooks?.Tell($"{terminated.ActorRef.Path.Name} is gone");
                break;
            default:
                Sender.Tell(message);
                break;
        }
    }
}
