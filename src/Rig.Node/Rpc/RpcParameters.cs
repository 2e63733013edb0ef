using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Cluster;

namespace Rig.Node.Rpc;

/// <summary>Parameters by name, or a single one by position.</summary>
/// <param name="given">Undefined when there are none.</param>
internal readonly struct RpcParameters(JsonElement given)
{
    /// <summary>A text; null when it is not there.</summary>
    public string? Text(string name) => Find(name) is { } value ? TextOf(name, value) : null;

    /// <summary>A whole number; null when it is not there.</summary>
    public int? Number(string name) =>
        FindByName(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : throw new RpcParameterException($"{name} is no whole number.");

    /// <summary>An instant; null when it is not there.</summary>
    public DateTimeOffset? Instant(string name) =>
        FindByName(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset at) ? at
        : throw new RpcParameterException($"{name} is no RFC 3339 instant.");

    /// <summary>Texts, or a single one; null when they are not there.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => TextOf(name, item))]
            : [TextOf(name, value)];
    }

    /// <summary>The camera that is meant; null when none is named. <c>device</c> is the same.</summary>
    /// <param name="home">The node of a camera without one.</param>
    public CameraId? OptionalCamera(string home)
    {
        if ((Text("camera") ?? TextByName("device")) is not { } text)
        {
            return null;
        }

        return CameraId.TryParse(text, home, out CameraId id)
            ? id
            : throw new RpcParameterException($"\"{text}\" is no camera: cam0, or CAM_L/cam0.");
    }

    public CameraId Camera(string home) => OptionalCamera(home) ?? throw new RpcParameterException("camera is missing.");

    /// <summary>All of them as a record of the HTTP API.</summary>
    public T As<T>(JsonTypeInfo<T> type)
        where T : new()
    {
        if (given.ValueKind != JsonValueKind.Object)
        {
            return new T();
        }

        try
        {
            return given.Deserialize(type) ?? new T();
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new RpcParameterException(wrong.Message);
        }
    }

    private string? TextByName(string name) => FindByName(name) is { } value ? TextOf(name, value) : null;

    private JsonElement? FindByName(string name) =>
        given.ValueKind == JsonValueKind.Object
        && given.TryGetProperty(name, out JsonElement value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private JsonElement? Find(string name) =>
        given.ValueKind switch
        {
            JsonValueKind.Object => FindByName(name),
            JsonValueKind.Array when given.GetArrayLength() == 1 => given[0],
            JsonValueKind.Array when given.GetArrayLength() > 1 => throw new RpcParameterException("More than one parameter goes by name."),
            _ => null,
        };

    private static string TextOf(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && RpcParser.TryText(value) is { } text
            ? text
            : throw new RpcParameterException($"{name} is no text.");
}
