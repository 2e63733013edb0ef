// Changes as they come by API: dotted keys with texts, to values.
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Configuration;

internal static class OverrideText
{
    private static readonly HoconOrigin Request = HoconOrigin.Outside("this change");

    /// <summary>Puts changes over values; returns what is wrong with keys and texts as such.</summary>
    /// <param name="values">The overrides so far; changed in place.</param>
    /// <param name="changes">Texts by key. Null takes an override back, with all below it.</param>
    public static IReadOnlyList<ConfigurationProblem> Apply(
        Dictionary<string, HoconValue> values,
        IReadOnlyDictionary<string, string?> changes
    )
    {
        var problems = new List<ConfigurationProblem>();
        foreach (var (key, text) in changes)
        {
            if (
                key.Length == 0
                || key.Split('.') is var path && (path.Length > HoconLimits.MaxDepth || path.Contains("", StringComparer.Ordinal))
            )
            {
                problems.Add(new ConfigurationProblem(Request, key, "is no key", "names joined by dots, such as recording.rotation"));
                continue;
            }

            try
            {
                Apply(values, key, text);
            }
            catch (HoconException broken)
            {
                problems.Add(new ConfigurationProblem(broken.Origin, key, broken.Problem));
            }
        }

        return problems;
    }

    private static void Apply(Dictionary<string, HoconValue> values, string key, string? text)
    {
        foreach (var below in values.Keys.Where(other => other == key || other.StartsWith(key + ".", StringComparison.Ordinal)).ToList())
        {
            values.Remove(below);
        }

        if (text is not null)
        {
            values[key] = Value(text);
        }
    }

    /// <summary>A text in brackets or braces is HOCON; any other is taken as it is, so that a URI needs no quotes.</summary>
    private static HoconValue Value(string text) =>
        text.TrimStart() is ['[' or '{', ..]
            ? HoconDocument.Parse($"value = {text}", Request.File, read: _ => null).Find(["value"])
                ?? throw new HoconException(Request, "is no value")
            : new HoconScalar(Request, text, quoted: text != "null");
}
