namespace Rig.Streams.Recording;

/// <summary>
/// Runs file system calls, which may block for seconds, on threads of its own: an idle one, or a new one when all are stuck. A slow disk
/// then costs threads, not other cameras' disks and not the thread pool that receives. With healthy disks one or two threads serve a node.
/// </summary>
public sealed class DiskThreads : IDisposable
{
    /// <summary>Each recorded camera has at most a write, a sync and some closings under way: far more than 25 cameras need.</summary>
    private const int MaxThreads = 256;

    /// <summary>A thread that had nothing to do for so long ends.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    /// <summary>A monitor: threads wait on it without spinning first.</summary>
    private readonly object _gate = new();
    private readonly Queue<(Action Work, TaskCompletionSource Done)> _queue = new();
    private int _threads;
    private int _idle;
    private bool _disposed;

    /// <summary>Threads that exist.</summary>
    public int Threads => Volatile.Read(ref _threads);

    /// <summary>Completes, elsewhere than on these threads, when the work has been done; with its exception if it threw.</summary>
    /// <exception cref="ObjectDisposedException">In the task: too late.</exception>
    public Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool starts = false;
        lock (_gate)
        {
            if (_disposed)
            {
                done.SetException(new ObjectDisposedException(nameof(DiskThreads)));
                return done.Task;
            }

            _queue.Enqueue((work, done));
            if (_idle < _queue.Count && _threads < MaxThreads)
            {
                _threads++;
                starts = true;
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }

        if (starts)
        {
            new Thread(Work) { IsBackground = true, Name = "disk" }.Start();
        }

        return done.Task;
    }

    /// <summary>Ends the threads once everything queued is done; does not wait for it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (TryTake(out (Action Work, TaskCompletionSource Done) item))
        {
            try
            {
                item.Work();
                item.Done.SetResult();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                item.Done.SetException(error);
            }
        }
    }

    private bool TryTake(out (Action Work, TaskCompletionSource Done) item)
    {
        lock (_gate)
        {
            _idle++;
            bool inTime = true;
            while (_queue.Count == 0 && inTime && !_disposed)
            {
                inTime = Monitor.Wait(_gate, IdleTime);
            }

            _idle--;
            if (_queue.TryDequeue(out item))
            {
                return true;
            }

            _threads--;
            return false;
        }
    }
}
