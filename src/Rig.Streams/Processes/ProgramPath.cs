namespace Rig.Streams.Processes;

/// <summary>Finds programs as a shell would, without one.</summary>
public static class ProgramPath
{
    /// <summary>The path of a program, or null when there is none.</summary>
    /// <param name="name">A name to look for, or a path that is taken as it is.</param>
    /// <param name="folder">Looked into before the <c>PATH</c>; null for the <c>PATH</c> alone.</param>
    public static string? Find(string name, string? folder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return IsProgram(name) ? name : null;
        }

        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = folder is null ? path : path.Prepend(folder);
        return folders.Select(one => Path.Combine(one, name)).FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsLinux() && File.Exists(path) && (File.GetUnixFileMode(path) & anyExecute) != 0;
    }
}
