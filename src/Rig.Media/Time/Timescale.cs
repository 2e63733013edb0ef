namespace Rig.Media.Time;

/// <summary>Ticks a second of a track's time line: 90,000 for MPEG video, the sample rate for audio.</summary>
public readonly record struct Timescale
{
    /// <summary>The MPEG clock of PES time stamps and RTP video (ISO/IEC 13818-1 2.4.3.7, RFC 6184 8.2.1).</summary>
    public static readonly Timescale Mpeg = new(90_000);

    /// <exception cref="ArgumentOutOfRangeException">The scale is zero.</exception>
    public Timescale(uint ticksPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ticksPerSecond);
        TicksPerSecond = ticksPerSecond;
    }

    public uint TicksPerSecond { get; }

    /// <summary>The length of so many ticks, rounded to the nearest nanosecond.</summary>
    public MediaSpan ToSpan(long ticks) => new(Scale(ticks, 1_000_000_000, TicksPerSecond));

    /// <summary>The ticks that come nearest to a length of time.</summary>
    public long ToTicks(MediaSpan span) => Scale(span.Nanoseconds, TicksPerSecond, 1_000_000_000);

    /// <summary>The same point on another time line with the same origin, rounded to its nearest tick.</summary>
    public MediaTime Convert(MediaTime time, Timescale to) => new(Scale(time.Ticks, to.TicksPerSecond, TicksPerSecond));

    /// <summary><paramref name="value"/> x <paramref name="numerator"/> / <paramref name="denominator"/>, rounded half up, in 128 bits.</summary>
    public static long Scale(long value, long numerator, long denominator)
    {
        if (numerator == denominator)
        {
            return value;
        }

        Int128 product = (Int128)value * numerator;
        Int128 doubled = (product * 2) + denominator;
        Int128 quotient = doubled / (2 * denominator);
        return (long)(doubled < 0 && quotient * 2 * denominator != doubled ? quotient - 1 : quotient);
    }
}
