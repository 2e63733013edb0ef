namespace Rig.Streams.Log;

/// <summary>
/// The readers of a log that wait, and the one work item that wakes them. The writer looks at three thresholds (the lowest of what all
/// waiting readers wait for) and queues the work item when one is reached: its cost does not depend on the number of readers.
/// A stack without a lock; a reader is on it at most once. Whoever adds a reader looks again afterwards whether what it waits for is
/// there, and the writer publishes before it looks at the stack, each with a full fence between: one of the two sees the other.
/// </summary>
internal sealed class LogWaiters(GopLog log) : IThreadPoolWorkItem
{
    private LogReader? _head;
    private int _queued;
    private long _dueSequence = long.MaxValue;
    private long _dueCapture = long.MaxValue;
    private long _dueKey = long.MaxValue;

    /// <summary>Readers wait at this moment.</summary>
    public bool Any => Volatile.Read(ref _head) is not null;

    /// <summary>Adds a reader that waits. The caller then checks by itself whether the reader is due.</summary>
    public void Enlist(LogReader reader)
    {
        if (reader.TryEnlist())
        {
            LogReader? head = Volatile.Read(ref _head);
            while (true)
            {
                reader.NextWaiter = head;
                LogReader? seen = Interlocked.CompareExchange(ref _head, reader, head);
                if (ReferenceEquals(seen, head))
                {
                    break;
                }

                head = seen;
            }
        }

        // After the push: a pass that resets the thresholds before them also takes the reader off the stack and handles it.
        Lower(ref _dueSequence, reader.WakeSequence);
        Lower(ref _dueCapture, reader.WakeCapture);
        Lower(ref _dueKey, reader.WakeKey);
        Interlocked.MemoryBarrier();
    }

    /// <summary>The writer has published a unit: wakes whoever waits for it, later and elsewhere.</summary>
    public void OnPublished()
    {
        Interlocked.MemoryBarrier();
        if (Any && IsDue())
        {
            Queue();
        }
    }

    /// <summary>Looks at every waiting reader, whatever the thresholds say: the log has ended.</summary>
    public void Queue()
    {
        if (Volatile.Read(ref _queued) == 0 && Interlocked.Exchange(ref _queued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _queued, 0);
        Volatile.Write(ref _dueSequence, long.MaxValue);
        Volatile.Write(ref _dueCapture, long.MaxValue);
        Volatile.Write(ref _dueKey, long.MaxValue);
        LogReader? reader = Interlocked.Exchange(ref _head, null);
        while (reader is not null)
        {
            LogReader? next = reader.NextWaiter;
            reader.Delist();
            if (reader.IsWaiting && !reader.WakeIfDue())
            {
                Enlist(reader);
                reader.WakeIfDue();
            }

            reader = next;
        }
    }

    private bool IsDue() =>
        log.NextSequence > Volatile.Read(ref _dueSequence)
        || log.NewestCapture.Nanoseconds >= Volatile.Read(ref _dueCapture)
        || log.NewestKey >= Volatile.Read(ref _dueKey);

    private static void Lower(ref long threshold, long value)
    {
        long current = Volatile.Read(ref threshold);
        while (value < current)
        {
            long seen = Interlocked.CompareExchange(ref threshold, value, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }
}
