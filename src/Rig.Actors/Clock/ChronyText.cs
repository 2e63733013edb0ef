using System.Globalization;

namespace Rig.Actors.Clock;

/// <summary>Fields of chronyc's comma-separated output.</summary>
internal static class ChronyText
{
    /// <summary>The longest host name there is (RFC 1035 2.3.4).</summary>
    private const int LongestName = 253;

    /// <summary>Null for what is no finite number.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    /// <summary>A name as it may be shown: without control characters, not longer than a name can be.</summary>
    public static string Name(string text) => string.Concat(text.Where(character => !char.IsControl(character)).Take(LongestName)).Trim();
}
