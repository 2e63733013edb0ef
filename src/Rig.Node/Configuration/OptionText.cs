// Option values as text, both ways, one row a type.
using System.Globalization;
using System.Text.Json;
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Configuration;

/// <summary>Reads and writes the text of one type of option.</summary>
/// <param name="Help">What is allowed, for messages.</param>
/// <param name="Parse">The value of a text, or null when it is not allowed.</param>
/// <param name="Format">The text of a value as one writes it in a file.</param>
/// <param name="Plain">The text of a value without unit, as <c>Microsoft.Extensions.Configuration</c> binds it.</param>
internal sealed record OptionText(string Help, Func<string, object?> Parse, Func<object, string> Format, Func<object, string> Plain)
{
    /// <summary>The row of a type.</summary>
    public static OptionText For(Type type) =>
        type.IsEnum ? Words(type)
        : type == typeof(string) ? new("text", text => text, value => (string)value, value => (string)value)
        : type == typeof(bool) ? Boolean
        : type == typeof(int) ? Integer
        : type == typeof(TimeSpan) ? Duration
        : type == typeof(ByteSize) ? Size
        : type == typeof(Percent) ? Share
        : type == typeof(Celsius) ? Temperature
        : throw new NotSupportedException($"Options of type {type} have no text.");

    /// <summary>"Automatic type conversions": also yes, no, on and off.</summary>
    private static OptionText Boolean { get; } =
        new(
            "true or false",
            text =>
                text switch
                {
                    "true" or "yes" or "on" => true,
                    "false" or "no" or "off" => false,
                    _ => null,
                },
            value => (bool)value ? "true" : "false",
            value => (bool)value ? "true" : "false"
        );

    private static OptionText Integer { get; } =
        new(
            "a whole number",
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            Invariant,
            Invariant
        );

    private static OptionText Duration { get; } =
        new(
            HoconUnits.DurationHelp,
            text => HoconUnits.TryParseDuration(text, out var duration) ? duration : null,
            value => HoconUnits.Format((TimeSpan)value),
            value => ((TimeSpan)value).ToString("c", CultureInfo.InvariantCulture)
        );

    private static OptionText Size { get; } =
        new(
            HoconUnits.SizeHelp,
            text => HoconUnits.TryParseSize(text, out var bytes) ? new ByteSize(bytes) : null,
            value => HoconUnits.FormatSize(((ByteSize)value).Bytes),
            value => Invariant(((ByteSize)value).Bytes)
        );

    private static OptionText Share { get; } =
        new(
            "a percentage with its sign, 0% to 100%",
            text => HoconUnits.TryParsePercent(text, out var percent) ? new Percent(percent) : null,
            value => Invariant(((Percent)value).Value) + "%",
            value => Invariant(((Percent)value).Value)
        );

    private static OptionText Temperature { get; } =
        new(
            "degrees Celsius, such as 75, 75C or 75 °C",
            text =>
                double.TryParse(
                    text.AsSpan().TrimEnd("°C ").Trim(),
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var degrees
                )
                    ? new Celsius(degrees)
                    : null,
            value => Invariant(((Celsius)value).Degrees),
            value => Invariant(((Celsius)value).Degrees)
        );

    private static OptionText Words(Type type)
    {
        var words = Enum.GetValuesAsUnderlyingType(type)
            .Cast<object>()
            .Select(value => Enum.ToObject(type, value))
            .ToDictionary(Word, StringComparer.Ordinal);
        return new(string.Join(" or ", words.Keys), text => words.GetValueOrDefault(text), Word, Word);

        static string Word(object value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString() ?? "");
    }

    private static string Invariant(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
