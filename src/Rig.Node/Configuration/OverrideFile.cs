// Changes made by API, apart from the files that a person wrote. JSON, which HOCON reads; replaced as a whole or not at all.
using System.Globalization;
using System.Text.Json;
using Rig.Node.Configuration.Hocon;
using Rig.Streams.Recording;

namespace Rig.Node.Configuration;

/// <summary>One state of the overrides.</summary>
/// <param name="Version">Grows by one with every change; 0 when nothing was ever changed.</param>
/// <param name="Changed">When it was written, RFC 3339; empty for version 0.</param>
/// <param name="Values">Values by dotted key.</param>
public sealed record OverrideState(long Version, string Changed, IReadOnlyDictionary<string, HoconValue> Values)
{
    /// <summary>No overrides.</summary>
    public static OverrideState Empty { get; } = new(0, "", new Dictionary<string, HoconValue>(StringComparer.Ordinal));
}

/// <summary>The file of overrides and its earlier states.</summary>
/// <param name="path">Where it is kept; made when it is first needed.</param>
public sealed class OverrideFile(string path)
{
    /// <summary>Earlier states kept: some days of changes; each is a few hundred bytes.</summary>
    public const int KeptStates = 20;

    /// <summary>Where it is kept.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The states, newest first; one empty state when there is no file.</summary>
    /// <exception cref="HoconException">The file is there but is not what this class writes.</exception>
    public IReadOnlyList<OverrideState> Read()
    {
        if (HoconIncludes.ReadFile(Path) is not { } text)
        {
            return [OverrideState.Empty];
        }

        var tree = HoconDocument.Parse(text, Path);
        var states = tree.Find(["states"]) as HoconArray;
        return states is { Items.Count: > 0 }
            ? [.. states.Items.Select(State)]
            : throw new HoconException(tree.Origin, "is no override file; move it away to go on without the changes made by API");
    }

    /// <summary>Replaces the file: written beside it, synced, renamed over it, and the folder synced.</summary>
    /// <exception cref="IOException">The disk refused; the old file is as it was.</exception>
    public void Write(IReadOnlyList<OverrideState> states)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var beside = Path + ".new";
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            {
                WriteStates(writer, states);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, Path, overwrite: true);
        new LinuxSegmentFiles().SyncDirectory(System.IO.Path.GetDirectoryName(Path)!);
    }

    private static OverrideState State(HoconValue value)
    {
        if (
            value is HoconObject state
            && state.Find(["version"]) is HoconScalar version
            && long.TryParse(version.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && state.Find(["changed"]) is HoconScalar changed
            && state.Find(["values"]) is HoconObject values
        )
        {
            return new OverrideState(
                number,
                changed.Text,
                values.Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal)
            );
        }

        throw new HoconException(value.Origin, "is no state of overrides; move the file away to go on without the changes made by API");
    }

    private static void WriteStates(Utf8JsonWriter writer, IReadOnlyList<OverrideState> states)
    {
        writer.WriteStartObject();
        writer.WriteString("about", "Settings changed by API, newest state first. They go before the configuration file.");
        writer.WriteStartArray("states");
        foreach (var state in states.Take(KeptStates))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", state.Version);
            writer.WriteString("changed", state.Changed);
            writer.WriteStartObject("values");
            foreach (var (key, value) in state.Values)
            {
                writer.WritePropertyName(key);
                WriteValue(writer, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, HoconValue value)
    {
        switch (value)
        {
            case HoconScalar { IsNull: true }:
                writer.WriteNullValue();
                break;
            case HoconScalar scalar:
                writer.WriteStringValue(scalar.Text);
                break;
            case HoconArray array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            case HoconObject inner:
                writer.WriteStartObject();
                foreach (var member in inner.Members)
                {
                    writer.WritePropertyName(member.Name);
                    WriteValue(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"{value.GetType()} is no HOCON value.");
        }
    }
}
