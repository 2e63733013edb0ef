// Substitutions: from syntax with layers to plain values ("Substitutions", "Self-referential substitutions", "The += field separator").
//
// Everything is resolved on demand from the newest layer down, and only as far as asked: `bar.foo` inside `bar` is no cycle, since looking it
// up does not resolve the rest of `bar`. A field remembers which of its layers is being resolved; a lookup that comes back to it sees the
// layers below that one, which is what the specification calls looking back. With none below, it is a cycle.
using System.Text;

namespace Rig.Node.Configuration.Hocon;

/// <summary>Resolves one configuration.</summary>
internal sealed class HoconResolver(ObjectSyntax root, Func<string, string?> environment)
{
    private int _depth;
    private int _values;

    /// <summary>Layers being resolved now. With none, a value depends on nothing but the configuration and may be kept.</summary>
    private int _layers;

    /// <summary>The whole configuration.</summary>
    /// <exception cref="HoconException">A required substitution is set nowhere, refers to itself, or joins what cannot be joined.</exception>
    public HoconObject Resolve() => Object(root);

    private HoconObject Object(ObjectSyntax syntax)
    {
        var members = new List<HoconMember>(syntax.Fields.Count);
        foreach (var field in syntax.Fields.Values)
        {
            var limit = Limit(field);
            if (limit == 0)
            {
                throw new HoconException(field.Layers[0].Value.Origin, $"{field.Name} refers to an object that contains it");
            }

            if (Field(field, limit) is { } value)
            {
                members.Add(new HoconMember(field.Name, field.Layers[limit - 1].Key, value));
            }
        }

        return new HoconObject(syntax.Origin, members);
    }

    private static int Limit(FieldSyntax field) => field.Resolving == FieldSyntax.Idle ? field.Layers.Count : field.Resolving;

    /// <summary>A field's value from its first <paramref name="limit"/> layers; null when they leave it undefined.</summary>
    private HoconValue? Field(FieldSyntax field, int limit)
    {
        if (field.Final is not null && limit == field.Layers.Count)
        {
            return field.Final;
        }

        HoconValue? newest = null;
        for (var i = limit - 1; i >= 0; i--)
        {
            if (Layer(field, i) is { } value && !Stack(ref newest, value))
            {
                break;
            }
        }

        field.Final = _layers == 0 ? newest : field.Final;
        return newest;
    }

    /// <summary>Puts an earlier value under a newer one; false when nothing earlier can show through.</summary>
    private static bool Stack(ref HoconValue? newest, HoconValue earlier)
    {
        newest = (newest, earlier) switch
        {
            (null, _) => earlier,
            (HoconObject above, HoconObject below) => above.WithFallback(below),
            _ => newest,
        };
        return newest is HoconObject && earlier is HoconObject;
    }

    private HoconValue? Layer(FieldSyntax field, int index)
    {
        var syntax = field.Layers[index].Value;
        if (syntax is ObjectSyntax or ScalarSyntax)
        {
            return Value(syntax);
        }

        var outer = field.Resolving;
        field.Resolving = index;
        _layers++;
        var value = syntax is AppendSyntax append ? Append(append, Field(field, index)) : Value(syntax);
        field.Resolving = outer;
        _layers--;
        return value;
    }

    private HoconArray Append(AppendSyntax append, HoconValue? earlier)
    {
        var items = earlier switch
        {
            null or HoconScalar { IsNull: true } => [],
            HoconArray array => array.Items,
            _ => throw new HoconException(
                append.Origin,
                $"+= adds to an array, but the value so far is {earlier.Describe()} from {earlier.Origin}"
            ),
        };
        return Value(append.Item) is { } item ? new HoconArray(append.Origin, [.. items, item]) : new HoconArray(append.Origin, items);
    }

    /// <summary>A value on its own; null when it is an optional substitution of something undefined.</summary>
    private HoconValue? Value(HoconSyntax syntax)
    {
        if (++_values > HoconLimits.MaxResolvedValues || _depth >= HoconLimits.MaxResolveDepth)
        {
            throw new HoconException(
                syntax.Origin,
                $"substitutions lead to more than {HoconLimits.MaxResolvedValues} values or {HoconLimits.MaxResolveDepth} steps in a row"
            );
        }

        _depth++;
        HoconValue? value = syntax switch
        {
            ScalarSyntax scalar => new HoconScalar(scalar.Origin, scalar.Text, scalar.Quoted),
            ObjectSyntax inner => Object(inner),
            ArraySyntax array => new HoconArray(array.Origin, [.. array.Items.Select(Value).OfType<HoconValue>()]),
            SubstitutionSyntax substitution => Substitution(substitution),
            ObjectPartSyntax part => ObjectPart(part),
            ConcatSyntax concat => Concat(concat),
            _ => throw new HoconException(syntax.Origin, "+= stands outside a field"),
        };
        _depth--;
        return value;
    }

