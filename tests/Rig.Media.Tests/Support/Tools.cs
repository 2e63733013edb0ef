using System.Diagnostics;

namespace Rig.Media.Tests.Support;

/// <summary>What a program said and how it ended.</summary>
public sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>The standard output as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    /// <summary>The lines of the standard output that are not empty.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Runs the programs that judge our output: ffprobe, ffmpeg, gst-launch-1.0.</summary>
public static class Tools
{
    /// <summary>Bounds a hanging tool, not a slow machine.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Whether a program of that name is on the path.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program to its end; one that does not end in time is killed with its children and fails the test.</summary>
    public static Task<ToolResult> Run(string program, params string[] arguments) => Run(program, default, arguments);

    /// <inheritdoc cref="Run(string, string[])"/>
    /// <param name="program">The program's name.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="arguments">Its arguments, not interpreted by a shell.</param>
    public static async Task<ToolResult> Run(string program, ReadOnlyMemory<byte> input, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource expiry = new(Timeout);
        try
        {
            using MemoryStream output = new();
            Task reading = process.StandardOutput.BaseStream.CopyToAsync(output, expiry.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(expiry.Token);
            await Feed(process, input, expiry.Token);
            await Task.WhenAll(reading, errors);
            await process.WaitForExitAsync(expiry.Token);
            return new ToolResult(process.ExitCode, output.ToArray(), await errors);
        }
        catch (OperationCanceledException expired)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {Timeout.TotalSeconds} s.", expired);
        }
    }

    private static async Task Feed(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program stopped reading; its exit code and errors tell why.
        }
    }
}

/// <summary>A test that needs a program which may be missing; skipped with the reason then, also when it needs shared media that are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(string program, bool sharedMedia = false) => Skip = ToolSkip.Reason(program, sharedMedia);
}

/// <inheritdoc cref="ToolTheoryAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string program, bool sharedMedia = false) => Skip = ToolSkip.Reason(program, sharedMedia);
}

internal static class ToolSkip
{
    public static string? Reason(string program, bool sharedMedia)
    {
        if (!Tools.Exists(program))
        {
            return $"{program} is not installed.";
        }

        return sharedMedia ? SharedMedia.SkipReason : null;
    }
}
