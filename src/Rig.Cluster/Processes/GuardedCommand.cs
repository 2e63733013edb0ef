namespace Rig.Cluster.Processes;

/// <summary>A program to run as a guarded child, without a shell: each argument arrives as it is written here.</summary>
/// <param name="Program">A path, or a name that is looked for in <c>PATH</c>.</param>
public sealed record GuardedCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Added to this process's own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
