// Numbers, times and states as people read them.
using System.Globalization;
using System.Text.Json;
using Rig.Contracts.Recordings;

namespace Rig.Cli.Output;

internal static class Show
{
    /// <summary>In a table's place of a value that is not known.</summary>
    public const string None = "-";

    /// <summary>A state as the API writes it: <c>no_signal</c>.</summary>
    public static string Word<T>(T state)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    /// <summary>Bytes with three digits and a unit of 1000.</summary>
    public static string Size(long bytes) => Scaled(bytes, "B", "kB", "MB", "GB", "TB");

    /// <summary>Bits a second with three digits.</summary>
    public static string Rate(long? bitsPerSecond) =>
        bitsPerSecond is { } rate ? Scaled(rate, "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s") : None;

    public static string Number(double? value, string format = "0.##") => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;

    /// <summary><c>1:02:03</c> or <c>2:03</c>.</summary>
    public static string Span(double seconds)
    {
        var whole = (long)Math.Clamp(seconds, 0, int.MaxValue);
        var (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}:{minutes:00}:{rest:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes}:{rest:00}");
    }

    /// <summary>An instant in UTC to the second.</summary>
    public static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? None;

    /// <summary>An instant in UTC to the millisecond, without the day.</summary>
    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A gap in the words of the manifest.</summary>
    public static string Gap(SegmentGap gap) =>
        $"gap from {Clock(gap.From)}{(gap.To is { } to ? $" to {Clock(to)}" : "")}: {gap.Cause}"
        + (gap.Units is { } units ? string.Create(CultureInfo.InvariantCulture, $", {units} units") : "");

    private static string Scaled(long number, params ReadOnlySpan<string> units)
    {
        const double step = 1000;
        double value = number;
        var unit = 0;
        while (Math.Abs(value) >= step && unit < units.Length - 1)
        {
            value /= step;
            unit++;
        }

        var digits =
            value >= 100 || unit == 0 ? "0"
            : value >= 10 ? "0.0"
            : "0.00";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {units[unit]}";
    }
}
