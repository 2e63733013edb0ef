using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Rig.Streams.Sources;

/// <summary>Keeps passwords of source texts from being shown.</summary>
public static partial class SourceSecrets
{
    /// <summary>The text with passwords of URIs, and passphrases in their queries, replaced by stars.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Mask(string? text) => text is null ? null : Secret().Replace(text, "***");

    [GeneratedRegex(
        @"(?<=://[^/\s:@]*:)[^/\s]+(?=@)|(?<=[?&](passphrase|password|token|key)=)[^&\s""]+",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Secret();
}
