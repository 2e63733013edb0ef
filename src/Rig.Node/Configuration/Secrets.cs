// Passwords in source URIs are shown to nobody.
using System.Text.RegularExpressions;

namespace Rig.Node.Configuration;

internal static partial class Secrets
{
    /// <summary>The text with passwords of URIs, and passphrases in their queries, replaced by stars.</summary>
    public static string? Mask(string? text) => text is null ? null : Secret().Replace(text, "***");

    [GeneratedRegex(
        @"(?<=://[^/\s:@]*:)[^/\s]+(?=@)|(?<=[?&](passphrase|password|token|key)=)[^&\s""]+",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Secret();
}
