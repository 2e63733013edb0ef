using System.Runtime.ExceptionServices;

namespace Rig.Streams.Recording;

/// <summary>Closes segments in the background while the next one records; tries again when the disk refuses.</summary>
internal sealed class SegmentCloser(RecorderContext context)
{
    private readonly Lock _gate = new();
    private readonly List<(SegmentRecording Segment, Task Closing)> _closings = [];
    private bool _ending;
    private Exception? _failure;
    private long _failedFirst = long.MaxValue;

    /// <summary>The lowest sequence number of a unit that is in a closing segment and not durable; any thread.</summary>
    public long FirstUndurable
    {
        get
        {
            long first;
            lock (_gate)
            {
                first = _failedFirst;
                _closings.RemoveAll(static entry => entry.Closing.IsCompleted);
                foreach ((SegmentRecording segment, _) in _closings)
                {
                    first = Math.Min(first, segment.FirstUndurable);
                }
            }

            return first;
        }
    }

    /// <summary>How long to leave the disk alone after so many faults in a row.</summary>
    public TimeSpan DelayOf(int attempt)
    {
        const int MaxDoublings = 16;
        TimeSpan delay = context.Options.RetryDelay * (1 << Math.Clamp(attempt - 1, 0, MaxDoublings));
        return delay < context.Options.RetryLimit ? delay : context.Options.RetryLimit;
    }

    /// <summary>Takes a segment over: writes what is pending and closes it.</summary>
    public void Close(SegmentRecording segment)
    {
        Task closing = CloseAsync(segment);
        lock (_gate)
        {
            _closings.Add((segment, closing));
        }
    }

    /// <summary>Throws what no disk explains, if a closing met it: a bug, after which the units of that segment are to be recorded anew.</summary>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits for all; from now on no segment is tried for ever. Does not throw: see <see cref="ThrowIfFailed"/>.</summary>
    public async Task CompleteAsync()
    {
        Volatile.Write(ref _ending, true);
        Task[] closings;
        lock (_gate)
        {
            closings = [.. _closings.Select(static entry => entry.Closing)];
        }

        await Task.WhenAll(closings);
    }

    private async Task CloseAsync(SegmentRecording segment)
    {
        try
        {
            if (!await TryCloseAsync(segment))
            {
                await GiveUpAsync(segment);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            lock (_gate)
            {
                _failedFirst = Math.Min(_failedFirst, segment.FirstUndurable);
                Volatile.Write(ref _failure, _failure ?? error);
            }

            await segment.LeaveAsync();
        }
    }

    /// <summary>False when the disk refused for good.</summary>
    private async Task<bool> TryCloseAsync(SegmentRecording segment)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await segment.FlushAsync();
                if (segment.SyncFault is not null)
                {
                    // What could not be made durable may be lost although a second attempt would succeed (fsync(2), "EIO").
                    return false;
                }

                if (await segment.CloseAsync() is { } closed)
                {
                    context.Observer.OnClosed(closed);
                }

                return true;
            }
            catch (SegmentIoException fault)
            {
                context.Observer.OnDiskFault(fault);
                bool mayWait = fault.IsFull && !Volatile.Read(ref _ending);
                if (!mayWait && attempt >= context.Options.CloseAttempts)
                {
                    return false;
                }
            }

            await Task.Delay(DelayOf(attempt), context.Time);
        }
    }

    private async Task GiveUpAsync(SegmentRecording segment)
    {
        (SegmentClosed? left, SegmentGap? lost) = await segment.LeaveAsync();
        if (lost is { } gap)
        {
            context.CountDropped(gap.Units);
            context.Observer.OnGap(gap);
        }

        if (left is not null)
        {
            context.Observer.OnClosed(left);
        }
    }
}
