namespace Rig.Media.Time;

/// <summary>
/// A point on a track's own time line, in ticks of that track's <see cref="Timescale"/>. Before <c>Timeline</c> it may still be a
/// wrapping counter of the wire (33 bits in MPEG-TS, 32 in RTP); after it, it never wraps and never runs backwards in decode order.
/// </summary>
public readonly record struct MediaTime(long Ticks) : IComparable<MediaTime>
{
    public static readonly MediaTime Zero;

    /// <summary>No time was given.</summary>
    public static readonly MediaTime Unknown = new(long.MinValue);

    public bool IsKnown => Ticks != long.MinValue;

    public int CompareTo(MediaTime other) => Ticks.CompareTo(other.Ticks);

    public override string ToString() => IsKnown ? $"{Ticks}" : "unknown";

    public static MediaTime operator +(MediaTime time, long ticks) => new(time.Ticks + ticks);

    public static MediaTime operator -(MediaTime time, long ticks) => new(time.Ticks - ticks);

    public static long operator -(MediaTime later, MediaTime earlier) => later.Ticks - earlier.Ticks;

    public static bool operator <(MediaTime left, MediaTime right) => left.Ticks < right.Ticks;

    public static bool operator >(MediaTime left, MediaTime right) => left.Ticks > right.Ticks;

    public static bool operator <=(MediaTime left, MediaTime right) => left.Ticks <= right.Ticks;

    public static bool operator >=(MediaTime left, MediaTime right) => left.Ticks >= right.Ticks;
}
