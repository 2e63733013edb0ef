using System.Diagnostics;

namespace Rig.Streams.Tests.Sources;

/// <summary>Runs a program that nobody here wrote and that judges what was made here.</summary>
public static class Tool
{
    /// <summary>Far beyond what any of these runs takes; a program that hangs must not hang the tests.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task<ToolResult> RunAsync(string program, byte[]? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Longest);
        await using CancellationTokenRegistration ended = timeout.Token.Register(() => process.Kill(entireProcessTree: true));
        using var output = new MemoryStream();
        Task read = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await FeedAsync(process, input);
        await read;
        await process.WaitForExitAsync();
        return new ToolResult(process.ExitCode, output.ToArray(), await errors);
    }

    private static async Task FeedAsync(Process process, byte[]? input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program closed its input early: its exit code and messages tell the test why.
        }
    }
}

public sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}
