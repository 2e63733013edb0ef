using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig bench</c> and <c>rig test</c>: work on the source code, done by the script <c>./rig</c> before this program is reached.</summary>
internal static class ScriptCommands
{
    public static Command Bench(CommandContext context) =>
        Create(
            context,
            "bench",
            "Measures this machine against other tools doing the same work. Part of ./rig in the repository.",
            "./rig bench"
        );

    public static Command Test(CommandContext context) =>
        Create(
            context,
            "test",
            "Builds everything and runs every test. Part of ./rig in the repository.",
            "./rig test",
            "./rig test Media"
        );

    private static RigCommand Create(CommandContext context, string name, string description, params IReadOnlyList<string> examples)
    {
        var words = new Argument<string[]>("ARGUMENT") { Description = "Passed on.", Arity = ArgumentArity.ZeroOrMore };
        var command = new RigCommand(name, description, examples) { words };
        command.SetAction(
            int (_) =>
                throw new CliException(
                    ExitCode.Usage,
                    $"{name} needs the source code.",
                    $"In a clone of the repository: ./rig {string.Join(' ', context.Args)}"
                )
        );
        return command;
    }
}
