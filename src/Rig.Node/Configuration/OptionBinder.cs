// From the resolved tree to RigOptions, collecting every problem rather than stopping at the first.
using System.Text.RegularExpressions;
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Configuration;

/// <summary>Binds one tree.</summary>
internal sealed partial class OptionBinder
{
    /// <summary>A top-level key for values of the user's own, to be used in substitutions; nothing reads it.</summary>
    public const string FreeKey = "vars";

    private readonly List<ConfigurationProblem> _problems = [];

    private OptionBinder() { }

    /// <summary>The options of a tree, which hold defaults where something is wrong.</summary>
    public static (RigOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Bind(HoconObject tree)
    {
        var binder = new OptionBinder();
        var options = (RigOptions)binder.Bind(OptionSchema.Root, tree, "");
        return (options, binder._problems);
    }

    private object Bind(OptionSchema schema, HoconObject tree, string prefix)
    {
        var record = Activator.CreateInstance(schema.Type)!;
        foreach (var member in tree.Members)
        {
            var key = prefix + member.Name;
            var isNull = member.Value is HoconScalar { IsNull: true };
            switch (schema.Find(member.Name))
            {
                case null when prefix.Length > 0 || member.Name != FreeKey:
                    Add(member.KeyOrigin, key, Unknown(schema, member.Name), string.Join(", ", schema.Nodes.Select(node => node.Name)));
                    break;
                case null:
                case not null when isNull:
                    break;
                case OptionLeaf leaf:
                    BindLeaf(leaf, record, member.Value, key);
                    break;
                case OptionGroup group when AsObject(member.Value, key) is { } below:
                    group.Property.SetValue(record, Bind(group.Schema, below, key + "."));
                    break;
                case OptionMap map when AsObject(member.Value, key) is { } below:
                    map.Property.SetValue(record, BindMap(map.Schema, below, key + "."));
                    break;
            }
        }

        foreach (var missing in schema.Nodes.OfType<OptionLeaf>().Where(leaf => leaf.Rule.Required && !IsSet(tree, leaf.Name)))
        {
            Add(tree.Origin, prefix + missing.Name, "is missing", missing.Allowed);
        }

        return record;
    }

    /// <summary>An entry without any key is none, so that <c>cam2 { source = ${?CLIP} }</c> is there only while CLIP is set.</summary>
    private Dictionary<string, CameraOptions> BindMap(OptionSchema schema, HoconObject tree, string prefix)
    {
        var map = new Dictionary<string, CameraOptions>(StringComparer.Ordinal);
        foreach (var member in tree.Members.Where(member => member.Value is not HoconScalar { IsNull: true }))
        {
            var key = prefix + member.Name;
            if (!Id().IsMatch(member.Name))
            {
                Add(member.KeyOrigin, key, "is no id, which becomes part of file names", "letters, digits, - and _, 32 at most");
            }
            else if (AsObject(member.Value, key) is { Count: > 0 } below)
            {
                map[member.Name] = (CameraOptions)Bind(schema, below, key + ".");
            }
        }

        return map;
    }

    private void BindLeaf(OptionLeaf leaf, object record, HoconValue value, string key)
    {
        if (leaf.IsList && value is HoconArray array)
        {
            var items = array.Items.Select(item => BindScalar(leaf, item, key)).OfType<string>().ToList();
            leaf.Property.SetValue(record, items);
            return;
        }

        var before = _problems.Count;
        var single = BindScalar(leaf, value, key);
        if (_problems.Count == before)
        {
            leaf.Property.SetValue(record, leaf.IsList ? new List<string> { (string)single! } : single);
        }
    }

    private object? BindScalar(OptionLeaf leaf, HoconValue value, string key)
    {
        if (value is not HoconScalar scalar)
        {
            Add(value.Origin, key, $"{value.Describe()} is not allowed", leaf.Allowed);
            return null;
        }

        var parsed = leaf.Parse(scalar.Text, out var problem);
        if (problem is not null)
        {
            Add(scalar.Origin, key, problem, leaf.Allowed);
        }

        return parsed;
    }

    private HoconObject? AsObject(HoconValue value, string key)
    {
        if (value is HoconObject below)
        {
            return below;
        }

        Add(value.Origin, key, $"{value.Describe()} is not allowed", "an object with keys of its own, in { }");
        return null;
    }

    private static bool IsSet(HoconObject tree, string name) =>
        tree.TryGet(name, out var member) && member.Value is not HoconScalar { IsNull: true };

    private static string Unknown(OptionSchema schema, string name)
    {
        var near = Elsewhere(OptionSchema.Root, name, "").FirstOrDefault() ?? Suggestion.For(name, schema.Nodes.Select(node => node.Name));
        return near is null ? "unknown key" : $"unknown key; did you mean {near}?";
    }

    /// <summary>Where else in the configuration a key of this name stands.</summary>
    private static IEnumerable<string> Elsewhere(OptionSchema schema, string name, string prefix) =>
        schema.Nodes.SelectMany(node =>
            node switch
            {
                OptionGroup group => Elsewhere(group.Schema, name, prefix + node.Name + "."),
                OptionMap map => Elsewhere(map.Schema, name, prefix + node.Name + ".ID."),
                _ => string.Equals(node.Name, name, StringComparison.OrdinalIgnoreCase) ? [prefix + node.Name] : [],
            }
        );

    private void Add(HoconOrigin origin, string key, string text, string allowed) =>
        _problems.Add(new ConfigurationProblem(origin, key, text, allowed));

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}
