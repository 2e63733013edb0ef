using System.Diagnostics;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>SQLite's own command line: a judge that nobody here wrote.</summary>
internal static class SqliteShell
{
    public static string Run(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("sqlite3", ["-batch", .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.TrimEnd('\n')
            : throw new InvalidOperationException($"sqlite3: {errors.GetAwaiter().GetResult()}");
    }
}
