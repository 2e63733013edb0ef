using System.Globalization;
using System.Text;

namespace Rig.Node.Http;

/// <summary>The Prometheus text format 0.0.4: help and type once a name, then the samples.</summary>
internal sealed class MetricsText
{
    private readonly Dictionary<string, StringBuilder> _families = new(StringComparer.Ordinal);

    public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(name, help, "gauge", value, labels);

    public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(name, help, "counter", value, labels);

    public override string ToString() => string.Concat(_families.Values);

    private void Add(string name, string help, string type, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (!_families.TryGetValue(name, out StringBuilder? family))
        {
            family = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            _families.Add(name, family);
        }

        family.Append(name);
        for (int label = 0; label < labels.Length; label++)
        {
            family.Append(label == 0 ? '{' : ',').Append(labels[label].Name).Append("=\"").Append(Escape(labels[label].Value)).Append('"');
        }

        family.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
