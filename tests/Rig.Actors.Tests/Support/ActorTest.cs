using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Rig.Contracts.Events;

namespace Rig.Actors.Tests.Support;

/// <summary>A test whose system knows only the time that the test lets pass, and which hears every event of the node.</summary>
public abstract class ActorTest : TestKit
{
    public const string VirtualTime =
        "akka { loggers = [], log-dead-letters = off, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }";

    protected ActorTest()
        : this(ActorSystem.Create("test", ConfigurationFactory.ParseString(VirtualTime))) { }

    /// <param name="system">One of <see cref="VirtualTime"/>; it ends with the test.</param>
    protected ActorTest(ActorSystem system)
        : base(system)
    {
        Time = new SchedulerTime(Sys);
        // Manifests keep microseconds.
        Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond - (Now.Ticks % TimeSpan.TicksPerSecond)));
        Events = Listen(this);
    }

    protected TimeProvider Time { get; }

    protected TestProbe Events { get; }

    protected DateTimeOffset Now => Time.GetUtcNow();

    protected void Advance(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    protected void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Returns when the actor has processed all that was sent to it before.</summary>
    protected void Settle(IActorRef actor)
    {
        TestProbe probe = CreateTestProbe();
        actor.Tell(new Identify("settled"), probe.Ref);
        probe.ExpectMsg<ActorIdentity>();
    }

    protected T Answer<T>(IActorRef actor, object question)
    {
        TestProbe probe = CreateTestProbe();
        actor.Tell(question, probe.Ref);
        return probe.ExpectMsg<T>();
    }

    private static TestProbe Listen(TestKitBase kit)
    {
        TestProbe probe = kit.CreateTestProbe();
        kit.Sys.EventStream.Subscribe(probe.Ref, typeof(RigEvent));
        return probe;
    }

    /// <summary>All events since the last look.</summary>
    protected IReadOnlyList<RigEvent> Heard()
    {
        ConfigurationApplied end = new([Guid.NewGuid().ToString()], []) { Time = Now, Node = "test" };
        Sys.EventStream.Publish(end);
        List<RigEvent> heard = [];
        while (Events.ExpectMsg<RigEvent>() is { } news && !ReferenceEquals(news, end))
        {
            heard.Add(news);
        }

        return heard;
    }

    /// <summary>Skips events until one of a type comes.</summary>
    protected T Hear<T>()
        where T : RigEvent => (T)Events.FishForMessage(static message => message is T);

    protected override void AfterAll()
    {
        base.AfterAll();
        Shutdown();
    }

    /// <summary>The virtual clock of a system, for whoever reads the time from a provider.</summary>
    internal sealed class SchedulerTime(ActorSystem system) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => system.Scheduler.Now;
    }
}
