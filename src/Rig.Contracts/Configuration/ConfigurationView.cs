using System.Text.Json.Serialization;

namespace Rig.Contracts.Configuration;

/// <summary><c>GET /api/v1/config</c>: every setting as it is in force.</summary>
/// <param name="Version">Stamp of the override file; grows with each change.</param>
/// <param name="Settings">By key.</param>
public sealed record ConfigurationView(long Version, IReadOnlyList<Setting> Settings);

/// <param name="Key">Dotted, as in <c>reference.conf</c>.</param>
/// <param name="Value">As text; secrets are masked.</param>
/// <param name="Default">The value of <c>reference.conf</c>; null for keys without one.</param>
/// <param name="Origin">File and line, or <c>override</c>.</param>
/// <param name="Applies">What a change needs: <c>live</c>, <c>camera</c> or <c>node</c>.</param>
/// <param name="Description">The comment of <c>reference.conf</c>.</param>
public sealed record Setting(
    string Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Default,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Origin,
    string Applies,
    string? Description = null
);

/// <summary><c>POST /api/v1/config</c>. A null value takes the override back.</summary>
public sealed record ConfigurationChange
{
    public required IReadOnlyDictionary<string, string?> Set { get; init; }

    /// <summary>Refuses the change when another came in between.</summary>
    public long? IfVersion { get; init; }

    /// <summary>Only says what would happen.</summary>
    public bool DryRun { get; init; }
}

/// <param name="Version">The new stamp.</param>
/// <param name="Applied">Keys that are in force now.</param>
/// <param name="Restarted">Cameras that were restarted for it.</param>
/// <param name="Pending">Keys that wait, with the reason: a camera records, or the node must be started again.</param>
public sealed record ConfigurationChanged(
    long Version,
    IReadOnlyList<string> Applied,
    IReadOnlyList<string> Restarted,
    IReadOnlyDictionary<string, string> Pending
);
