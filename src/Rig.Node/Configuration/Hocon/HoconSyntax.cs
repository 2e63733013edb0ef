// What the parser makes of the text: values that may still hold substitutions, and fields that keep every layer written to them, since a
// substitution may look back at an earlier one. Only the resolver reads it.
namespace Rig.Node.Configuration.Hocon;

/// <summary>A value as written.</summary>
internal abstract class HoconSyntax(HoconOrigin origin)
{
    /// <summary>Where it begins; for an object that others were merged into, where the last of them begins.</summary>
    public HoconOrigin Origin { get; protected set; } = origin;

    /// <summary>Whether nothing in it waits for the rest of the configuration, so that it hides what was written before it.</summary>
    public abstract bool IsLiteral { get; }
}

internal sealed class ScalarSyntax(HoconOrigin origin, string text, bool quoted) : HoconSyntax(origin)
{
    public string Text { get; } = text;

    public bool Quoted { get; } = quoted;

    /// <summary>Space between two parts of a concatenation: kept between strings, ignored between objects and arrays.</summary>
    public bool IsSpace => !Quoted && string.IsNullOrWhiteSpace(Text);

    public override bool IsLiteral => true;
}

internal sealed class ArraySyntax(HoconOrigin origin, List<HoconSyntax> items) : HoconSyntax(origin)
{
    public List<HoconSyntax> Items { get; } = items;

    public override bool IsLiteral { get; } = items.TrueForAll(item => item.IsLiteral);
}

/// <summary><c>${path}</c>, or <c>${?path}</c> when <paramref name="optional"/>.</summary>
internal sealed class SubstitutionSyntax(HoconOrigin origin, string[] path, bool optional, string[][] prefixes) : HoconSyntax(origin)
{
    public string[] Path { get; } = path;

    public bool Optional { get; } = optional;

    /// <summary>Keys under which the file holding it was included, innermost first: looked up there first, then at the root.</summary>
    public string[][] Prefixes { get; } = prefixes;

    public override bool IsLiteral => false;

    public override string ToString() => $"${{{(Optional ? "?" : "")}{string.Join('.', Path)}}}";
}

/// <summary>Parts written side by side, of which at least one is a substitution.</summary>
internal sealed class ConcatSyntax(HoconOrigin origin, List<HoconSyntax> parts) : HoconSyntax(origin)
{
    public List<HoconSyntax> Parts { get; } = parts;

    public override bool IsLiteral => false;
}

/// <summary>The right side of <c>+=</c>: the field's earlier array and one item more.</summary>
internal sealed class AppendSyntax(HoconOrigin origin, HoconSyntax item) : HoconSyntax(origin)
{
    public HoconSyntax Item { get; } = item;

    public override bool IsLiteral => false;
}

/// <summary>One of the parts of <c>${a} { b = 1 }</c>: as a layer of its own it merges, but it must turn out to be an object.</summary>
internal sealed class ObjectPartSyntax(SubstitutionSyntax part) : HoconSyntax(part.Origin)
{
    public SubstitutionSyntax Part { get; } = part;

    public override bool IsLiteral => false;
}

internal sealed class ObjectSyntax(HoconOrigin origin) : HoconSyntax(origin)
{
    public OrderedDictionary<string, FieldSyntax> Fields { get; } = new(StringComparer.Ordinal);

    public override bool IsLiteral => Fields.Values.All(member => member.Layers.TrueForAll(layer => layer.Value.IsLiteral));

    /// <summary>Writes a value at a path below this object, making the objects on the way.</summary>
    public void Assign(ReadOnlySpan<string> path, HoconOrigin key, HoconSyntax value)
    {
        var scope = this;
        foreach (var name in path[..^1])
        {
            var next = new ObjectSyntax(key);
            scope = scope.Field(name).Push(key, next) as ObjectSyntax ?? next;
        }

        scope.Field(path[^1]).Push(key, value);
    }

    /// <summary>Writes every field of <paramref name="later"/> over this object's.</summary>
    public void Merge(ObjectSyntax later)
    {
        Origin = later.Origin;
        foreach (var (name, field) in later.Fields)
        {
            foreach (var (key, value) in field.Layers)
            {
                Field(name).Push(key, value);
            }
        }
    }

    private FieldSyntax Field(string name)
    {
        if (!Fields.TryGetValue(name, out var field))
        {
            Fields[name] = field = new FieldSyntax(name);
        }

        return field;
    }
}

/// <summary>A key and all that was written to it, oldest first, less what a later literal hides for good.</summary>
internal sealed class FieldSyntax(string name)
{
    /// <summary>No layer is being resolved.</summary>
    public const int Idle = -1;

    public string Name { get; } = name;

    public List<(HoconOrigin Key, HoconSyntax Value)> Layers { get; } = [];

    /// <summary>The layer that the resolver is inside of: a substitution met there that leads back here sees only earlier layers.</summary>
    public int Resolving { get; set; } = Idle;

    /// <summary>The final value, once it was resolved with nothing else in progress.</summary>
    public HoconValue? Final { get; set; }

    /// <summary>Adds a layer and returns what it became: an object merges into the object before it.</summary>
    public HoconSyntax Push(HoconOrigin key, HoconSyntax value)
    {
        switch (value)
        {
            case ObjectSyntax later when Layers.Count > 0 && Layers[^1].Value is ObjectSyntax earlier:
                earlier.Merge(later);
                Layers[^1] = (key, earlier);
                return earlier;
            case ScalarSyntax or ArraySyntax { IsLiteral: true }:
                Layers.Clear();
                break;
            default:
                break;
        }

        Layers.Add((key, value));
        return value;
    }
}
