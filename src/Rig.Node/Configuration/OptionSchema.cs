// The shape of RigOptions, read once by reflection: which keys exist, of what type, in what range.
using System.Reflection;
using System.Text.Json;

namespace Rig.Node.Configuration;

/// <summary>A key of the configuration.</summary>
internal abstract record OptionNode(string Name, PropertyInfo Property);

/// <summary>A key with keys below it.</summary>
internal sealed record OptionGroup(string Name, PropertyInfo Property, OptionSchema Schema) : OptionNode(Name, Property);

/// <summary>A key with ids below it that the user chooses, each with the same keys.</summary>
internal sealed record OptionMap(string Name, PropertyInfo Property, OptionSchema Schema) : OptionNode(Name, Property);

/// <summary>A key with a value.</summary>
internal sealed record OptionLeaf(string Name, PropertyInfo Property, OptionAttribute Rule, Type Type, bool IsList, OptionText Text)
    : OptionNode(Name, Property)
{
    /// <summary>Type, range and special word, for messages.</summary>
    public string Allowed { get; } =
        (IsList ? "a list of " : "")
        + Text.Help
        + (Rule.Min is null ? "" : $", from {Rule.Min} to {Rule.Max}")
        + (Rule.None is null ? "" : $", or {Rule.None}")
        + (Type == typeof(string) && !Rule.MayBeEmpty ? ", not empty" : "");

    /// <summary>The text of a value as one writes it in a file.</summary>
    public string Format(object? value) =>
        value switch
        {
            null => Rule.None ?? "null",
            IReadOnlyList<string> items when IsList => $"[{string.Join(", ", items.Select(item => JsonSerializer.Serialize(item)))}]",
            _ => Text.Format(value),
        };

    /// <summary>The value of one text, or null with what is wrong.</summary>
    public object? Parse(string text, out string? problem)
    {
        problem = null;
        if (Rule.None == text)
        {
            return null;
        }

        var value = Text.Parse(text);
        if (value is null || (value is "" && !Rule.MayBeEmpty))
        {
            problem = $"\"{text}\" is not allowed";
        }
        else if (value is IComparable && Rule is { Min: { } min, Max: { } max } && (Compare(value, min) < 0 || Compare(value, max) > 0))
        {
            problem = $"{Text.Format(value)} is out of range";
        }

        return value;
    }

    private int Compare(object value, string limit) => ((IComparable)Wrap(value)).CompareTo(Wrap(Text.Parse(limit)!));

    /// <summary>Quantities compare by their generic interface only; their number compares by both.</summary>
    private static object Wrap(object value) =>
        value switch
        {
            ByteSize size => size.Bytes,
            Percent percent => percent.Value,
            Celsius celsius => celsius.Degrees,
            _ => value,
        };
}

/// <summary>The keys of one group.</summary>
internal sealed class OptionSchema
{
    private readonly Dictionary<string, OptionNode> _nodes;

    private OptionSchema(Type type)
    {
        Type = type;
        _nodes = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(Node)
            .ToDictionary(node => node.Name, StringComparer.Ordinal);
    }

    /// <summary>The schema of <see cref="RigOptions"/>.</summary>
    public static OptionSchema Root { get; } = new(typeof(RigOptions));

    /// <summary>The record type.</summary>
    public Type Type { get; }

    /// <summary>The keys in the order of the record.</summary>
    public IReadOnlyCollection<OptionNode> Nodes => _nodes.Values;

    /// <summary>The key of this name.</summary>
    public OptionNode? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The option at a path, through maps by any id.</summary>
    public OptionLeaf? FindLeaf(ReadOnlySpan<string> path)
    {
        var schema = this;
        for (var i = 0; i < path.Length; i++)
        {
            switch (schema.Find(path[i]))
            {
                case OptionLeaf leaf:
                    return i == path.Length - 1 ? leaf : null;
                case OptionGroup group:
                    schema = group.Schema;
                    break;
                case OptionMap map:
                    schema = map.Schema;
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Every option of a record with its dotted key and value, in order.</summary>
    public IEnumerable<(string Key, OptionLeaf Leaf, object? Value)> Leaves(object record, string prefix = "")
    {
        foreach (var node in Nodes)
        {
            var key = prefix + node.Name;
            var value = node.Property.GetValue(record);
            var below = node switch
            {
                OptionLeaf leaf => [(key, leaf, value)],
                OptionGroup group => group.Schema.Leaves(value!, key + "."),
                OptionMap map => ((IReadOnlyDictionary<string, CameraOptions>)value!).SelectMany(item =>
                    map.Schema.Leaves(item.Value, $"{key}.{item.Key}.")
                ),
                _ => [],
            };
            foreach (var option in below)
            {
                yield return option;
            }
        }
    }

    private static OptionNode Node(PropertyInfo property)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        var type = property.PropertyType;
        if (type == typeof(IReadOnlyDictionary<string, CameraOptions>))
        {
            return new OptionMap(name, property, new OptionSchema(typeof(CameraOptions)));
        }

        if (property.GetCustomAttribute<OptionAttribute>() is not { } rule)
        {
            return new OptionGroup(name, property, new OptionSchema(type));
        }

        var isList = type == typeof(IReadOnlyList<string>);
        var item = isList ? typeof(string) : Nullable.GetUnderlyingType(type) ?? type;
        return new OptionLeaf(name, property, rule, item, isList, OptionText.For(item));
    }
}
