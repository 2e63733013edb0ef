using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <content>Which unit goes into which segment: beginning, rotation, format changes, late sound.</content>
public sealed partial class CameraRecorder
{
    private void Deliver(in LogItem item, bool isMain)
    {
        SegmentRecording segment = _current!;
        if (!isMain && _lingering is { } lingering)
        {
            ulong bit = 1UL << item.Unit.Track;
            segment = item.Unit.Capture < _lingerUntil && (_movedOn & bit) == 0 ? lingering : segment;
            _movedOn |= ReferenceEquals(segment, lingering) ? 0 : bit;
        }

        if (!segment.Takes(item.Unit.Track) || (!isMain && item.Sequence < segment.Plan.Cut && item.Unit.Capture < segment.FirstCapture))
        {
            item.Release();
            return;
        }

        if (isMain && (item.Unit.Flags & UnitFlags.Discontinuity) != 0 && _lastCapture.IsKnown && item.Sequence >= segment.Plan.Cut)
        {
            NoteGap(new SegmentGap(_lastCapture, item.Unit.Capture, 0, SegmentGapCause.Discontinuity));
        }

        segment.Add(item);
        _lastCapture = isMain ? item.Unit.Capture : _lastCapture;
    }

    /// <summary>Without a segment: begins one if this is the key unit to begin with; otherwise disposes of the unit.</summary>
    private bool TryBegin(in LogItem item, bool isMain)
    {
        SegmentPlan plan = _plan!;
        if (isMain && item.Unit.IsKey && item.Sequence >= plan.Key)
        {
            FormatSet formats = item.Sequence < plan.Cut && _planFormats is { } planned ? planned : item.Formats;
            bool decodable = item.Format.IsSameStreamAs(formats[item.Unit.Track] ?? item.Format);
            if (decodable && Media.Mp4.Mp4SegmentWriter.CanWrite(item.Format.Codec))
            {
                Begin(item, plan, formats);
                return true;
            }
        }

        if (!isMain && item.Unit.Capture >= plan.EditStart)
        {
            if (_early.Count == BatchUnits)
            {
                _early.Clear();
            }

            _early.Add(item);
            return false;
        }

        if (isMain && item.Sequence >= plan.Cut && item.Sequence >= plan.Key)
        {
            _undecodable++;
        }

        item.Release();
        return false;
    }

    /// <summary>Pictures that came before the first key unit: between two segments they are a gap, before the first one only counted.</summary>
    private void NoteUndecodable(UtcInstant until)
    {
        if (_segments > 0)
        {
            NoteGap(new SegmentGap(_lastCapture, until, _undecodable, SegmentGapCause.FormatChange));
        }
        else
        {
            _context.CountDropped(_undecodable);
        }

        _undecodable = 0;
    }

    private void Begin(in LogItem item, SegmentPlan plan, FormatSet formats)
    {
        UtcInstant start = _context.Request.Start;
        if (_segments == 0 && _context.Request.AfterSequence is null && start.IsKnown && item.Unit.Capture > start)
        {
            plan = plan with { Late = item.Unit.Capture - start };
        }

        if (_undecodable > 0)
        {
            NoteUndecodable(item.Unit.Capture);
        }

        // What was to be the beginning has gone: nothing before this unit was presented elsewhere.
        plan = item.Sequence > plan.Cut ? plan with { Key = item.Sequence, Cut = item.Sequence } : plan;
        _current = new SegmentRecording(_context, plan, formats);
        _captureBefore = _lastCapture;
        _lastFlush = _context.Time.GetTimestamp();
        foreach (ref readonly LogItem early in _early.Items)
        {
            bool belongs = _current.Takes(early.Unit.Track) && early.Unit.Capture >= item.Unit.Capture && early.Sequence < item.Sequence;
            if (belongs && (early.Sequence >= plan.Cut || plan.Cut == plan.Key))
            {
                _current.Add(early);
            }
            else
            {
                early.Release();
            }
        }

        _early.Forget();
        _gaps.ForEach(_current.AddGap);
        _gaps.Clear();
        _planFormats = null;
        _segments++;
        if (State == RecorderState.Arming)
        {
            SetState(RecorderState.Recording);
        }
    }

    /// <summary>Ends a fragment, and the segment when its time has come. False after a disk fault.</summary>
    private async ValueTask<bool> CutAtKeyAsync(LogItem item)
    {
        SegmentRecording current = _current!;
        if (ShouldRotate(current, item))
        {
            return await RotateAsync(item);
        }

        bool worth = current.PendingSpan.Nanoseconds >= _context.Options.FragmentSpan.Nanoseconds / 2;
        return !worth || !MayWrite(current) || await WriteAsync(current);
    }

    private bool ShouldRotate(SegmentRecording current, in LogItem item)
    {
        RecorderOptions options = _context.Options;
        if (!current.FirstDecode.IsKnown || item.Sequence <= current.Plan.Cut)
        {
            return false;
        }

        if (options.RotatesByClock)
        {
            long span = options.RotationSpan.Nanoseconds;
            return item.Unit.Capture.Nanoseconds / span != current.FirstCapture.Nanoseconds / span;
        }

        return item.Format.Timescale.ToSpan(item.Unit.DecodeTime - current.FirstDecode) >= options.RotationSpan;
    }

    private async ValueTask<bool> RotateAsync(LogItem item)
    {
        CloseLingering();
        SegmentRecording old = _current!;
        var next = new SegmentRecording(
            _context,
            new SegmentPlan(item.Sequence, item.Sequence, UtcInstant.Unknown, MediaSpan.Zero),
            item.Formats
        );
        old.HandOver(item.Unit.Capture, next);
        if (!await WriteAsync(old))
        {
            WaitWithFault(Math.Min(_fault!.Resume, next.Pending.First));
            next.DropPending();
            return false;
        }

        (_current, _lingering, _lingerUntil, _movedOn) = (next, old, item.Unit.Capture, 0);
        _captureBefore = _lastCapture;
        _segments++;
        return true;
    }

    /// <summary>Closes the segment and begins another: with this unit if it is a key unit, else with the last key unit, hidden up to here.</summary>
    private async ValueTask<bool> ChangeFormatAsync(LogItem item, bool isMain)
    {
        CloseLingering();
        _closer.Close(_current!);
        _current = null;
        if (isMain && item.Unit.IsKey)
        {
            _plan = new SegmentPlan(item.Sequence, item.Sequence, UtcInstant.Unknown, MediaSpan.Zero);
            return await RouteAsync(item);
        }

        _reader!.Seek(ResumeAt(item.Sequence));
        _planFormats = item.Formats;
        item.Release();
        return false;
    }

    private bool IsLingeringDone(SegmentRecording lingering)
    {
        FormatSet formats = lingering.Formats;
        for (int track = 0; track < formats.Count; track++)
        {
            if (track != formats.MainTrack && lingering.Takes(track) && (_movedOn & (1UL << track)) == 0)
            {
                return _current is null || _current.LastCapture - _lingerUntil >= LateAudio;
            }
        }

        return true;
    }

    private void CloseLingering()
    {
        if (_lingering is { } lingering)
        {
            _lingering = null;
            _closer.Close(lingering);
        }
    }
}
