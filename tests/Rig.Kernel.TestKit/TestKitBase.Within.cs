using Xunit;
using Xunit.Sdk;

namespace Akka.TestKit;

/// <summary>Bounds of time, and waiting for something to become true. All by the real clock: the system's may be virtual.</summary>
public abstract partial class TestKitBase
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private TimeSpan? _end;

    /// <summary>What is left of the innermost <c>Within</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public TimeSpan Remaining =>
        _end is { } end
            ? Max(end - Now, TimeSpan.Zero)
            : throw new InvalidOperationException(@"Remaining may not be called outside of ""within""");

    /// <summary>What is left of the innermost <c>Within</c>, or the default for one expected message.</summary>
    public TimeSpan RemainingOrDefault => _end is null ? Dilated(TestKitSettings.SingleExpectDefault) : Remaining;

    private TimeSpan Now => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>The given time, or what is left of the innermost <c>Within</c>, or the default.</summary>
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;

    /// <summary>Runs something that must not take longer.</summary>
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <summary>Runs something that must take so long and not longer.</summary>
    public void Within(
        TimeSpan min,
        TimeSpan max,
        Action action,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(action);
        Within(
            min,
            max,
            () =>
            {
                action();
                return Done.Instance;
            },
            hint,
            epsilonValue,
            cancellationToken
        );
    }

    /// <summary>Runs something that must not take longer.</summary>
    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>Runs something that must take so long and not longer.</summary>
    public T Within<T>(
        TimeSpan min,
        TimeSpan max,
        Func<T> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(function);
        return WithinAsync(min, max, () => Task.FromResult(function()), hint, epsilonValue, cancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>Runs something that must not take longer.</summary>
    public Task WithinAsync(
        TimeSpan max,
        Func<Task> actionAsync,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(actionAsync);
        return WithinAsync(
            TimeSpan.Zero,
            max,
            async () =>
            {
                await actionAsync();
                return Done.Instance;
            },
            null,
            epsilonValue,
            cancellationToken
        );
    }

    /// <summary>Runs something that must take so long and not longer.</summary>
    public async Task<T> WithinAsync<T>(
        TimeSpan min,
        TimeSpan max,
        Func<Task<T>> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(function);
        cancellationToken.ThrowIfCancellationRequested();
        var (start, outer) = (Now, _end);
        var limit = Dilated(max);
        _end = outer is { } end ? Min(end, start + limit) : start + limit;
        T result;
        try
        {
            result = await function();
        }
        finally
        {
            _end = outer;
        }
        var took = Now - start;
        Assert.True(took >= min, $"Failed: Block took {took}, should have at least been {min}. {hint}");
        Assert.True(took <= limit + (epsilonValue ?? TimeSpan.Zero), $"Failed: Block took {took}, exceeding {limit}. {hint}");
        return result;
    }

    /// <summary>Repeats an assertion until it holds.</summary>
    public void AwaitAssert(
        Action assertion,
        TimeSpan? duration = null,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default
    ) => AwaitAssertAsync(assertion, duration, interval, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Repeats an assertion until it holds.</summary>
    public Task AwaitAssertAsync(
        Action assertion,
        TimeSpan? duration = null,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(assertion);
        return AwaitAssertAsync(
            () =>
            {
                assertion();
                return Task.CompletedTask;
            },
            duration,
            interval,
            cancellationToken
        );
    }

    /// <summary>Repeats an assertion until it holds.</summary>
    public async Task AwaitAssertAsync(
        Func<Task> assertion,
        TimeSpan? duration = null,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var deadline = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Now < deadline)
            {
                await Task.Delay(interval ?? s_interval, cancellationToken);
            }
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, "", cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        string message,
        CancellationToken cancellationToken = default
    ) => AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), max, null, message, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, "", cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public async Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval = null,
        string? message = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(conditionIsFulfilled);
        var wait = RemainingOrDilated(max);
        var deadline = Now + wait;
        while (!await conditionIsFulfilled())
        {
            if (Now >= deadline)
            {
                throw new XunitException($"Timeout ({wait}) expired while waiting for condition. {message}");
            }
            await Task.Delay(interval ?? s_interval, cancellationToken);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) =>
        left == Timeout.InfiniteTimeSpan ? right
        : right == Timeout.InfiniteTimeSpan ? left
        : left < right ? left
        : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
