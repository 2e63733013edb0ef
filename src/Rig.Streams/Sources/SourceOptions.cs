using System.Buffers;
using System.Globalization;
using Rig.Media.Formats;

namespace Rig.Streams.Sources;

/// <summary>
/// The options behind the question mark of a source. An option is <c>NAME</c>, <c>NAME=VALUE</c> or <c>NAME@INSTANT</c>; its value is all
/// behind the name, an at sign included. Every error says what would have been right.
/// </summary>
public sealed class SourceOptions
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.-+");

    private readonly string _scheme;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private SourceOptions(string scheme) => _scheme = scheme;

    internal static SourceOptions Parse(string scheme, string query, ReadOnlySpan<string> allowed)
    {
        var options = new SourceOptions(scheme);
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int end = part.AsSpan().IndexOfAny('=', '@');
            string name = end < 0 ? part : part[..end];
            string value = end < 0 ? "" : part[(part[end] == '=' ? end + 1 : end)..];
            if (!allowed.Contains(name))
            {
                string known = allowed.Length == 0 ? "no options" : $"these options: {string.Join(", ", allowed.ToArray())}";
                throw new SourceException($"'{name}' is not an option of {scheme}:, which takes {known}.");
            }

            if (!options._values.TryAdd(name, Uri.UnescapeDataString(value)))
            {
                throw new SourceException($"The option '{name}' of {scheme}: is given twice.");
            }
        }

        return options;
    }

    /// <summary>The text, or null when the option is not given.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>Given as <c>NAME</c>, <c>NAME=1</c>, <c>true</c>, <c>yes</c> or <c>on</c>.</summary>
    public bool Flag(string name)
    {
        return Text(name) switch
        {
            null or "0" or "false" or "no" or "off" => false,
            "" or "1" or "true" or "yes" or "on" => true,
            var other => throw Wrong(name, other, "yes or no"),
        };
    }

    /// <summary>A whole number within bounds; <paramref name="absent"/> when not given.</summary>
    public int Integer(string name, int absent, int minimum, int maximum)
    {
        if (Text(name) is not { } text)
        {
            return absent;
        }

        return
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= minimum
            && value <= maximum
            ? value
            : throw Wrong(name, text, $"a whole number from {minimum} to {maximum}");
    }

    /// <summary>A number within bounds that may end in a unit: <c>50ppm</c>, <c>1%</c>.</summary>
    public double Number(string name, string unit, double absent, double minimum, double maximum)
    {
        if (Text(name) is not { } text)
        {
            return absent;
        }

        string digits = text.EndsWith(unit, StringComparison.Ordinal) ? text[..^unit.Length] : text;
        return
            double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= minimum
            && value <= maximum
            ? value
            : throw Wrong(name, text, $"a number from {minimum}{unit} to {maximum}{unit}");
    }

    /// <summary>A length of time (<c>3s</c>, <c>500ms</c>, <c>2m</c>, <c>1h</c>); null when not given.</summary>
    public TimeSpan? Span(string name) =>
        Text(name) is { } text ? ReadSpan(text) ?? throw Wrong(name, text, "a time such as 3s or 500ms") : null;

    /// <summary><c>WIDTHxHEIGHT</c>; null when not given.</summary>
    public (int Width, int Height)? Size(string name) =>
        Text(name) is { } text ? ReadSize(text) ?? throw Wrong(name, text, "a size such as 1280x720") : null;

    /// <summary>Pictures a second: <c>30</c>, <c>29.97</c>, <c>30000/1001</c>; null when not given.</summary>
    public Ratio? Rate(string name) =>
        Text(name) is { } text ? ReadRate(text) ?? throw Wrong(name, text, "a rate such as 30 or 30000/1001") : null;

    /// <summary>What to throw for a value that cannot be read.</summary>
    public SourceException Wrong(string name, string value, string expected) =>
        new($"The option '{name}' of {_scheme}: is '{value}'; it takes {expected}.");

    internal static TimeSpan? ReadSpan(ReadOnlySpan<char> text)
    {
        int digits = text.IndexOfAnyExcept(NumberCharacters);
        ReadOnlySpan<char> unit = digits < 0 ? "s" : text[digits..];
        double scale = unit switch
        {
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => double.NaN,
        };
        const double most = 1e6;
        bool read = double.TryParse(digits < 0 ? text : text[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return read && Math.Abs(value * scale) <= most ? TimeSpan.FromSeconds(value * scale) : null;
    }

    internal static (int Width, int Height)? ReadSize(ReadOnlySpan<char> text)
    {
        int times = text.IndexOf('x');
        const int largest = 16384;
        return
            times > 0
            && int.TryParse(text[..times], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(text[(times + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is > 0 and <= largest
            && height is > 0 and <= largest
            ? (width, height)
            : null;
    }

    internal static Ratio? ReadRate(ReadOnlySpan<char> text)
    {
        int slash = text.IndexOf('/');
        if (slash > 0)
        {
            bool whole =
                int.TryParse(text[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out int numerator)
                & int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int denominator);
            return whole && numerator > 0 && denominator > 0 && numerator / denominator <= MaxRate
                ? new Ratio(numerator, denominator)
                : null;
        }

        if (
            !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate)
            || rate is not (>= 0.1 and <= MaxRate)
        )
        {
            return null;
        }

        return FromDecimal(rate);
    }

    private const int MaxRate = 1000;

    /// <summary>29.97 means 30000/1001 and 59.94 means 60000/1001 (SMPTE ST 170); the rest is taken to the thousandth.</summary>
    private static Ratio FromDecimal(double rate)
    {
        double nominal = Math.Ceiling(rate);
        if (rate < nominal && Math.Abs(rate - (nominal * 1000 / 1001)) < 0.005)
        {
            return new Ratio((int)nominal * 1000, 1001);
        }

        return rate == nominal ? new Ratio((int)nominal, 1) : new Ratio((int)Math.Round(rate * 1000), 1000);
    }
}
