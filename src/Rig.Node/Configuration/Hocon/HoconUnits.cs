// Durations, sizes and percentages as text, both ways ("Duration format", "Size in bytes format").
using System.Collections.Frozen;
using System.Globalization;

namespace Rig.Node.Configuration.Hocon;

/// <summary>Numbers with units.</summary>
public static class HoconUnits
{
    /// <summary>What a duration may look like, for messages.</summary>
    public const string DurationHelp =
        "a duration: a number and ns, us, ms, s, m, h or d, such as 500 ms, 5s or 30 minutes (without unit: milliseconds)";

    /// <summary>What a size may look like, for messages.</summary>
    public const string SizeHelp =
        "a size: a number and B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), such as 400 MB";

    /// <summary>Nanoseconds in a unit, under every name that the specification lists.</summary>
    private static readonly FrozenDictionary<string, decimal> DurationUnits = Table(
        ("ns nano nanos nanosecond nanoseconds", 1m),
        ("us micro micros microsecond microseconds µs", 1e3m),
        ("ms milli millis millisecond milliseconds", 1e6m),
        ("s second seconds", 1e9m),
        ("m minute minutes", 60e9m),
        ("h hour hours", 3600e9m),
        ("d day days", 86400e9m)
    );

    /// <summary>Bytes in a unit. Beyond a tebibyte nothing is configured here.</summary>
    private static readonly FrozenDictionary<string, decimal> SizeUnits = Table(
        ("B b byte bytes", 1m),
        ("kB kilobyte kilobytes", 1e3m),
        ("MB megabyte megabytes", 1e6m),
        ("GB gigabyte gigabytes", 1e9m),
        ("TB terabyte terabytes", 1e12m),
        ("K k Ki KiB kibibyte kibibytes", 1024m),
        ("M m Mi MiB mebibyte mebibytes", 1048576m),
        ("G g Gi GiB gibibyte gibibytes", 1073741824m),
        ("T t Ti TiB tebibyte tebibytes", 1099511627776m)
    );

    /// <summary>Reads a duration; a number without unit is milliseconds. False for other units, negative values and beyond <see cref="TimeSpan.MaxValue"/>.</summary>
    public static bool TryParseDuration(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        const decimal nanosecondsPerTick = 100;
        duration = default;
        if (!TryParse(text, DurationUnits, "ms", out var nanoseconds) || nanoseconds / nanosecondsPerTick > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = new TimeSpan((long)(nanoseconds / nanosecondsPerTick));
        return true;
    }

    /// <summary>Reads a size; a number without unit is bytes. False for other units, negative values, fractions of a byte and beyond 2^63.</summary>
    public static bool TryParseSize(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        if (!TryParse(text, SizeUnits, "B", out var exact) || exact > long.MaxValue || exact != decimal.Truncate(exact))
        {
            return false;
        }

        bytes = (long)exact;
        return true;
    }

    /// <summary>Reads <c>80%</c>; the sign is part of it, since 0.8 would else be read in two ways.</summary>
    public static bool TryParsePercent(ReadOnlySpan<char> text, out double percent)
    {
        percent = 0;
        text = text.Trim();
        return text.EndsWith("%") && TryNumber(text[..^1].TrimEnd(), out var number) && number <= 100 && (percent = (double)number) >= 0;
    }

    /// <summary>The shortest text with a whole number of the largest unit.</summary>
    public static string Format(TimeSpan duration) =>
        duration.Ticks switch
        {
            0 => "0s",
            var ticks when ticks % TimeSpan.TicksPerDay == 0 => Text(ticks / TimeSpan.TicksPerDay, "d"),
            var ticks when ticks % TimeSpan.TicksPerHour == 0 => Text(ticks / TimeSpan.TicksPerHour, "h"),
            var ticks when ticks % TimeSpan.TicksPerMinute == 0 => Text(ticks / TimeSpan.TicksPerMinute, "m"),
            var ticks when ticks % TimeSpan.TicksPerSecond == 0 => Text(ticks / TimeSpan.TicksPerSecond, "s"),
            var ticks when ticks % TimeSpan.TicksPerMillisecond == 0 => Text(ticks / TimeSpan.TicksPerMillisecond, "ms"),
            var ticks => string.Create(CultureInfo.InvariantCulture, $"{(decimal)ticks / TimeSpan.TicksPerMicrosecond}us"),
        };

    /// <summary>The shortest text with a whole number of the largest unit, powers of 1000 before powers of 1024.</summary>
    public static string FormatSize(long bytes)
    {
        if (bytes == 0)
        {
            return "0B";
        }

        foreach (var unit in (ReadOnlySpan<string>)["TB", "TiB", "GB", "GiB", "MB", "MiB", "kB", "KiB"])
        {
            var size = (long)SizeUnits[unit];
            if (bytes % size == 0)
            {
                return Text(bytes / size, unit);
            }
        }

        return Text(bytes, "B");
    }

    private static string Text(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    private static bool TryParse(ReadOnlySpan<char> text, FrozenDictionary<string, decimal> units, string bare, out decimal value)
    {
        text = text.Trim();
        var end = text.LastIndexOfAnyInRange('0', '9') + 1;
        value = 0;
        if (!TryNumber(text[..end], out var number))
        {
            return false;
        }

        var unit = text[end..].Trim();
        if (!units.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(unit.IsEmpty ? bare : unit, out var factor))
        {
            return false;
        }

        value = number <= decimal.MaxValue / factor ? number * factor : decimal.MaxValue;
        return true;
    }

    /// <summary>A number that is not negative, without exponent.</summary>
    private static bool TryNumber(ReadOnlySpan<char> text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static FrozenDictionary<string, decimal> Table(params (string Names, decimal Value)[] rows) =>
        rows.SelectMany(row => row.Names.Split(' ').Select(name => KeyValuePair.Create(name, row.Value)))
            .ToFrozenDictionary(StringComparer.Ordinal);
}
