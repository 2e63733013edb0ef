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
        var join = new Option<string?>("--join")
        {
            Description = "First start: the lighthouse of the rig to join, http://host:9110. Remembered.",
            HelpName = "URL",
        };
        var token = new Option<string?>("--token")
        {
            Description = "One-use token for --join, from: rig lighthouse token.",
            HelpName = "T",
        };
        var lighthouse = new Option<bool>("--lighthouse") { Description = "Runs a lighthouse beside the node." };
        var lighthouseToken = new Option<string?>("--lighthouse-token")
        {
            Description = "With --lighthouse and --join: the token by which the lighthouse joins the others.",
            HelpName = "T",
        };
        var open = new Option<bool>("--open") { Description = "Asks nobody for a right: for demos on this machine alone." };
        var command = new RigCommand(
            "node",
            "Runs a node in the foreground. Ends with SIGTERM or Ctrl-C, after closing every file.",
            "rig node /etc/recorder-rig/node.conf",
            "rig node my.conf --join http://10.0.0.2:9110 --token rig1_..."
        )
        {
            config,
            join,
            token,
            lighthouse,
            lighthouseToken,
            open,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
