using System.Diagnostics;
using Rig.Media.Time;

namespace Rig.Streams.Log;

/// <content>Finding places in the log, for readers and for those who decide where to begin.</content>
public sealed partial class GopLog
{
    /// <summary>The cause of the newest loss of units that a lossless reader had not read.</summary>
    internal LogGapCause LossCause => _lossCause;

    /// <summary>The last key unit that begins a GOP and was captured at or before an instant; the oldest in the log when all are later; null when there is none.</summary>
    public (long Sequence, UtcInstant Capture)? FindKey(UtcInstant instant)
    {
        lock (_gate)
        {
            return FindKeyChunk(chunk => chunk.Capture <= instant) is { } found ? (found.First, found.Capture) : null;
        }
    }

    /// <summary>The last key unit that begins a GOP with a number at or below a given one; the oldest in the log when all are later; null when there is none.</summary>
    public (long Sequence, UtcInstant Capture)? FindKey(long sequence)
    {
        lock (_gate)
        {
            return FindKeyChunk(chunk => chunk.First <= sequence) is { } found ? (found.First, found.Capture) : null;
        }
    }

    /// <summary>
    /// The earliest capture instant among the next units of the main track, from a number on: where presentation goes on when the units before
    /// it have been presented. Looks at as many units as pictures can be reordered. Null when none has come yet.
    /// </summary>
    public UtcInstant? FindCaptureFrom(long sequence)
    {
        const int MaxReorder = 16;
        lock (_gate)
        {
            UtcInstant? earliest = null;
            int looked = 0;
            for (GopChunk? chunk = _oldest; chunk is not null; chunk = chunk.Next)
            {
                for (int i = (int)Math.Max(0, sequence - chunk.First); i < chunk.Count && looked < MaxReorder; i++)
                {
                    ref readonly LogEntry entry = ref chunk[i];
                    if (entry.Unit.Track == entry.Formats.MainTrack)
                    {
                        looked++;
                        earliest = earliest is { } known && known <= entry.Unit.Capture ? known : entry.Unit.Capture;
                    }
                }
            }

            return earliest;
        }
    }

    /// <summary>The chunk that holds a unit, held for the caller; null when the log does not hold it.</summary>
    internal GopChunk? HoldChunkOf(long sequence)
    {
        lock (_gate)
        {
            GopChunk? chunk = _oldest;
            while (chunk is not null && sequence >= chunk.End && chunk.Next is not null)
            {
                chunk = chunk.Next;
            }

            return chunk is not null && sequence >= chunk.First && sequence <= chunk.End && chunk.TryHold(chunk.Id, out _) ? chunk : null;
        }
    }

    /// <summary>The chunk of the newest key unit (or the first at or after <paramref name="from"/>), held for the caller; null when there is none.</summary>
    internal GopChunk? HoldKeyChunk(long from, bool first)
    {
        lock (_gate)
        {
            GopChunk? found = null;
            for (GopChunk? chunk = _oldest; chunk is not null && !(first && found is not null); chunk = chunk.Next)
            {
                found = chunk.StartsAtKey && chunk.First >= from ? chunk : found;
            }

            return found is not null && found.TryHold(found.Id, out _) ? found : null;
        }
    }

    /// <summary>The key unit where a position is now; null when there is none yet. Under the lock.</summary>
    internal (long Sequence, UtcInstant Capture)? ResolveLocked(LogPosition position)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "Positions are resolved under the lock.");
        GopChunk? chunk = position.Where switch
        {
            LogPosition.Place.NewestKey => FindKeyChunk(static _ => true),
            LogPosition.Place.Oldest => FindKeyChunk(static _ => false),
            _ => FindKeyChunk(candidate => candidate.Capture <= position.Instant),
        };
        return chunk is null ? null : (chunk.First, chunk.Capture);
    }

    /// <summary>The capture instant of a unit, of the newest one for the next number to come; unknown when it has gone. Under the lock.</summary>
    internal UtcInstant CaptureOfLocked(long sequence)
    {
        for (GopChunk? chunk = _oldest; chunk is not null; chunk = chunk.Next)
        {
            if (sequence >= chunk.First && sequence < chunk.End)
            {
                return chunk[(int)(sequence - chunk.First)].Unit.Capture;
            }
        }

        return sequence == _nextSequence ? NewestCapture : UtcInstant.Unknown;
    }

    internal void Seek(LogReader reader, LogPosition position)
    {
        lock (_gate)
        {
            reader.JoinLocked(position);
        }
    }

    internal void Release(GopChunk chunk)
    {
        if (chunk.Release())
        {
            lock (_gate)
            {
                Keep(chunk);
            }
        }
    }

    internal void Close(LogReader reader)
    {
        lock (_gate)
        {
            _readers--;
            _lossless.Remove(reader);
        }

        Relieve();
    }

    private GopChunk? FindKeyChunk(Predicate<GopChunk> matches)
    {
        GopChunk? oldest = null;
        GopChunk? last = null;
        for (GopChunk? chunk = _oldest; chunk is not null; chunk = chunk.Next)
        {
            if (chunk.StartsAtKey)
            {
                oldest ??= chunk;
                last = matches(chunk) ? chunk : last;
            }
        }

        return last ?? oldest;
    }
}
