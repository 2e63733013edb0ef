using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.TestKit.Internal;
using Xunit;

namespace Akka.TestKit;

/// <summary>
/// A system under test, and an actor of the test's own in it, whose messages the test expects one after the other. The other
/// files of this class hold the expectations.
/// </summary>
public abstract partial class TestKitBase
{
    /// <summary>Quiet: what a test wants to know of the log it asks an <see cref="EventFilter"/>.</summary>
    private const string QuietByDefault = "akka { loggers = [], log-dead-letters = off }";

    private static readonly TimeSpan s_shutdownPatience = TimeSpan.FromSeconds(30);
    private static long s_lastProbe;

    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();

    /// <summary>In a given system, or in a new one of this configuration.</summary>
    protected TestKitBase(ActorSystem? system, Config? config, string? actorSystemName, string? testActorName)
    {
        Sys = system ?? ActorSystem.Create(actorSystemName ?? "test", (config ?? Config.Empty).WithFallback(QuietByDefault));
        TestKitSettings = new TestKitSettings(Sys.Settings.Config);
        EventFilter = new EventFilterFactory(this);
        var name = testActorName ?? $"testActor{Interlocked.Increment(ref s_lastProbe)}";
        var props = Props.CreateBy(new TestActorProducer(_received.Writer));
        TestActor = ((ExtendedActorSystem)Sys).SystemActorOf(props, name);
        if (this is not INoImplicitSender)
        {
            var cell = ((LocalActorRef)TestActor).Cell;
            InternalCurrentActorCellKeeper.Current = cell;
            SynchronizationContext.SetSynchronizationContext(new ActorCellKeepingSynchronizationContext(cell));
        }
    }

    /// <summary>The system under test.</summary>
    public ActorSystem Sys { get; }

    /// <summary>The test's own actor.</summary>
    public IActorRef TestActor { get; }

    /// <summary>How long this kit waits.</summary>
    public TestKitSettings TestKitSettings { get; }

    /// <summary>Expects log events.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>Whether messages wait to be expected.</summary>
    public bool HasMessages => _received.Reader.TryPeek(out _);

    /// <summary>The last message that was received; null before the first and after a timeout.</summary>
    public object? LastMessage { get; private set; }

    /// <summary>Who sent it; nobody after a timeout.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    /// <summary>The scheduler of a system under virtual time.</summary>
    /// <exception cref="InvalidCastException">The system runs by the real clock.</exception>
    internal TestScheduler VirtualTime => (TestScheduler)Sys.Scheduler;

    /// <summary>A time, multiplied for slow machines.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;

    /// <summary>Makes an actor.</summary>
    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <summary>Makes an actor without constructor arguments.</summary>
    public IActorRef ActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new() => Sys.ActorOf<TActor>(name);

    /// <summary>Makes an actor whose constructor is called by this expression.</summary>
    public IActorRef ActorOf<TActor>(System.Linq.Expressions.Expression<Func<TActor>> factory, string? name = null)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);

    /// <summary>Makes a child of the test actor.</summary>
    public IActorRef ChildActorOf(Props props, string? name = null, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(new InternalTestActor.Spawn(props, name, done), ActorRefs.NoSender);
        return Wait(done.Task, cancellationToken);
    }

    /// <summary>Has the test actor watch; returns when it does.</summary>
    public IActorRef Watch(IActorRef actorToWatch)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(new InternalTestActor.WatchFor(actorToWatch, done), ActorRefs.NoSender);
        Wait(Finished(done.Task), CancellationToken.None);
        return actorToWatch;
    }

    /// <summary>Has the test actor watch.</summary>
    public Task<IActorRef> WatchAsync(IActorRef actorToWatch) => Task.FromResult(Watch(actorToWatch));

    /// <summary>Has the test actor watch no longer; returns when it does not.</summary>
    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(new InternalTestActor.UnwatchFor(actorToUnwatch, done), ActorRefs.NoSender);
        Wait(Finished(done.Task), CancellationToken.None);
        return actorToUnwatch;
    }

    /// <summary>Another test actor in the same system.</summary>
    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    /// <summary>A test actor in any system.</summary>
    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) =>
        new(system, name ?? $"probe{Interlocked.Increment(ref s_lastProbe)}");

    /// <summary>Ends the system under test and waits for it.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    /// <summary>Ends a system and waits for it.</summary>
    public virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        ArgumentNullException.ThrowIfNull(system);
        // Not by way of the coordinated shutdown, whose timeouts nobody advances under virtual time.
        ((ActorSystemImpl)system).FinalTerminate();
        var ended = system.WhenTerminated.Wait(duration ?? s_shutdownPatience);
        Assert.True(ended || !verifySystemShutdown, $"{system.Name} did not end in time");
    }

    private static T Wait<T>(Task<T> task, CancellationToken cancellationToken) =>
        task.WaitAsync(s_shutdownPatience, cancellationToken).ConfigureAwait(false).GetAwaiter().GetResult();

    private static async Task<Done> Finished(Task task)
    {
        await task.ConfigureAwait(false);
        return Done.Instance;
    }

    private sealed class TestActorProducer(ChannelWriter<Received> writer) : IIndirectActorProducer
    {
        public Type ActorType => typeof(InternalTestActor);

        public ActorBase Produce() => new InternalTestActor(writer);

        public void Release(ActorBase actor) { }
    }
}

/// <summary>A test whose messages are sent in nobody's name unless it says otherwise.</summary>
public interface INoImplicitSender;
