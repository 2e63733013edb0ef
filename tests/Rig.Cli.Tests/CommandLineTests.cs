using System.CommandLine;

namespace Rig.Cli.Tests;

/// <summary>The words themselves: help, mistakes, completion, and the commands that the node's program does.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => [.. Root().Subcommands.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_examples_and_a_place_in_the_reference(string name)
    {
        var run = await TestRun.Of(name, "--help");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains(name is "bench" or "test" ? $"./rig {name}" : $"rig {name}", run.Output, StringComparison.Ordinal);
        var reference = File.ReadAllText(Path.Combine(Repository(), "docs", "reference", "cli.md"));
        Assert.Contains($"`rig {name}", reference, StringComparison.Ordinal);
        Assert.All(
            Root().Subcommands.Single(command => command.Name == name).Options,
            option => Assert.Contains(option.Name, reference, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_exit_code_is_in_the_reference()
    {
        var reference = File.ReadAllText(Path.Combine(Repository(), "docs", "reference", "cli.md"));
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"| {(int)code} |", reference, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("status --nope")]
    [InlineData("start --pre-roll soon")]
    [InlineData("start --duration 5 parsecs")]
    [InlineData("start --at noon")]
    [InlineData("start --at 2026-03-01T14:30:00Z --pre-roll 5s")]
    [InlineData("start --meta home")]
    [InlineData("start --meta a=1 --meta a=2")]
    [InlineData("mark")]
    [InlineData("config set x")]
    [InlineData("config set =x")]
    [InlineData("record test:1x1")]
    [InlineData("record --dir /x")]
    [InlineData("completion tcsh")]
    [InlineData("verify")]
    [InlineData("status --node")]
    [InlineData("config revert")]
    [InlineData("config revert a --to 3")]
    [InlineData("config revert --to 3 --dry-run")]
    public async Task A_wrong_command_line_is_refused_before_anything_is_tried(string line)
    {
        var run = await TestRun.Of(line.Split(' '));
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.StartsWith("rig: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_help_is_shown_as_a_mistake()
    {
        var run = await TestRun.Of();
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.Contains("record", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node a.conf")]
    [InlineData("up --port 9000")]
    [InlineData("record test:1280x720@30 file:b.ts --dir /x --duration 10 --rotate 5 --json")]
    [InlineData("verify a.mp4 b.mp4")]
    [InlineData("config check a.conf")]
    public async Task Commands_on_this_machines_media_become_the_nodes_program_with_the_same_words(string line)
    {
        var program = Path.GetTempFileName();
        (string Program, IReadOnlyList<string> Words)? became = null;
        try
        {
            var run = await TestRun.Of(
                line.Split(' '),
                name => name == "RIG_NODE_EXE" ? program : null,
                (path, words) =>
                {
                    became = (path, words);
                    return "Permission denied";
                }
            );
            Assert.Equal(program, became!.Value.Program);
            Assert.Equal(line.Split(' '), became.Value.Words);
            Assert.Equal(ExitCode.Failed, run.Code);
            Assert.Contains("cannot be run: Permission denied", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(program);
        }
    }

    [Fact]
    public async Task A_missing_node_program_is_named()
    {
        var run = await TestRun.Of(["node"], name => name == "RIG_NODE_EXE" ? "/nowhere/rig-node" : null);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("/nowhere/rig-node is not there", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench")]
    [InlineData("test Media")]
    public async Task Work_on_the_source_is_left_to_the_script(string line)
    {
        var run = await TestRun.Of(line.Split(' '));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains($"./rig {line}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sta", "start\nstatus\n")]
    [InlineData("config re", "revert\n")]
    [InlineData("completion z", "zsh\n")]
    public async Task Words_are_completed(string line, string expected)
    {
        var run = await TestRun.Of($"[suggest:{line.Length}]", line);
        Assert.Equal(expected, run.Output);
    }

    private static RootCommand Root() =>
        RigCommandLine.Build(
            new CommandContext(
                new CliHost
                {
                    Output = TextWriter.Null,
                    Error = TextWriter.Null,
                    Console = Spectre.Console.AnsiConsole.Console,
                    Environment = _ => null,
                    Time = TimeProvider.System,
                    Become = (_, _) => "",
                },
                []
            )
        );

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder =
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
        }

        return folder;
    }
}
