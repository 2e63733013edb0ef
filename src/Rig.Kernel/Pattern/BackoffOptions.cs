using Akka.Actor;

namespace Akka.Pattern;

/// <summary>How a supervisor backs off. The delay doubles with every restart from the least to the most, plus a random part of it.</summary>
public static class Backoff
{
    /// <summary>For a child that is started again, by the supervisor, whenever it fails.</summary>
    /// <param name="childProps">The child's recipe.</param>
    /// <param name="childName">The child's name.</param>
    /// <param name="minBackoff">First delay.</param>
    /// <param name="maxBackoff">Longest delay.</param>
    /// <param name="randomFactor">At most this part of the delay is added at random; 0.2 for 20 %.</param>
    /// <param name="maxNrOfRetries">Restarts before the child is given up; negative for any number.</param>
    public static BackoffOptions OnFailure(
        Props childProps,
        string childName,
        TimeSpan minBackoff,
        TimeSpan maxBackoff,
        double randomFactor,
        int maxNrOfRetries
    ) =>
        new BackoffSettings(restartsFailed: true, childProps, childName, minBackoff, maxBackoff, randomFactor).WithMaxNrOfRetries(
            maxNrOfRetries
        );

    /// <summary>For a child that is made anew whenever it stops, whyever it does.</summary>
    /// <inheritdoc cref="OnFailure"/>
    public static BackoffOptions OnStop(
        Props childProps,
        string childName,
        TimeSpan minBackoff,
        TimeSpan maxBackoff,
        double randomFactor,
        int maxNrOfRetries
    ) =>
        new BackoffSettings(restartsFailed: false, childProps, childName, minBackoff, maxBackoff, randomFactor).WithMaxNrOfRetries(
            maxNrOfRetries
        );
}

/// <summary>How a supervisor backs off.</summary>
public abstract class BackoffOptions
{
    /// <summary>The delay is the first again when the child has lived this long; the least backoff unless said otherwise.</summary>
    public abstract BackoffOptions WithAutoReset(TimeSpan resetBackoff);

    /// <summary>The delay is the first again when the child sends <see cref="BackoffSupervisor.Reset"/> to its parent.</summary>
    public abstract BackoffOptions WithManualReset();

    /// <summary>What decides about a failing child. Its restarts are counted here, in backed off starts.</summary>
    public abstract BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy);

    /// <summary>A failing child is stopped, which is then answered by a new start.</summary>
    public abstract BackoffOptions WithDefaultStoppingStrategy();

    /// <summary>Restarts before the child is given up; negative for any number.</summary>
    public abstract BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries);

    /// <summary>What to answer while there is no child, instead of a dead letter.</summary>
    public abstract BackoffOptions WithReplyWhileStopped(object replyWhileStopped);

    /// <summary>A message after which a stopping child is not started again. Only for <see cref="Backoff.OnStop"/>.</summary>
    public abstract BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage);

    internal abstract BackoffSettings Settings { get; }
}

/// <summary>The options as they are.</summary>
internal sealed record BackoffValues(
    bool RestartsFailed,
    Props ChildProps,
    string ChildName,
    TimeSpan MinBackoff,
    TimeSpan MaxBackoff,
    double RandomFactor
)
{
    /// <summary>Null for a manual reset.</summary>
    public TimeSpan? ResetAfter { get; init; } = MinBackoff;
    public OneForOneStrategy Strategy { get; init; } = new(SupervisorStrategy.DefaultDecider);
    public object? ReplyWhileStopped { get; init; }
    public Func<object, bool>? IsFinalStop { get; init; }
}

/// <summary>Builds <see cref="BackoffValues"/>, each call a new object.</summary>
internal sealed class BackoffSettings : BackoffOptions
{
    public BackoffSettings(
        bool restartsFailed,
        Props childProps,
        string childName,
        TimeSpan minBackoff,
        TimeSpan maxBackoff,
        double randomFactor
    )
        : this(new BackoffValues(restartsFailed, childProps, childName, minBackoff, maxBackoff, randomFactor))
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBackoff, minBackoff);
        ArgumentOutOfRangeException.ThrowIfNegative(randomFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(randomFactor, 1);
    }

    private BackoffSettings(BackoffValues values) => Values = values;

    public BackoffValues Values { get; }

    internal override BackoffSettings Settings => this;

    public override BackoffOptions WithAutoReset(TimeSpan resetBackoff)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resetBackoff, Values.MinBackoff);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resetBackoff, Values.MaxBackoff);
        return new BackoffSettings(Values with { ResetAfter = resetBackoff });
    }

    public override BackoffOptions WithManualReset() => new BackoffSettings(Values with { ResetAfter = null });

    public override BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy) =>
        new BackoffSettings(Values with { Strategy = supervisorStrategy });

    public override BackoffOptions WithDefaultStoppingStrategy() =>
        new BackoffSettings(
            Values with
            {
                Strategy = new OneForOneStrategy(Values.Strategy.MaxNumberOfRetries, -1, static _ => Directive.Stop),
            }
        );

    public override BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries) =>
        new BackoffSettings(Values with { Strategy = Values.Strategy.WithMaxNrOfRetries(maxNrOfRetries) });

    public override BackoffOptions WithReplyWhileStopped(object replyWhileStopped) =>
        new BackoffSettings(Values with { ReplyWhileStopped = replyWhileStopped });

    public override BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage) =>
        Values.RestartsFailed
            ? throw new InvalidOperationException("WithFinalStopMessage is not applicable to Backoff.OnFailure")
            : new BackoffSettings(Values with { IsFinalStop = isFinalStopMessage });
}
