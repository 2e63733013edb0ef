using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

// When a recording ends: T1, asked for ahead or afterwards, and what still has to come before it.
public sealed partial class CameraRecorder
{
    /// <summary>Ends the recording with the last unit presented before T1, which may lie ahead. Unknown: with what has been written to the log. The earliest end counts.</summary>
    public void Stop(UtcInstant end)
    {
        TimeProvider time = _context.Time;
        var now = UtcInstant.From(time.GetUtcNow());
        MediaSpan ahead = end.IsKnown && end > now ? end - now : MediaSpan.Zero;
        TimeSpan wait = end.IsKnown ? ahead.ToTimeSpan() + _context.Options.StopGrace : TimeSpan.Zero;
        long deadline = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        StopRequest wanted = new(end, deadline);
        StopRequest? present = Volatile.Read(ref _stop);
        while (present is null || IsEarlier(wanted, present))
        {
            if (Interlocked.CompareExchange(ref _stop, wanted, present) is var seen && ReferenceEquals(seen, present))
            {
                break;
            }

            present = seen;
        }

        Volatile.Read(ref _waker)?.Wake();
    }

    /// <summary>An end without an instant is the present one: it comes before any that lies ahead.</summary>
    private bool IsEarlier(StopRequest wanted, StopRequest present) =>
        present.At.IsKnown && (wanted.At.IsKnown ? wanted.At < present.At : present.At > UtcInstant.From(_context.Time.GetUtcNow()));

    /// <summary>Whether a unit comes after T1: by its decode time, because a picture presented later may be needed for one presented before.</summary>
    private bool IsBeyondEnd(in LogItem item)
    {
        if (_stop is not { At.IsKnown: true } stop)
        {
            return false;
        }

        AccessUnit unit = item.Unit;
        UtcInstant decoded = unit.Capture - item.Format.Timescale.ToSpan(Math.Max(0, unit.PresentationTime - unit.DecodeTime));
        if (decoded < stop.At)
        {
            return false;
        }

        _done |= 1UL << unit.Track;
        return true;
    }

    private bool IsPast(StopRequest stop) => _context.Time.GetTimestamp() >= stop.Deadline;

    private bool IsFinished()
    {
        if (_stop is not { } stop)
        {
            return false;
        }

        if (_current is { } current && stop.At.IsKnown)
        {
            current.EditEnd = stop.At;
        }

        if (_fault is { } fault)
        {
            return fault.Attempt > _context.Options.CloseAttempts;
        }

        if (!stop.At.IsKnown || IsPast(stop))
        {
            return _reader!.Position >= _log.NextSequence || IsEverythingDone(stop);
        }

        return IsEverythingDone(stop);
    }

    private bool IsEverythingDone(StopRequest stop)
    {
        FormatSet formats = _current?.Formats ?? _log.Formats;
        if (formats.MainTrack < 0 || (_done & (1UL << formats.MainTrack)) == 0)
        {
            return false;
        }

        for (int track = 0; track < formats.Count; track++)
        {
            bool waits = formats[track] is not null && (_done & (1UL << track)) == 0;
            if (waits && _log.NewestCapture - stop.At < LateAudio)
            {
                return false;
            }
        }

        return true;
    }
}
