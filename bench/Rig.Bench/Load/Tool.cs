using System.Diagnostics;

namespace Rig.Bench.Load;

/// <summary>Runs other programs. None of them outlives the call or the owner of its <see cref="Process"/>.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end and gives its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its standard error.</exception>
    public static async Task<string> RunAsync(string program, string arguments, CancellationToken cancel)
    {
        (int code, string output, string errors) = await ReadAsync(program, arguments, cancel);
        return code == 0 ? output : throw new InvalidOperationException($"{program} {arguments}\n{errors}");
    }

    /// <summary>Runs a program to its end and gives its complaints: standard error, or its exit code.</summary>
    public static async Task<string> ErrorsAsync(string program, string arguments, CancellationToken cancel)
    {
        (int code, _, string errors) = await ReadAsync(program, arguments, cancel);
        return code == 0 || errors.Length > 0 ? errors.Trim() : $"exit code {code}";
    }

    /// <summary>Starts a program whose output goes into a file.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, string logFile) =>
        Process.Start(
            new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >\"$LOG\" 2>&1 </dev/null", program, .. arguments])
            {
                Environment = { ["LOG"] = logFile },
            }
        )!;

    /// <summary>Asks a process to end with SIGINT, as Ctrl-C does, and waits; after so long it is killed.</summary>
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

    private static async Task<(int Code, string Output, string Errors)> ReadAsync(
        string program,
        string arguments,
        CancellationToken cancel
    )
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
            string errors = await process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return (process.ExitCode, await output, errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
