using System.Globalization;

namespace Rig.Actors.Clock;

internal enum ChronySourceKind
{
    Server,
    Peer,

    /// <summary>A receiver or other clock on this machine.</summary>
    ReferenceClock,
}

/// <summary>One line of <c>chronyc -c sources</c>: ten fields. Pure.</summary>
/// <param name="Selected">The clock follows it now.</param>
/// <param name="Reachable">It answered at least one of the last eight polls.</param>
internal sealed record ChronySource(ChronySourceKind Kind, bool Selected, string Name, int Stratum, bool Reachable)
{
    private const int Fields = 10;

    /// <summary>chronyd itself takes a few dozen; whatever says more is no chronyd.</summary>
    private const int MostSources = 256;

    /// <summary>The lines that can be read; others are left out.</summary>
    public static IReadOnlyList<ChronySource> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n').Take(MostSources).Select(ParseLine).OfType<ChronySource>()];
    }

    private static ChronySource? ParseLine(string line)
    {
        string[] fields = line.Trim().Split(',');
        ChronySourceKind? kind =
            fields.Length != Fields ? null
            : fields[0] == "^" ? ChronySourceKind.Server
            : fields[0] == "=" ? ChronySourceKind.Peer
            : fields[0] == "#" ? ChronySourceKind.ReferenceClock
            : null;
        return
            kind is { } known
            && int.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out int stratum)
            && stratum <= 16
            && int.TryParse(fields[5], NumberStyles.None, CultureInfo.InvariantCulture, out int reach)
            ? new ChronySource(known, fields[1] == "*", ChronyText.Name(fields[2]), stratum, reach > 0)
            : null;
    }
}
