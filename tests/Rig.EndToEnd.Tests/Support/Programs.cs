using System.Diagnostics;
using System.Reflection;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>The programs under test and the tools that judge them.</summary>
internal static class Programs
{
    public static string Root { get; } = FindRoot();

    public static string Node { get; } = Built("Rig.Node", "rig-node");

    public static string Lighthouse { get; } = Built("Rig.Lighthouse", "rig-lighthouse");

    public static string Cli { get; } = Built("Rig.Cli", "rig");

    /// <summary>A sample beside the checkout; null when it is not there.</summary>
    public static string? SharedMedia(string name)
    {
        string path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "media", name));
        return File.Exists(path) ? path : null;
    }

    /// <summary>Runs a program to its end.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments) =>
        RunAsync(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        );

    /// <summary>Runs a program to its end; both of its outputs are redirected.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Standard output of a tool that must succeed.</summary>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        (int code, string output, string errors) = await RunAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}: {errors}");
        return output;
    }

    /// <summary>A program of this repository, as built for these tests.</summary>
    public static string Built(string project, string program)
    {
        string configuration = typeof(Programs)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "Configuration")
            .Value!;
        return Path.Combine(Root, "src", project, "bin", configuration, "net10.0", program);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
    }
}
