// Commands that touch media on this machine are the node's: `rig` only knows their words, and becomes the node's program.
namespace Rig.Cli.Commands;

internal static class NodeProgram
{
    /// <summary>The program's file name, beside this one.</summary>
    public const string Name = "rig-node";

    /// <summary>Names the program elsewhere.</summary>
    public const string Variable = "RIG_NODE_EXE";

    /// <summary>Becomes the node's program with the words of this command line; returns only when that failed.</summary>
    /// <exception cref="CliException">The program is not there or cannot be run.</exception>
    public static ExitCode TakeOver(CommandContext context)
    {
        var program = context.Host.Environment(Variable) ?? Path.Combine(AppContext.BaseDirectory, Name);
        if (!File.Exists(program))
        {
            throw new CliException(
                ExitCode.Failed,
                $"The node's program {program} is not there.",
                $"Run this by ./rig in the repository, which builds it, or name it in {Variable}."
            );
        }

        throw new CliException(ExitCode.Failed, $"{program} cannot be run: {context.Host.Become(program, context.Args)}");
    }
}
