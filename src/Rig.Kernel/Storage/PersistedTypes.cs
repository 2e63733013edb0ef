using System.Text.Json;

namespace Rig.Kernel.Storage;

/// <summary>
/// The closed set of types that may be written to a journal, each under a manifest: a name that stays when the type is
/// renamed or moved. Nothing read from disk ever names a type. Built once by the file that creates the actor system.
/// </summary>
/// <param name="json">How payloads are written and read; the defaults of System.Text.Json without it.</param>
public sealed class PersistedTypes(JsonSerializerOptions? json = null)
{
    /// <summary>A manifest is repeated in every row; this is far above any readable name and keeps rows small.</summary>
    private const int LongestManifest = 100;

    private readonly Dictionary<Type, string> _manifestOf = [];
    private readonly Dictionary<string, Type> _typeOf = new(StringComparer.Ordinal);

    internal JsonSerializerOptions Json { get; } = json ?? JsonSerializerOptions.Default;

    internal IReadOnlyDictionary<Type, string> ManifestOf => _manifestOf;

    internal IReadOnlyDictionary<string, Type> TypeOf => _typeOf;

    /// <summary>Registers a type.</summary>
    /// <param name="manifest">The name written with every event or snapshot of this type, 1 to 100 characters.</param>
    /// <param name="formerManifests">Names under which older versions wrote the type; only read.</param>
    /// <exception cref="ArgumentException">The type or a name is registered already, or a name is empty or too long.</exception>
    public PersistedTypes Add<T>(string manifest, params ReadOnlySpan<string> formerManifests)
        where T : notnull
    {
        if (_manifestOf.ContainsKey(typeof(T)))
        {
            throw new ArgumentException($"{typeof(T)} is registered already, as '{_manifestOf[typeof(T)]}'.", nameof(manifest));
        }

        AddName(manifest, typeof(T));
        _manifestOf.Add(typeof(T), manifest);
        foreach (var former in formerManifests)
        {
            AddName(former, typeof(T));
        }

        return this;
    }

    private void AddName(string manifest, Type type)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(manifest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(manifest.Length, LongestManifest, nameof(manifest));
        if (!_typeOf.TryAdd(manifest, type))
        {
            throw new ArgumentException($"The manifest '{manifest}' is registered already, for {_typeOf[manifest]}.", nameof(manifest));
        }
    }
}
