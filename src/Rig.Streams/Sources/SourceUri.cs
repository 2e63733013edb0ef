namespace Rig.Streams.Sources;

/// <summary>
/// A camera's <c>source</c> text cut into scheme and the rest. What the rest means is the scheme's business: <c>exec:</c> takes it as a
/// command line, <c>rtsp:</c> hands the whole text on, most read it as <c>PATH?NAME=VALUE&amp;NAME=VALUE</c> by <see cref="SplitOptions"/>.
/// </summary>
/// <param name="Text">The whole text, trimmed.</param>
/// <param name="Scheme">Lower case, without the colon.</param>
/// <param name="Rest">All behind the colon.</param>
public sealed record SourceUri(string Text, string Scheme, string Rest)
{
    /// <summary>Texts beyond this come from mistakes, not from people: the longest known is an RTSP URL with a token of 2 KB.</summary>
    private const int MaxLength = 4096;

    /// <exception cref="SourceException">There is no scheme, or the text is too long.</exception>
    public static SourceUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (trimmed.Length > MaxLength)
        {
            throw new SourceException($"The source is longer than {MaxLength} characters.");
        }

        int colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon > 0 ? trimmed[..colon].ToLowerInvariant() : "";
        if (scheme.Length == 0 || !scheme.All(char.IsAsciiLetterOrDigit))
        {
            throw new SourceException($"'{trimmed}' names no scheme. A source is written SCHEME:REST, for example test:1280x720@30.");
        }

        return new SourceUri(trimmed, scheme, trimmed[(colon + 1)..]);
    }

    /// <summary>The rest as a path and options.</summary>
    /// <param name="allowed">The names this scheme knows.</param>
    /// <exception cref="SourceException">An option is unknown or given twice.</exception>
    public (string Path, SourceOptions Options) SplitOptions(params ReadOnlySpan<string> allowed)
    {
        int mark = Rest.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? Rest : Rest[..mark];
        string query = mark < 0 ? "" : Rest[(mark + 1)..];
        return (path, SourceOptions.Parse(Scheme, query, allowed));
    }

    public override string ToString() => Text;
}
