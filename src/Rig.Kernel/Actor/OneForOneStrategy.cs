using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>The failing child alone is restarted, resumed or stopped.</summary>
public class OneForOneStrategy : SupervisorStrategy, IEquatable<OneForOneStrategy>
{
    private readonly IDecider _decider;

    /// <summary>Grants this many restarts (null or negative for any number, zero for none) in this time (null or negative for ever).</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries ?? -1, ToMilliseconds(withinTimeRange), localOnlyDecider) { }

    /// <summary>Grants this many restarts (null or negative for any number, zero for none) in this time (null or negative for ever).</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, ToMilliseconds(withinTimeRange), decider) { }

    /// <summary>Grants this many restarts (negative for any number, zero for none) in this time (negative for ever).</summary>
    public OneForOneStrategy(
        int maxNrOfRetries,
        int withinTimeMilliseconds,
        Func<Exception, Directive> localOnlyDecider,
        bool loggingEnabled = true
    )
        : this(maxNrOfRetries, withinTimeMilliseconds, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    /// <summary>Grants this many restarts (negative for any number, zero for none) in this time (negative for ever).</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        _decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    /// <summary>Restarts without limit.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider) { }

    /// <summary>For the failing child alone, restarts without limit.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(-1, -1, localOnlyDecider, loggingEnabled) { }

    /// <summary>Restarts without limit.</summary>
    public OneForOneStrategy(IDecider decider)
        : this(-1, -1, decider) { }

    /// <inheritdoc/>
    public override IDecider Decider => _decider;

    /// <summary>Restarts granted in the window; negative for any number.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>The window in milliseconds; negative or zero for ever.</summary>
    public int WithinTimeRangeMilliseconds { get; }

    /// <summary>The same with another number of restarts.</summary>
    public OneForOneStrategy WithMaxNrOfRetries(int maxNrOfRetries) =>
        new(maxNrOfRetries, WithinTimeRangeMilliseconds, Decider, LoggingEnabled);

    /// <inheritdoc/>
    protected override Directive Handle(IActorRef child, Exception exception) => _decider.Decide(exception);

    internal override void ProcessFailure(
        ActorCell supervisor,
        bool restart,
        ChildRestartStats child,
        Exception cause,
        ChildRestartStats[] children
    )
    {
        var now = supervisor.SystemImpl.Scheduler.MonotonicClock;
        if (restart && child.RequestRestartPermission(MaxNumberOfRetries, Window(WithinTimeRangeMilliseconds), now))
        {
            RestartChild(child.Child, cause, suspendFirst: false);
        }
        else
        {
            supervisor.Stop(child.Child);
        }
    }

    /// <inheritdoc/>
    public bool Equals(OneForOneStrategy? other) =>
        other is not null
        && MaxNumberOfRetries == other.MaxNumberOfRetries
        && WithinTimeRangeMilliseconds == other.WithinTimeRangeMilliseconds
        && Equals(_decider, other._decider);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OneForOneStrategy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MaxNumberOfRetries, WithinTimeRangeMilliseconds, _decider);
}
