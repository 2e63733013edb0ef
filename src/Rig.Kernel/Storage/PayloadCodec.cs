using System.Collections.Frozen;
using System.Text.Json;

namespace Rig.Kernel.Storage;

/// <summary>An event or snapshot as it lies on disk: JSON under a registered name.</summary>
internal readonly record struct EncodedPayload(string Manifest, string Json);

/// <summary>Turns events and snapshots into JSON and back, for the registered types only.</summary>
internal sealed class PayloadCodec(PersistedTypes types)
{
    /// <summary>
    /// Events are small facts; one of this size is a mistake, and rejecting it keeps recovery (which holds a page of them) bounded.
    /// </summary>
    internal const int LongestPayload = 1 << 20;

    private readonly FrozenDictionary<Type, string> _manifestOf = types.ManifestOf.ToFrozenDictionary();
    private readonly FrozenDictionary<string, Type> _typeOf = types.TypeOf.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly JsonSerializerOptions _json = types.Json;

    /// <exception cref="PayloadException">The type is not registered, cannot be written as JSON, or is longer than <see cref="LongestPayload"/>.</exception>
    public EncodedPayload Encode(object payload)
    {
        var type = payload.GetType();
        if (!_manifestOf.TryGetValue(type, out var manifest))
        {
            throw new PayloadException(
                $"{type} is not registered for the journal. Add it to PersistedTypes where the actor system is created."
            );
        }

        string text;
        try
        {
            text = JsonSerializer.Serialize(payload, type, _json);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new PayloadException($"'{manifest}' ({type}) cannot be written as JSON: {error.Message}", error);
        }

        return text.Length <= LongestPayload
            ? new EncodedPayload(manifest, text)
            : throw new PayloadException($"'{manifest}' has {text.Length} characters of JSON; the journal takes {LongestPayload}.");
    }

    /// <param name="payload">What was read.</param>
    /// <param name="place">Where it was read, for the error: file, persistence id and sequence number.</param>
    /// <exception cref="PayloadException">The manifest is unknown or the text does not parse as its type.</exception>
    public object Decode(EncodedPayload payload, string place)
    {
        if (!_typeOf.TryGetValue(payload.Manifest, out var type))
        {
            throw new PayloadException(
                $"{place}: unknown manifest '{payload.Manifest}'. It was written by another version; add it to PersistedTypes or run that version."
            );
        }

        try
        {
            return JsonSerializer.Deserialize(payload.Json, type, _json)
                ?? throw new PayloadException($"{place}: '{payload.Manifest}' is null.");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new PayloadException($"{place}: '{payload.Manifest}' does not parse as {type}: {error.Message}", error);
        }
    }
}
