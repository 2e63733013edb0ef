using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <content>Writing, and going on when the disk refuses.</content>
public sealed partial class CameraRecorder
{
    /// <summary>Writes a segment's pending units. False when the disk refused: all is set to go on later, from the first unit not written.</summary>
    private async Task<bool> WriteAsync(SegmentRecording segment)
    {
        SegmentIoException? first = null;
        try
        {
            await segment.FlushAsync();
        }
        catch (SegmentIoException fault)
        {
            first = fault;
        }

        if (first is { IsFull: false })
        {
            // One failing call is not yet a failing disk.
            _context.Observer.OnDiskFault(first);
            try
            {
                await segment.FlushAsync();
                _context.Observer.OnDiskRecovered();
                first = null;
            }
            catch (SegmentIoException again)
            {
                first = again;
            }
        }

        if (first is not null)
        {
            await OnDiskFaultAsync(first, keepsWritten: first.IsFull);
            return false;
        }

        _lastFlush = _context.Time.GetTimestamp();
        Volatile.Write(ref _path, segment.Path);
        if (_fault is not null || _recovering)
        {
            _recovering = false;
            _faults = 0;
            _context.Observer.OnDiskRecovered();
        }

        segment.SyncIfDue();
        return true;
    }

    /// <summary>Leaves the disk alone for a while. What is not written (or not durable) stays in the log and is taken up from there.</summary>
    private async Task OnDiskFaultAsync(SegmentIoException fault, bool keepsWritten)
    {
        _context.Observer.OnDiskFault(fault);
        CloseLingering();
        long resume = Math.Min(_next, _early.First);
        if (_current is { } current)
        {
            _current = null;
            await current.SettleAsync();
            resume = Math.Min(resume, keepsWritten ? current.Pending.First : current.FirstUndurable);
            (SegmentClosed? closed, long first) = keepsWritten ? await CloseFullAsync(current) : (await current.TakeBackAsync(), resume);

            // Before the cut lies only what it hides: that is in the segment before.
            resume = Math.Max(Math.Min(resume, first), current.Plan.Cut);

            Settle(current, closed);
        }

        _early.Clear();
        _faults++;
        WaitWithFault(resume);
    }

    /// <summary>After a fault: what the files have ends with this segment, or with the one before when nothing of it stays; so do its gaps.</summary>
    private void Settle(SegmentRecording segment, SegmentClosed? closed)
    {
        bool stays = closed is { Outcome: not SegmentOutcome.Discarded };
        _lastCapture = stays && closed!.Last.IsKnown ? closed.Last : _captureBefore;
        if (!stays)
        {
            _gaps.InsertRange(0, segment.Gaps);
        }

        if (closed is not null)
        {
            _context.Observer.OnClosed(stays ? closed : closed with { Gaps = [] });
        }
    }

    /// <summary>Holds what is to be written later, and reads nothing until then.</summary>
    private void WaitWithFault(long resume)
    {
        _reader!.Seek(LogPosition.After(resume - 1));
        _next = resume;
        Volatile.Write(ref _fault, new DiskFaultState(resume, _faults, _context.Time.GetTimestamp()));
    }

    /// <summary>Closes a segment on a full disk, in the room reserved for that; also says from where on its units are to be written again.</summary>
    private async Task<(SegmentClosed? Closed, long First)> CloseFullAsync(SegmentRecording segment)
    {
        segment.DropPending();
        try
        {
            return (await segment.CloseAsync(), long.MaxValue);
        }
        catch (SegmentIoException fault)
        {
            _context.Observer.OnDiskFault(fault);
            long first = segment.FirstUndurable;
            return (await segment.TakeBackAsync(), first);
        }
    }

    /// <summary>What no unit asks for: the last units of a stalled source, syncs, late sound, the end of a disk fault, letting go of what is durable.</summary>
    private async Task TendAsync()
    {
        TimeProvider time = _context.Time;
        _closer.ThrowIfFailed();
        if (_fault is { } fault)
        {
            if (time.GetElapsedTime(fault.Since) >= _closer.DelayOf(fault.Attempt))
            {
                Volatile.Write(ref _fault, null);
                _recovering = true;
                _reader!.Seek(ResumeAt(fault.Resume));
            }
        }
        else if (_current is { } current)
        {
            if (current.SyncFault is { } broken)
            {
                await OnDiskFaultAsync(broken, keepsWritten: false);
            }
            else if (
                current.Pending.Count > 0
                && time.GetElapsedTime(_lastFlush) >= _context.Options.TendInterval * 2
                && MayWrite(current)
            )
            {
                await WriteAsync(current);
            }
            else
            {
                current.SyncIfDue();
            }
        }

        if (_lingering is { } lingering && IsLingeringDone(lingering))
        {
            CloseLingering();
        }

        Acknowledge();
    }
}
