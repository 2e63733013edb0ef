using System.CommandLine.Parsing;
using System.Globalization;

namespace Rig.Lighthouse.Commands;

/// <summary>Durations as people write them: <c>90s</c>, <c>10m</c>, <c>1h</c>, <c>1d</c>.</summary>
internal static class Durations
{
    private const double Longest = 30 * 86400;

    public static TimeSpan Parse(ArgumentResult argument)
    {
        string text = argument.Tokens is [{ Value: var one }] ? one : "";
        double unit =
            text.Length == 0
                ? 0
                : text[^1] switch
                {
                    's' => 1,
                    'm' => 60,
                    'h' => 3600,
                    'd' => 86400,
                    _ => 0,
                };
        if (
            unit > 0
            && double.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double number
            )
            && number * unit is >= 1 and <= Longest
        )
        {
            return TimeSpan.FromSeconds(number * unit);
        }

        argument.AddError($"'{text}' is no duration from 1s to 30d: write 30s, 10m, 1h or 1d.");
        return default;
    }
}
