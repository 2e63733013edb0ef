using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>All children share the fate of the one that failed; a resume is for the failing one alone.</summary>
public class AllForOneStrategy : SupervisorStrategy, IEquatable<AllForOneStrategy>
{
    private readonly IDecider _decider;

    /// <summary>Grants this many restarts (null or negative for any number, zero for none) in this time (null or negative for ever).</summary>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries ?? -1, ToMilliseconds(withinTimeRange), localOnlyDecider) { }

    /// <summary>Grants this many restarts (null or negative for any number, zero for none) in this time (null or negative for ever).</summary>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, ToMilliseconds(withinTimeRange), decider) { }

    /// <summary>Grants this many restarts (negative for any number, zero for none) in this time (negative for ever).</summary>
    public AllForOneStrategy(
        int maxNrOfRetries,
        int withinTimeMilliseconds,
        Func<Exception, Directive> localOnlyDecider,
        bool loggingEnabled = true
    )
        : this(maxNrOfRetries, withinTimeMilliseconds, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    /// <summary>Grants this many restarts (negative for any number, zero for none) in this time (negative for ever).</summary>
    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        _decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    /// <summary>Restarts without limit.</summary>
    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider) { }

    /// <summary>Restarts without limit.</summary>
    public AllForOneStrategy(IDecider decider)
        : this(-1, -1, decider) { }

    /// <inheritdoc/>
    public override IDecider Decider => _decider;

    /// <summary>Restarts granted in the window; negative for any number.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>The window in milliseconds; negative or zero for ever.</summary>
    public int WithinTimeRangeMilliseconds { get; }

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
        var granted =
            restart
            && Array.TrueForAll(
                children,
                stats => stats.RequestRestartPermission(MaxNumberOfRetries, Window(WithinTimeRangeMilliseconds), now)
            );
        foreach (var stats in children)
        {
            if (granted)
            {
                RestartChild(stats.Child, cause, suspendFirst: !ReferenceEquals(stats, child));
            }
            else
            {
                supervisor.Stop(stats.Child);
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(AllForOneStrategy? other) =>
        other is not null
        && MaxNumberOfRetries == other.MaxNumberOfRetries
        && WithinTimeRangeMilliseconds == other.WithinTimeRangeMilliseconds
        && Equals(_decider, other._decider);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AllForOneStrategy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MaxNumberOfRetries, WithinTimeRangeMilliseconds, _decider);
}
