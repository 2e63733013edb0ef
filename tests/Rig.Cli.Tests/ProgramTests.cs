using System.Diagnostics;
using System.Runtime.Versioning;

namespace Rig.Cli.Tests;

/// <summary>The built program itself, as a process.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProgramTests
{
    private static readonly string Rig = Path.Combine(AppContext.BaseDirectory, "rig");

    [Fact]
    public async Task The_nodes_program_takes_over_the_process_so_that_signals_reach_it()
    {
        var folder = Directory.CreateTempSubdirectory("rig-");
        try
        {
            var script = Path.Combine(folder.FullName, "rig-node");
            await File.WriteAllTextAsync(script, "#!/bin/sh\necho \"$$ $RIG_TEST $*\"\nexit 7\n");
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var (id, code, output) = await RunAsync(
                Rig,
                ["record", "exec:a b", "--dir", "/x y"],
                ("RIG_NODE_EXE", script),
                ("RIG_TEST", "ä")
            );
            Assert.Equal((7, $"{id} ä record exec:a b --dir /x y\n"), (code, output));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("{0} sta", "start\nstatus\n")]
    [InlineData("{0} config set recording.rotation=1m --dr", "--dry-run\n")]
    public async Task Bash_completes_with_the_printed_script(string line, string expected)
    {
        var typed = string.Format(null, line, Rig);
        var words = string.Join(' ', typed.Split(' ').Select(word => $"'{word}'"));
        var script =
            $"source <('{Rig}' completion bash); COMP_LINE='{typed}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({words}); "
            + "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _rig; printf '%s\\n' \"${COMPREPLY[@]}\"";
        var (_, code, output) = await RunAsync("bash", ["-c", script]);
        Assert.Equal((0, expected), (code, output));
    }

    [Fact]
    public async Task The_exit_code_reaches_the_shell() => Assert.Equal(2, (await RunAsync(Rig, ["bogus"])).Code);

    private static async Task<(int Id, int Code, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        params (string Name, string Value)[] environment
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // The program finds the runtime as this test does, wherever it is installed.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../..")
        );
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await error;
        return (process.Id, process.ExitCode, await output);
    }
}
