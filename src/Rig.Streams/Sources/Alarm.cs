using System.Threading.Tasks.Sources;
using Rig.Media.Time;

namespace Rig.Streams.Sources;

/// <summary>
/// Waits for one instant after the other on one timer, without allocating: what a paced source sleeps on. One waiter. The waiter goes
/// on on the timer's thread.
/// </summary>
internal sealed class Alarm : IValueTaskSource, IDisposable
{
    /// <summary>The system's timers count whole milliseconds and round down; less would wake too early and spin.</summary>
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private ManualResetValueTaskSourceCore<bool> _core;
    private int _armed;

    public Alarm(TimeProvider time, CancellationToken cancellation)
    {
        _time = time;
        _cancellation = cancellation;
        _timer = time.CreateTimer(static state => ((Alarm)state!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _registration = cancellation.UnsafeRegister(static state => ((Alarm)state!).Cancel(), this);
    }

    public UtcInstant Now => UtcInstant.From(_time.GetUtcNow());

    /// <summary>Completes at the instant or up to a millisecond later; at once when it is past.</summary>
    /// <exception cref="OperationCanceledException">Cancelled meanwhile.</exception>
    public ValueTask WaitUntilAsync(UtcInstant instant)
    {
        _cancellation.ThrowIfCancellationRequested();
        TimeSpan delay = (instant - Now).ToTimeSpan();
        if (delay <= TimeSpan.Zero)
        {
            return ValueTask.CompletedTask;
        }

        long milliseconds = (delay.Ticks + Finest.Ticks - 1) / Finest.Ticks;
        _core.Reset();
        Volatile.Write(ref _armed, 1);
        short version = _core.Version;
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        if (_cancellation.IsCancellationRequested)
        {
            Cancel();
        }

        return new ValueTask(this, version);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _timer.Dispose();
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Ring()
    {
        if (Interlocked.Exchange(ref _armed, 0) == 1)
        {
            _core.SetResult(true);
        }
    }

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _armed, 0) == 1)
        {
            _core.SetException(new OperationCanceledException(_cancellation));
        }
    }
}
