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
    public static ExitCode TakeOver(CommandContext context) => TakeOver(context, "node", Name, Variable);

    /// <summary>The same with the program of somebody else.</summary>
    /// <param name="whose">Whose program it is, for the message.</param>
    public static ExitCode TakeOver(CommandContext context, string whose, string name, string variable)
    {
        var program = context.Host.Environment(variable) ?? Path.Combine(AppContext.BaseDirectory, name);
        if (!File.Exists(program))
        {
            throw new CliException(
                ExitCode.Failed,
                $"The {whose}'s program {program} is not there.",
                $"Run this by ./rig in the repository, which builds it, or name it in {variable}."
            );
        }

        throw new CliException(ExitCode.Failed, $"{program} cannot be run: {context.Host.Become(program, context.Args)}");
    }
}