    /// <summary>Looked up below each prefix, then at the root, then in the environment.</summary>
    private HoconValue? Substitution(SubstitutionSyntax substitution)
    {
        foreach (var prefix in substitution.Prefixes)
        {
            if (Lookup(root, [.. prefix, .. substitution.Path]) is { } prefixed)
            {
                return prefixed;
            }
        }

        if (Lookup(root, substitution.Path) is { } value)
        {
            return value;
        }

        var name = string.Join('.', substitution.Path);
        if (environment(name) is { } variable)
        {
            return new HoconScalar(HoconOrigin.Outside($"environment variable {name}"), variable, quoted: true);
        }

        return substitution.Optional
            ? null
            : throw new HoconException(
                substitution.Origin,
                $"{substitution} is set neither in the configuration (before itself) nor in the environment; ${{?{name}}} may be unset"
            );
    }

    /// <summary>The value at a path, resolving no more than lies on the way.</summary>
    private HoconValue? Lookup(ObjectSyntax scope, ReadOnlySpan<string> path)
    {
        if (!scope.Fields.TryGetValue(path[0], out var field))
        {
            return null;
        }

        if (path.Length == 1)
        {
            return Field(field, Limit(field));
        }

        HoconValue? newest = null;
        for (var i = Limit(field) - 1; i >= 0; i--)
        {
            HoconValue? value;
            if (field.Layers[i].Value is ObjectSyntax inner)
            {
                value = Lookup(inner, path[1..]);
            }
            else
            {
                var whole = Layer(field, i);
                if (whole is not (null or HoconObject))
                {
                    break;
                }

                value = (whole as HoconObject)?.Find(path[1..]);
            }

            if (value is not null && !Stack(ref newest, value))
            {
                break;
            }
        }

        return newest;
    }

    private HoconObject? ObjectPart(ObjectPartSyntax part) =>
        Substitution(part.Part) switch
        {
            null => null,
            HoconObject value => value,
            var other => throw new HoconException(
                part.Origin,
                $"{part.Part} is {other.Describe()}; an object can be joined only with objects"
            ),
        };

    /// <summary>"Value concatenation" of resolved parts: all strings, all arrays or all objects. Undefined parts vanish.</summary>
    private HoconValue? Concat(ConcatSyntax concat)
    {
        var parts = new List<HoconValue>(concat.Parts.Count);
        foreach (var part in concat.Parts)
        {
            if (Value(part) is { } value)
            {
                parts.Add(value);
            }
        }

        if (parts.Exists(part => part is not HoconScalar))
        {
            parts.RemoveAll(part => part is HoconScalar { Quoted: false } space && string.IsNullOrWhiteSpace(space.Text));
            return parts.Aggregate((left, right) => Join(left, right));
        }

        var undefined = concat.Parts.Count > parts.Count;
        return undefined && parts.TrueForAll(part => part is HoconScalar { Quoted: false } space && string.IsNullOrWhiteSpace(space.Text))
            ? null
            : JoinText(concat, parts);
    }

    private static HoconValue Join(HoconValue left, HoconValue right) =>
        (left, right) switch
        {
            (HoconArray first, HoconArray second) => new HoconArray(first.Origin, [.. first.Items, .. second.Items]),
            (HoconObject first, HoconObject second) => second.WithFallback(first),
            _ => throw new HoconException(right.Origin, $"{left.Describe()} from {left.Origin} cannot be joined with {right.Describe()}"),
        };

    private static HoconScalar JoinText(ConcatSyntax concat, List<HoconValue> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts.Cast<HoconScalar>())
        {
            text.Append(part.Text);
            if (text.Length > HoconLimits.MaxStringLength)
            {
                throw new HoconException(concat.Origin, $"joins to more than {HoconLimits.MaxStringLength} characters");
            }
        }

        return new HoconScalar(concat.Origin, text.ToString(), quoted: true);
    }
}
