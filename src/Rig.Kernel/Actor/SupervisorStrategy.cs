using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>What a supervisor does when a child fails: a decision, and how many restarts it grants.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Restarts after every exception but those with which a new instance would not help, after which it stops.</summary>
    public static readonly IDecider DefaultDecider = Actor.Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>()
    );

    /// <summary>The default decider for the failing child alone, restarts without limit.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops whatever fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(static _ => Directive.Stop);

    /// <summary>Maps exceptions to directives.</summary>
    public abstract IDecider Decider { get; }

    /// <summary>Whether failures are logged; true unless said otherwise.</summary>
    protected bool LoggingEnabled { get; set; } = true;

    /// <summary>The decision about one failure.</summary>
    protected abstract Directive Handle(IActorRef child, Exception exception);

    /// <summary>Logs a failure before the decision is carried out: a resume as a warning, the others as errors; the one above logs an escalation.</summary>
    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(child);
        if (!LoggingEnabled || directive == Directive.Escalate)
        {
            return;
        }
        var actual = cause is ActorInitializationException { InnerException: { } inner } ? inner : cause;
        var source = child.Path.ToString();
        context.System.EventStream.Publish(
            directive == Directive.Resume
                ? new Warning(actual, source, GetType(), actual?.Message ?? "")
                : new Error(cause, source, GetType(), actual?.Message ?? "")
        );
    }

    /// <summary>Restarts or stops, the child alone or all of them.</summary>
    internal abstract void ProcessFailure(
        ActorCell supervisor,
        bool restart,
        ChildRestartStats child,
        Exception cause,
        ChildRestartStats[] children
    );

    /// <returns>False when the failure is to be escalated.</returns>
    internal bool HandleFailure(
        ActorCell supervisor,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        ChildRestartStats[] children
    )
    {
        var directive = Handle(child, cause);
        LogFailure(supervisor, child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                stats.Child.SendSystemMessage(new Resume(cause));
                return true;
            case Directive.Restart:
                ProcessFailure(supervisor, restart: true, stats, cause, children);
                return true;
            case Directive.Stop:
                ProcessFailure(supervisor, restart: false, stats, cause, children);
                return true;
            default:
                return false;
        }
    }

    internal static void RestartChild(IInternalActorRef child, Exception cause, bool suspendFirst)
    {
        if (suspendFirst)
        {
            child.SendSystemMessage(new Suspend());
        }
        child.SendSystemMessage(new Recreate(cause));
    }

    internal static TimeSpan? Window(int milliseconds) => milliseconds > 0 ? TimeSpan.FromMilliseconds(milliseconds) : null;

    internal static int ToMilliseconds(TimeSpan? time) =>
        time is not { } given || given == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Min(given.TotalMilliseconds, int.MaxValue);
}

/// <summary>Makes a strategy; named in configuration, <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
public abstract class SupervisorStrategyConfigurator
{
    /// <summary>Makes the strategy.</summary>
    public abstract SupervisorStrategy Create();

    /// <summary>Makes the configurator of a type's name.</summary>
    /// <exception cref="Configuration.ConfigurationException">There is no such type.</exception>
    public static SupervisorStrategyConfigurator CreateConfigurator(string typeName) =>
        TypeNames.Resolve(typeName) is { } type && Activator.CreateInstance(type) is SupervisorStrategyConfigurator configurator
            ? configurator
            : throw new Configuration.ConfigurationException($"Could not find type {typeName}");
}

/// <summary>Makes <see cref="SupervisorStrategy.DefaultStrategy"/>.</summary>
public class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc/>
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

/// <summary>Makes <see cref="SupervisorStrategy.StoppingStrategy"/>.</summary>
public class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc/>
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}
