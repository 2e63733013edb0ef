using System.Security.Cryptography;
using Akka.Actor;

namespace Akka.Pattern;

/// <summary>
/// Keeps from calling what keeps failing. Closed, it lets calls through and counts failures in a row; after so many it opens and
/// refuses calls; after the reset timeout it is half open and lets one call through, whose outcome closes or opens it.
/// A call that takes longer than the call timeout has failed. Thread-safe; callbacks run outside of its lock.
/// </summary>
public class CircuitBreaker
{
    private static readonly TimeSpan s_neverGrows = TimeSpan.FromDays(36500);

    private readonly Lock _gate = new();
    private readonly List<Action> _onOpen = [];
    private readonly List<Action> _onClose = [];
    private readonly List<Action> _onHalfOpen = [];
    private State _state = State.Closed;
    private int _failures;
    private bool _probing;
    private TimeSpan _nextReset;
    private TimeSpan _opensAgain;
    private Exception? _lastCaught;

    /// <summary>With a fixed reset timeout.</summary>
    /// <param name="scheduler">Measures the timeouts.</param>
    /// <param name="maxFailures">Failures in a row that open the breaker.</param>
    /// <param name="callTimeout">How long a call may take.</param>
    /// <param name="resetTimeout">How long the breaker stays open.</param>
    public CircuitBreaker(IScheduler scheduler, int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout)
        : this(scheduler, maxFailures, callTimeout, resetTimeout, s_neverGrows, 1.0, 0.0) { }

    /// <summary>With a reset timeout that grows by a factor with every opening that follows a half open state.</summary>
    public CircuitBreaker(
        IScheduler scheduler,
        int maxFailures,
        TimeSpan callTimeout,
        TimeSpan resetTimeout,
        TimeSpan maxResetTimeout,
        double exponentialBackoffFactor
    )
        : this(scheduler, maxFailures, callTimeout, resetTimeout, maxResetTimeout, exponentialBackoffFactor, 0.0) { }

