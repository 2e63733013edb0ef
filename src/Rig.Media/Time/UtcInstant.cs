using System.Globalization;

namespace Rig.Media.Time;

/// <summary>An instant of UTC in nanoseconds since 1970-01-01, leap seconds not counted (POSIX time). Range: years 1678 to 2262.</summary>
public readonly record struct UtcInstant(long Nanoseconds) : IComparable<UtcInstant>
{
    /// <summary>No instant is known. Never equal to a real one.</summary>
    public static readonly UtcInstant Unknown = new(long.MinValue);

    private const long NanosecondsPerTick = 100;

    /// <summary>False for <see cref="Unknown"/>.</summary>
    public bool IsKnown => Nanoseconds != long.MinValue;

    /// <summary>Unix time in microseconds, rounded down.</summary>
    public long Microseconds => (long)Math.Floor((decimal)Nanoseconds / 1000);

    /// <summary>The instant of a date and time, exact to its 100 ns.</summary>
    public static UtcInstant From(DateTimeOffset time) => new((time.UtcTicks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick);

    /// <summary>The instant of a Unix time in microseconds.</summary>
    public static UtcInstant FromMicroseconds(long microseconds) => new(microseconds * 1000);

    /// <summary>The same instant as a date and time, rounded down to 100 ns.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        new(DateTime.UnixEpoch.Ticks + (long)Math.Floor((decimal)Nanoseconds / NanosecondsPerTick), TimeSpan.Zero);

    /// <summary>RFC 3339 in UTC with microseconds.</summary>
    public override string ToString() =>
        IsKnown ? ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) : "unknown";

    public int CompareTo(UtcInstant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public static UtcInstant operator +(UtcInstant instant, MediaSpan span) => new(instant.Nanoseconds + span.Nanoseconds);

    public static UtcInstant operator -(UtcInstant instant, MediaSpan span) => new(instant.Nanoseconds - span.Nanoseconds);

    public static MediaSpan operator -(UtcInstant later, UtcInstant earlier) => new(later.Nanoseconds - earlier.Nanoseconds);

    public static bool operator <(UtcInstant left, UtcInstant right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(UtcInstant left, UtcInstant right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(UtcInstant left, UtcInstant right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(UtcInstant left, UtcInstant right) => left.Nanoseconds >= right.Nanoseconds;
}
