using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A tree of actors with its scheduler, event stream and extensions. One a process is the rule.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    /// <summary>The system's name.</summary>
    public abstract string Name { get; }

    /// <summary>The system's settings.</summary>
    public abstract Settings Settings { get; }

    /// <summary>The system's clock and timers.</summary>
    public abstract IScheduler Scheduler { get; }

    /// <summary>The system's bus.</summary>
    public abstract EventStream EventStream { get; }

    /// <summary>What is sent here is published as a <see cref="DeadLetter"/>.</summary>
    public abstract IActorRef DeadLetters { get; }

    /// <summary>The system's own logger.</summary>
    public abstract ILoggingAdapter Log { get; }

    /// <summary>Done when every actor has stopped and every termination callback has run.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>The scheduler's clock when the system was made.</summary>
    public TimeSpan StartTime { get; private protected init; }

    /// <summary>How long the system has been running.</summary>
    public TimeSpan Uptime => Scheduler.MonotonicClock - StartTime;

    /// <summary>Makes a system.</summary>
    /// <exception cref="ArgumentException">The name holds anything but letters, digits, <c>-</c> and <c>_</c>.</exception>
    public static ActorSystem Create(string name) => Create(name, Config.Empty);

    /// <summary>Makes a system with settings.</summary>
    /// <exception cref="ArgumentException">The name holds anything but letters, digits, <c>-</c> and <c>_</c>.</exception>
    /// <exception cref="ConfigurationException">A setting makes no sense.</exception>
    public static ActorSystem Create(string name, Config config)
    {
        var system = new ActorSystemImpl(name, config, TimeProvider.System);
        system.Start();
        return system;
    }

    /// <inheritdoc/>
    public abstract IActorRef ActorOf(Props props, string? name = null);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(string actorPath);

    /// <summary>Stops an actor after the message it is processing.</summary>
    public abstract void Stop(IActorRef actor);

    /// <summary>Runs the coordinated shutdown and ends the system. May be called again.</summary>
    /// <returns>Done with <see cref="WhenTerminated"/>.</returns>
    public abstract Task Terminate();

    /// <summary>Has something run when all actors have stopped; the latest first.</summary>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>The extension of an id, made now if there is none.</summary>
    public abstract object RegisterExtension(IExtensionId extension);

    /// <summary>The extension of an id, made now if there is none.</summary>
    public abstract object GetExtension(IExtensionId extensionId);

    /// <summary>The extension of a type, null if there is none.</summary>
    public abstract T? GetExtension<T>()
        where T : class, IExtension;

    /// <summary>Whether there is an extension of a type.</summary>
    public abstract bool HasExtension(Type type);

    /// <summary>Whether there is an extension of a type.</summary>
    public abstract bool HasExtension<T>()
        where T : class, IExtension;

    /// <summary>The extension of a type.</summary>
    public abstract bool TryGetExtension(Type extensionType, out object? extension);

    /// <summary>The extension of a type.</summary>
    public abstract bool TryGetExtension<T>(out T? extension)
        where T : class, IExtension;

    /// <summary>Begins to end the system without waiting for it.</summary>
    public void Dispose()
    {
        _ = Terminate();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What extensions may use of a system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    /// <summary>Makes an actor below <c>/system</c>, which outlives those below <c>/user</c>.</summary>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    /// <summary>Makes an actor below <c>/system</c>, which outlives those below <c>/user</c>.</summary>
    public abstract IActorRef SystemActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new();
}

/// <summary>Making and finding actors by other means.</summary>
public static class ActorRefFactoryExtensions
{
    /// <summary>Makes an actor without constructor arguments.</summary>
    public static IActorRef ActorOf<TActor>(this IActorRefFactory factory, string? name = null)
        where TActor : ActorBase, new()
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory.ActorOf(Props.Create<TActor>(), name);
    }

    /// <summary>The actors at a path that is relative to another actor.</summary>
    public static ActorSelection ActorSelection(this IActorRefFactory factory, IActorRef anchorRef, string actorPath) =>
        ActorRefFactoryShared.ActorSelection(anchorRef, actorPath);
}
