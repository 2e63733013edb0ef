using System.Diagnostics;

namespace Rig.Bench.Load;

/// <summary>Runs other programs.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end and gives its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its standard error.</exception>
    public static async Task<string> RunAsync(string program, string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {arguments}\n{errors}");
    }

    /// <summary>Starts a program whose output nobody needs.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, string logFile)
    {
        Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >\"$LOG\" 2>&1 </dev/null", program, .. arguments])
            {
                Environment = { ["LOG"] = logFile },
            }
        )!;
        return process;
    }

    /// <summary>Asks a process to end with SIGINT, as Ctrl-C does, and waits.</summary>
    public static async Task EndAsync(Process process, TimeSpan patience)
    {
        if (!process.HasExited)
        {
            using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }

        using CancellationTokenSource limit = new(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
