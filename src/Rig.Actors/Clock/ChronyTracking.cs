using System.Globalization;

namespace Rig.Actors.Clock;

/// <summary>
/// What <c>chronyc -c tracking</c> says: one line of 14 fields, as chronyc.c writes them since version 2.4. Seconds, millionths. Pure.
/// </summary>
internal sealed record ChronyTracking
{
    /// <summary>127.127.1.1, the address by which ntpd named its own clock: chronyd serves its own time (<c>local</c>).</summary>
    public const string LocalReference = "7F7F0101";

    private const string NoReference = "00000000";
    private const int Fields = 14;

    /// <summary>NTP time stamps begin in 1900 and chronyd's end in 2106 at most; a reference time beyond is a broken line.</summary>
    private const double LatestSeconds = 4_294_967_296;

    /// <summary>Four bytes in hexadecimal; an IPv6 address is hashed into it.</summary>
    public required string ReferenceId { get; init; }

    /// <summary>Name or address of the source; empty for the own clock.</summary>
    public required string Source { get; init; }
    public required int Stratum { get; init; }
    public DateTimeOffset? LastSync { get; init; }

    /// <summary>System clock less NTP time, in seconds: chronyd slews it away. (chronyc writes it the other way round: positive is slow.)</summary>
    public required double Offset { get; init; }

    /// <summary>How much faster than NTP time the clock would run without correction, in millionths.</summary>
    public required double FrequencyPpm { get; init; }
    public required double RootDelay { get; init; }
    public required double RootDispersion { get; init; }

    /// <summary>False before the first good sample, and after the last source was lost for too long.</summary>
    public required bool Synchronised { get; init; }

    /// <summary>The bound that chronyc's manual gives for the clock's error, without the offset itself: root dispersion and half of the root delay.</summary>
    public double Uncertainty => RootDispersion + (RootDelay / 2);

    /// <summary>Null when the text is anything else than that line.</summary>
    public static ChronyTracking? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] fields = text.Trim().Split(',');
        if (
            fields.Length != Fields
            || fields[0].Length != NoReference.Length
            || !fields[0].All(char.IsAsciiHexDigit)
            || !int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int stratum)
            || stratum > 16
            || Number(fields[3]) is not { } referenceTime
            || Number(fields[4]) is not { } slow
            || Number(fields[7]) is not { } frequency
            || Number(fields[10]) is not { } rootDelay
            || Number(fields[11]) is not { } rootDispersion
            || referenceTime is < 0 or >= LatestSeconds
            || rootDelay < 0
            || rootDispersion < 0
        )
        {
            return null;
        }

        return new ChronyTracking
        {
            ReferenceId = fields[0].ToUpperInvariant(),
            Source = ChronyText.Name(fields[1]),
            Stratum = stratum,
            LastSync = referenceTime > 0 ? DateTimeOffset.UnixEpoch.AddSeconds(referenceTime) : null,
            Offset = -slow,
            FrequencyPpm = frequency,
            RootDelay = rootDelay,
            RootDispersion = rootDispersion,
            Synchronised = stratum > 0 && fields[0] != NoReference && fields[13] != "Not synchronised",
        };
    }

    private static double? Number(string text) => ChronyText.Number(text);
}
