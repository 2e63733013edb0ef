namespace Rig.Node.Events;

/// <summary>Names of topics, or prefixes that end in <c>*</c>. Does not change.</summary>
public sealed class TopicFilter
{
    /// <summary>More patterns or longer ones choose nothing that fewer would not.</summary>
    public const int Most = 64;

    public const int Longest = 64;

    private readonly string[] _patterns;

    /// <param name="patterns">None: no topic.</param>
    public TopicFilter(IEnumerable<string> patterns) =>
        _patterns = [.. patterns.Where(pattern => pattern.Length <= Longest).Distinct(StringComparer.Ordinal).Take(Most)];

    public static TopicFilter All { get; } = new(["*"]);

    public IReadOnlyList<string> Patterns => _patterns;

    /// <summary>From a list with commas; all topics when there is none.</summary>
    public static TopicFilter Parse(string? topics) =>
        topics?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } patterns
            ? new TopicFilter(patterns)
            : All;

    public bool Wants(string topic)
    {
        foreach (string pattern in _patterns)
        {
            if (
                pattern.EndsWith('*')
                    ? topic.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
                    : topic == pattern
            )
            {
                return true;
            }
        }

        return false;
    }
}