    /// <summary>With a reset timeout that grows, and a random part added to it.</summary>
    public CircuitBreaker(
        IScheduler scheduler,
        int maxFailures,
        TimeSpan callTimeout,
        TimeSpan resetTimeout,
        TimeSpan maxResetTimeout,
        double exponentialBackoffFactor,
        double randomFactor
    )
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFailures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(exponentialBackoffFactor, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(randomFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(randomFactor, 1.0);
        Scheduler = scheduler;
        MaxFailures = maxFailures;
        CallTimeout = callTimeout;
        ResetTimeout = resetTimeout;
        MaxResetTimeout = maxResetTimeout;
        ExponentialBackoffFactor = exponentialBackoffFactor;
        RandomFactor = randomFactor;
        _nextReset = resetTimeout;
    }

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>Measures the timeouts.</summary>
    public IScheduler Scheduler { get; }

    /// <summary>Failures in a row that open the breaker.</summary>
    public int MaxFailures { get; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan CallTimeout { get; }

    /// <summary>How long the breaker stays open the first time.</summary>
    public TimeSpan ResetTimeout { get; }

    /// <summary>How long it stays open at most.</summary>
    public TimeSpan MaxResetTimeout { get; }

    /// <summary>By how much the time open grows.</summary>
    public double ExponentialBackoffFactor { get; }

    /// <summary>At most this part of the time open is added at random.</summary>
    public double RandomFactor { get; }

    /// <summary>Failures in a row so far, while closed.</summary>
    public long CurrentFailureCount => Volatile.Read(ref _failures);

    /// <summary>What the last failed call threw.</summary>
    public Exception? LastCaughtException => Volatile.Read(ref _lastCaught);

    /// <summary>Calls go through.</summary>
    public bool IsClosed => Is(State.Closed);

    /// <summary>Calls are refused.</summary>
    public bool IsOpen => Is(State.Open);

    /// <summary>One call goes through.</summary>
    public bool IsHalfOpen => Is(State.HalfOpen);

    /// <summary>With a fixed reset timeout.</summary>
    public static CircuitBreaker Create(IScheduler scheduler, int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout) =>
        new(scheduler, maxFailures, callTimeout, resetTimeout);

    /// <summary>The same, closed, with a time open that doubles up to a most.</summary>
    public CircuitBreaker WithExponentialBackoff(TimeSpan maxResetTimeout) =>
        new(Scheduler, MaxFailures, CallTimeout, ResetTimeout, maxResetTimeout, 2.0, RandomFactor);

    /// <summary>The same, closed, with a random part added to the time open.</summary>
    public CircuitBreaker WithRandomFactor(double randomFactor) =>
        new(Scheduler, MaxFailures, CallTimeout, ResetTimeout, MaxResetTimeout, ExponentialBackoffFactor, randomFactor);

    /// <summary>Has something run whenever the breaker opens.</summary>
    public CircuitBreaker OnOpen(Action callback) => Add(_onOpen, callback);

    /// <summary>Has something run whenever the breaker closes.</summary>
    public CircuitBreaker OnClose(Action callback) => Add(_onClose, callback);

    /// <summary>Has something run whenever the breaker becomes half open.</summary>
    public CircuitBreaker OnHalfOpen(Action callback) => Add(_onHalfOpen, callback);

    /// <summary>Makes a call.</summary>
    /// <exception cref="OpenCircuitException">The breaker is open.</exception>
    /// <exception cref="TimeoutException">The call took too long; it may still be under way.</exception>
    public async Task<T> WithCircuitBreaker<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Enter();
        try
        {
            var result = await InTime(body());
            Succeed();
            return result;
        }
        catch (Exception cause)
        {
            Failed(cause);
            throw;
        }
    }

    /// <inheritdoc cref="WithCircuitBreaker{T}(Func{Task{T}})"/>
    public Task<T> WithCircuitBreaker<T, TState>(TState state, Func<TState, Task<T>> body) => WithCircuitBreaker(() => body(state));

    /// <inheritdoc cref="WithCircuitBreaker{T}(Func{Task{T}})"/>
    public Task WithCircuitBreaker(Func<Task> body) =>
        WithCircuitBreaker(async () =>
        {
            await body();
            return Done.Instance;
        });

    /// <inheritdoc cref="WithCircuitBreaker{T}(Func{Task{T}})"/>
    public Task WithCircuitBreaker<TState>(TState state, Func<TState, Task> body) => WithCircuitBreaker(() => body(state));

    /// <summary>Makes a call in this thread.</summary>
    /// <exception cref="OpenCircuitException">The breaker is open.</exception>
    public void WithSyncCircuitBreaker(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        WithSyncCircuitBreaker(() =>
        {
            body();
            return Done.Instance;
        });
    }

    /// <summary>Makes a call in this thread. One that took longer than the call timeout counts as failed but gives its result.</summary>
    /// <exception cref="OpenCircuitException">The breaker is open.</exception>
    public T WithSyncCircuitBreaker<T>(Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Enter();
        var started = Scheduler.MonotonicClock;
        T result;
        try
        {
            result = body();
        }
        catch (Exception cause)
        {
            Failed(cause);
            throw;
        }
        if (Scheduler.MonotonicClock - started > CallTimeout)
        {
            Failed(new TimeoutException($"Execution did not complete within the time allotted {CallTimeout}"));
        }
        else
        {
            Succeed();
        }
        return result;
    }

    /// <summary>Counts a call made elsewhere as successful.</summary>
    public void Succeed()
    {
        lock (_gate)
        {
            _failures = 0;
            if (_state != State.HalfOpen)
            {
                return;
            }
            _state = State.Closed;
            _probing = false;
            _nextReset = ResetTimeout;
        }
        Run(_onClose);
    }

    /// <summary>Counts a call made elsewhere as failed.</summary>
    public void Fail() => Failed(new UserCalledFailException());

    private bool Is(State state)
    {
        lock (_gate)
        {
            return _state == state;
        }
    }

    private CircuitBreaker Add(List<Action> callbacks, Action callback)
    {
        lock (_gate)
        {
            callbacks.Add(callback);
        }
        return this;
    }

    private void Run(List<Action> callbacks)
    {
        Action[] copy;
        lock (_gate)
        {
            copy = [.. callbacks];
        }
        foreach (var callback in copy)
        {
            callback();
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            switch (_state)
            {
                case State.Open:
                    throw new OpenCircuitException("Circuit Breaker is open; calls are failing fast", _lastCaught, Remaining());
                case State.HalfOpen when _probing:
                    throw new OpenCircuitException(
                        "Circuit Breaker is half open; only one call is let through",
                        _lastCaught,
                        TimeSpan.Zero
                    );
                case State.HalfOpen:
                    _probing = true;
                    break;
            }
        }
    }

    private TimeSpan Remaining()
    {
        var left = _opensAgain - Scheduler.MonotonicClock;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Failed(Exception cause)
    {
        TimeSpan reset;
        lock (_gate)
        {
            _lastCaught = cause;
            if (_state == State.Open || ++_failures < MaxFailures && _state == State.Closed)
            {
                return;
            }
            if (_state == State.HalfOpen)
            {
                var grown = _nextReset * ExponentialBackoffFactor;
                _nextReset = grown < MaxResetTimeout ? grown : MaxResetTimeout;
            }
            _state = State.Open;
            _probing = false;
            _failures = 0;
            reset = _nextReset * (1 + RandomFactor * RandomNumberGenerator.GetInt32(int.MaxValue) / int.MaxValue);
            _opensAgain = Scheduler.MonotonicClock + reset;
        }
        Scheduler.Advanced.ScheduleOnce(reset, HalfOpen);
        Run(_onOpen);
    }

    private void HalfOpen()
    {
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return;
            }
            _state = State.HalfOpen;
            _probing = false;
        }
        Run(_onHalfOpen);
    }

    private async Task<T> InTime<T>(Task<T> call)
    {
        if (call.IsCompleted)
        {
            return await call;
        }
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancelable = new Cancelable(Scheduler);
        Scheduler.Advanced.ScheduleOnce(CallTimeout, () => late.TrySetResult(), cancelable);
        var first = await Task.WhenAny(call, late.Task);
        cancelable.Cancel();
        return first == call
            ? await call
            : throw new TimeoutException($"Execution did not complete within the time allotted {CallTimeout}");
    }
}
