namespace Rig.Contracts.Access;

/// <summary>
/// Where a node leaves a token for programs of its own user on its own machine, and where <c>rig</c> looks for it: a file by the node's port that
/// only its user may read.
/// </summary>
public static class LocalTokens
{
    private const string Folder = "recorder-rig";

    /// <summary>Where a service's node leaves it (systemd's <c>RuntimeDirectory=recorder-rig</c>), for root to read.</summary>
    private const string ServiceFolder = "/run/" + Folder;

    public static string FileName(int port) => $"{port}.token";

    /// <summary>The folder that a node of this user writes to; null when the environment names none.</summary>
    public static string? Own(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return Set(environment("RUNTIME_DIRECTORY")?.Split(':')[0])
            ?? Below(environment("XDG_RUNTIME_DIR"), Folder)
            ?? Below(environment("HOME"), Path.Combine(".local", "state", Folder));
    }

    /// <summary>The folders to look in, the user's own first.</summary>
    public static IEnumerable<string> All(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return ((string?[])[Own(environment), Below(environment("HOME"), Path.Combine(".local", "state", Folder)), ServiceFolder])
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
    }

    private static string? Below(string? root, string path) => Set(root) is { } set ? Path.Combine(set, path) : null;

    private static string? Set(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
