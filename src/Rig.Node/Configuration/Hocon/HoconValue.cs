// Resolved values: what a configuration says once includes, merges and substitutions are done. Immutable data with origins, no parsing.
using System.Diagnostics.CodeAnalysis;

namespace Rig.Node.Configuration.Hocon;

/// <summary>A resolved value: a <see cref="HoconScalar"/>, a <see cref="HoconArray"/> or a <see cref="HoconObject"/>.</summary>
public abstract class HoconValue
{
    private protected HoconValue(HoconOrigin origin) => Origin = origin;

    /// <summary>Where it was written; for a merged object, where its newest part begins.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>What it is, in a message: <c>an object</c>, <c>an array</c>, <c>"text"</c>.</summary>
    public abstract string Describe();
}

/// <summary>A string, number, boolean or null. HOCON converts between them on reading, so the text as written is the value.</summary>
public sealed class HoconScalar(HoconOrigin origin, string text, bool quoted) : HoconValue(origin)
{
    /// <summary>The text, unescaped.</summary>
    public string Text { get; } = text;

    /// <summary>Whether quotes were part of it, so that it is a string whatever it looks like.</summary>
    public bool Quoted { get; } = quoted;

    /// <summary>Whether it is the bare word <c>null</c>, which unsets what was set before.</summary>
    public bool IsNull => !Quoted && string.Equals(Text, "null", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string Describe() => IsNull ? "null" : $"\"{Text}\"";
}

/// <summary>An ordered list.</summary>
public sealed class HoconArray(HoconOrigin origin, IReadOnlyList<HoconValue> items) : HoconValue(origin)
{
    /// <summary>The items in order.</summary>
    public IReadOnlyList<HoconValue> Items { get; } = items;

    /// <inheritdoc/>
    public override string Describe() => "an array";
}

/// <summary>A member of an object.</summary>
/// <param name="Name">The key, one path element, unescaped.</param>
/// <param name="KeyOrigin">Where the key was last written.</param>
/// <param name="Value">The value.</param>
public sealed record HoconMember(string Name, HoconOrigin KeyOrigin, HoconValue Value);

/// <summary>Members in the order they were first written.</summary>
public sealed class HoconObject : HoconValue
{
    private readonly OrderedDictionary<string, HoconMember> _members = new(StringComparer.Ordinal);

    /// <summary>An object of these members; of two with one name the later wins.</summary>
    public HoconObject(HoconOrigin origin, IEnumerable<HoconMember> members)
        : base(origin)
    {
        foreach (var member in members)
        {
            _members[member.Name] = member;
        }
    }

    /// <summary>The members in order.</summary>
    public IEnumerable<HoconMember> Members => _members.Values;

    /// <summary>How many.</summary>
    public int Count => _members.Count;

    /// <summary>The member of this name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out HoconMember? member) => _members.TryGetValue(name, out member);

    /// <summary>The value at a path of keys, or null when some key is missing or leads through a value that is no object.</summary>
    public HoconValue? Find(ReadOnlySpan<string> path)
    {
        HoconValue value = this;
        foreach (var name in path)
        {
            if (value is not HoconObject inner || !inner.TryGet(name, out var member))
            {
                return null;
            }

            value = member.Value;
        }

        return value;
    }

    /// <summary>This object with what it lacks taken from <paramref name="fallback"/>; objects on both sides merge, deep.</summary>
    public HoconObject WithFallback(HoconObject fallback)
    {
        var merged = new List<HoconMember>(fallback.Count + Count);
        foreach (var below in fallback.Members)
        {
            merged.Add(
                TryGet(below.Name, out var above)
                    ? above is { Value: HoconObject upper } && below.Value is HoconObject lower
                        ? above with
                        {
                            Value = upper.WithFallback(lower),
                        }
                        : above
                    : below
            );
        }

        merged.AddRange(Members.Where(member => !fallback.TryGet(member.Name, out _)));
        return new HoconObject(Origin, merged);
    }

    /// <inheritdoc/>
    public override string Describe() => "an object";
}
