// Durations on the command line, in the notation of the configuration: 5s, 500ms, 2m, 1.5h.
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rig.Cli.Output;

internal static class Duration
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary>Reads an option's value to seconds; a bare number is seconds. Reports an error for anything else.</summary>
    public static double? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value.Trim();
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz ");
        var unit = text[digits.Length..].Trim();
        var factor = unit.Length == 0 ? 1 : Units.FirstOrDefault(row => row.Unit == unit).Seconds;
        if (factor > 0 && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return number * factor;
        }

        result.AddError($"\"{text}\" is no duration; write it as 5s, 500ms, 2m or 1h.");
        return null;
    }
}
