using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Recording;

/// <content>How a segment ends: closed, left to the repair, or taken back.</content>
internal sealed partial class SegmentRecording
{
    /// <summary>Closes the file: a complete, durable MP4 when this returns. Can be tried again after a failure.</summary>
    /// <exception cref="SegmentIoException">The file stays a growing one.</exception>
    public async Task<SegmentClosed?> CloseAsync()
    {
        await _syncing;
        if (_file is null || _writer is null)
        {
            return null;
        }

        _closing ??= _writer.Close(new SegmentEnd { EditEnd = EditEnd, Marks = _context.Marks });
        Mp4Closing closing = _closing;
        ISegmentFile file = _file;
        await _context.Disk.RunAsync(() =>
        {
            file.Write(closing.TailOffset, [closing.Tail]);
            file.Truncate(closing.FileLength);
            file.SyncData();
            file.Write(closing.HeadPatchOffset, [closing.HeadPatch]);
            file.SyncData();
        });
        file.Dispose();
        OnDurable(closing.FileLength);
        Volatile.Write(ref _unsyncedFirst, long.MaxValue);
        return Describe(SegmentOutcome.Closed, closing.FileLength, closing.Duration, dropped: 0) with
        {
            Frames = closing.Presented,
            Last = closing.LastPresented,
        };
    }

    /// <summary>Gives the file up and leaves it to the repair: as it is, dropping what is still pending. Also after a bug: throws nothing of an earlier call's.</summary>
    /// <returns>What there is of a file, and what is in no file unless somebody takes it up again.</returns>
    public async Task<(SegmentClosed? Left, SegmentGap? Lost)> LeaveAsync()
    {
        await _syncing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        long dropped = Pending.Count;
        UtcInstant from = _writtenCapture.IsKnown ? _writtenCapture : FirstCapture;
        SegmentGap? lost = dropped > 0 ? new SegmentGap(from, LastCapture, dropped, SegmentGapCause.DiskRefused) : null;
        DropPending();
        _file?.Dispose();
        if (_file is null || _writer is null)
        {
            return (null, lost);
        }

        if (lost is { } gap)
        {
            AddGap(gap);
        }

        SegmentClosed left = Describe(SegmentOutcome.Unfinished, _writer.Length, MediaSpan.Zero, dropped);
        return (left with { Last = _writtenCapture }, lost);
    }

    /// <summary>
    /// Takes back all that is not durable: another segment begins with <see cref="FirstUndurable"/>. What is durable stays, cut there if the
    /// disk allows, and is left to the repair; a file without anything durable is deleted.
    /// </summary>
    public async Task<SegmentClosed?> TakeBackAsync()
    {
        await _syncing;
        DropPending();
        if (_file is not { } file)
        {
            return null;
        }

        long durable = _durableLength;
        await _context.Disk.RunAsync(() => CutOrDelete(file, durable));
        (_lastSequence, _shown, _frames, UtcInstant last) = _durable;
        SegmentOutcome outcome = durable == 0 ? SegmentOutcome.Discarded : SegmentOutcome.Unfinished;
        return Describe(outcome, durable, MediaSpan.Zero, dropped: 0) with { Last = last };
    }

    private void CutOrDelete(ISegmentFile file, long durable)
    {
        try
        {
            if (durable > 0)
            {
                file.Truncate(durable);
            }
            else
            {
                _context.Files.Delete(file.Path);
            }
        }
        catch (SegmentIoException fault)
        {
            // It stays longer than it should; some units will then be in two files.
            _context.Observer.OnDiskFault(fault);
        }
        finally
        {
            file.Dispose();
        }
    }

    private SegmentClosed Describe(SegmentOutcome outcome, long bytes, MediaSpan duration, long dropped) =>
        new()
        {
            Path = _file!.Path,
            Outcome = outcome,
            Bytes = bytes,
            Frames = _frames,
            Units = _shown,
            DroppedUnits = dropped,
            First = _writer!.PresentationStart,
            Last = LastCapture,
            Duration = duration,
            Late = _plan.Late,
            Gaps = [.. _gaps],
            Formats = _formats,
            LastSequence = _lastSequence,
        };
}
