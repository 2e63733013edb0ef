// Instants on the command line.
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rig.Cli.Output;

internal static class Instant
{
    /// <summary>Reads an RFC 3339 time; one without a zone is UTC. Reports an error for anything else.</summary>
    public static DateTimeOffset? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (
            DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            ) && text.Contains('-', StringComparison.Ordinal)
        )
        {
            return time;
        }

        result.AddError($"\"{text}\" is no time; write it as 2026-03-01T14:30:00Z, with a fraction or an offset if need be.");
        return null;
    }
}
