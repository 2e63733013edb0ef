// Becoming another program: execve keeps the process id, so that a signal sent to `rig` reaches the node.
using System.Collections;
using System.Runtime.InteropServices;

namespace Rig.Cli;

internal static partial class Process
{
    /// <summary>Replaces this process by a program, with the same environment, terminal and process id.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments, without its own name.</param>
    /// <returns>Why it failed; it does not return when it works.</returns>
    public static string Become(string program, IReadOnlyList<string> arguments)
    {
        var environment = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}");
        Execve(program, [program, .. arguments, null], [.. environment, null]);
        return Marshal.GetLastPInvokeErrorMessage();
    }

    /// <summary>execve(2); both lists end with null.</summary>
    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execve(string path, string?[] arguments, string?[] environment);
}
