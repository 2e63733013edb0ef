using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Log;

/// <summary>Why a reader did not get some units.</summary>
public enum LogGapCause
{
    /// <summary>A live reader was so slow that the log had let go of what it had not read.</summary>
    Overtaken,

    /// <summary>A live reader fell behind by more than its own lag limit.</summary>
    Lag,

    /// <summary>The camera's byte limit was reached while a lossless reader still held its oldest GOP.</summary>
    CameraMemory,

    /// <summary>The node's byte limit was reached and this camera used more than its share.</summary>
    NodeMemory,
}

/// <summary>Units that a reader did not get. What follows begins with a key unit.</summary>
/// <param name="First">Sequence number of the first unit that is missing.</param>
/// <param name="Next">Sequence number of the key unit that follows the gap.</param>
/// <param name="From">Capture instant of the last unit read before the gap, or of the place where the reader had joined; unknown when that had gone by then.</param>
/// <param name="To">Capture instant of the key unit that follows.</param>
/// <param name="Cause">Why.</param>
public sealed record LogGap(long First, long Next, UtcInstant From, UtcInstant To, LogGapCause Cause)
{
    /// <summary>How many units are missing, over all tracks.</summary>
    public long Units => Next - First;
}

/// <summary>
/// What a reader of a <see cref="GopLog"/> gets: a unit, or the notice of a gap. The reader owns one reference to the memory of each unit
/// it was given and must release it.
/// </summary>
public readonly struct LogItem
{
    internal LogItem(in AccessUnit unit, long sequence, FormatSet formats)
    {
        Unit = unit;
        Sequence = sequence;
        Formats = formats;
    }

    internal LogItem(LogGap gap, FormatSet formats)
    {
        Gap = gap;
        Sequence = gap.Next;
        Formats = formats;
    }

    /// <summary>The unit; meaningless when <see cref="Gap"/> is given.</summary>
    public AccessUnit Unit { get; }

    /// <summary>Number of the unit in its log, over all tracks, from 0; of the unit after it for a gap.</summary>
    public long Sequence { get; }

    /// <summary>The formats of all tracks valid from this unit on: the same object as long as nothing changed.</summary>
    public FormatSet Formats { get; }

    /// <summary>Units are missing here; null for a unit.</summary>
    public LogGap? Gap { get; }

    /// <summary>The format of this unit's track.</summary>
    public TrackFormat Format => Formats[Unit.Track] ?? throw new InvalidOperationException("A gap has no format.");

    /// <summary>Gives back the unit's memory; nothing for a gap.</summary>
    public void Release()
    {
        if (Gap is null)
        {
            Unit.Release();
        }
    }
}
