namespace Rig.Media.Time;

/// <summary>A length of time in nanoseconds, negative allowed. Finer than <see cref="TimeSpan"/>, whose ticks (100 ns) cannot hold one 90 kHz tick.</summary>
public readonly record struct MediaSpan(long Nanoseconds) : IComparable<MediaSpan>
{
    public static readonly MediaSpan Zero;

    public double Seconds => Nanoseconds / 1e9;

    public double Milliseconds => Nanoseconds / 1e6;

    public static MediaSpan FromSeconds(double seconds) => new((long)Math.Round(seconds * 1e9));

    public static MediaSpan FromMilliseconds(double milliseconds) => new((long)Math.Round(milliseconds * 1e6));

    public static MediaSpan From(TimeSpan span) => new(span.Ticks * 100);

    /// <summary>Rounded towards zero to 100 ns.</summary>
    public TimeSpan ToTimeSpan() => new(Nanoseconds / 100);

    public MediaSpan Abs() => new(Math.Abs(Nanoseconds));

    public int CompareTo(MediaSpan other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() => $"{Milliseconds:0.###} ms";

    public static MediaSpan operator +(MediaSpan left, MediaSpan right) => new(left.Nanoseconds + right.Nanoseconds);

    public static MediaSpan operator -(MediaSpan left, MediaSpan right) => new(left.Nanoseconds - right.Nanoseconds);

    public static MediaSpan operator -(MediaSpan span) => new(-span.Nanoseconds);

    public static bool operator <(MediaSpan left, MediaSpan right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(MediaSpan left, MediaSpan right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(MediaSpan left, MediaSpan right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(MediaSpan left, MediaSpan right) => left.Nanoseconds >= right.Nanoseconds;
}
