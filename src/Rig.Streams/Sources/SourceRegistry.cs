using System.Collections.Frozen;

namespace Rig.Streams.Sources;

/// <summary>The schemes a node knows. Immutable; any thread.</summary>
public sealed class SourceRegistry
{
    private readonly FrozenDictionary<string, ISourceScheme> _schemes;

    /// <param name="schemes">Where two have the same name, the later one counts: a node can exchange a built-in scheme.</param>
    public SourceRegistry(IEnumerable<ISourceScheme> schemes)
    {
        ArgumentNullException.ThrowIfNull(schemes);
        var byName = new Dictionary<string, ISourceScheme>(StringComparer.Ordinal);
        foreach (ISourceScheme scheme in schemes)
        {
            foreach (string name in scheme.Names)
            {
                byName[name] = scheme;
            }
        }

        _schemes = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Makes the source that a camera's <c>source</c> text describes; starts nothing.</summary>
    /// <exception cref="SourceException">The text is wrong; the message lists what is allowed.</exception>
    public ISource Create(string text, SourceContext context)
    {
        SourceUri uri = SourceUri.Parse(text);
        if (_schemes.TryGetValue(uri.Scheme, out ISourceScheme? scheme))
        {
            return scheme.Create(uri, context);
        }

        IEnumerable<string> examples = _schemes.Values.Distinct().Select(known => known.Example).Order(StringComparer.Ordinal);
        throw new SourceException($"'{uri.Scheme}:' is not a source that is known here. Known are: {string.Join("; ", examples)}.");
    }
}
