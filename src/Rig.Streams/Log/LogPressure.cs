namespace Rig.Streams.Log;

/// <summary>
/// Whether a log is under pressure, who is told and who waits for its end. The state changes under the log's lock (<see cref="Update"/>);
/// telling happens outside it (<see cref="Tell"/>), by one thread at a time, so that the observer hears the states in order.
/// </summary>
internal sealed class LogPressure(GopLogOptions options, IGopLogObserver? observer)
{
    private bool _active;
    private bool _told;
    private int _telling;
    private TaskCompletionSource? _writable;

    public bool IsActive => Volatile.Read(ref _active);

    /// <summary>Times that pressure began. Guarded by the log's lock.</summary>
    public long Count { get; private set; }

    /// <summary>Guarded by the log's lock. True when the caller must <see cref="Tell"/> after leaving it.</summary>
    public bool Update(long bytes, long limit)
    {
        bool active = _active ? bytes > limit * options.LowWatermark : bytes > limit * options.HighWatermark;
        if (active == _active)
        {
            return false;
        }

        Volatile.Write(ref _active, active);
        Count += active ? 1 : 0;
        return true;
    }

    /// <summary>Outside every lock: brings observer and waiting writers up to date.</summary>
    public void Tell()
    {
        while (Volatile.Read(ref _told) != IsActive && Interlocked.Exchange(ref _telling, 1) == 0)
        {
            bool active = IsActive;
            if (active != _told)
            {
                Volatile.Write(ref _told, active);
                observer?.OnPressure(active);
            }

            Interlocked.Exchange(ref _telling, 0);
        }

        if (!IsActive)
        {
            ReleaseWriters();
        }
    }

    public ValueTask WhenWritableAsync(CancellationToken cancellation)
    {
        if (!IsActive)
        {
            return cancellation.IsCancellationRequested ? ValueTask.FromCanceled(cancellation) : ValueTask.CompletedTask;
        }

        TaskCompletionSource? waiting = Volatile.Read(ref _writable);
        if (waiting is null)
        {
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = Interlocked.CompareExchange(ref _writable, created, null) ?? created;
        }

        Interlocked.MemoryBarrier();
        if (!IsActive)
        {
            ReleaseWriters();
        }

        return new ValueTask(waiting.Task.WaitAsync(cancellation));
    }

    public void ReleaseWriters() => Interlocked.Exchange(ref _writable, null)?.TrySetResult();
}
