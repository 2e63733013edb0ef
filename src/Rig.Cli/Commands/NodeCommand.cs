using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig node</c></summary>
internal static class NodeCommand
{
    public static Command Create(CommandContext context)
    {
        var config = new Argument<string?>("CONFIG")
        {
            Description = "The node's configuration file; every setting has a default in reference.conf.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new RigCommand(
            "node",
            "Runs a node in the foreground. Ends with SIGTERM or Ctrl-C, after closing every file.",
            "rig node /etc/recorder-rig/node.conf"
        )
        {
            config,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
