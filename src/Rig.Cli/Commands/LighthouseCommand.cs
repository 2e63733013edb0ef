// The lighthouse is a program of its own; `rig` knows its words for help and completion, and becomes it.
using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig lighthouse</c></summary>
internal static class LighthouseCommand
{
    private const string Program = "rig-lighthouse";
    private const string Variable = "RIG_LIGHTHOUSE_EXE";

    public static Command Create(CommandContext context)
    {
        RigCommand command = new(
            "lighthouse",
            "Runs a lighthouse: etcd, discovery, and the door through which nodes join the rig. All flags: rig-lighthouse lighthouse --help.",
            "rig lighthouse --data /var/lib/recorder-rig/lighthouse",
            "rig lighthouse --join http://first:9110 --token rig1_..."
        )
        {
            Words(context, "token", "Prints a token that lets one node or lighthouse in.", "rig lighthouse token --ttl 1h --role camera"),
            Words(context, "status", "Shows members, database, leader, alarms and the newest snapshot.", "rig lighthouse status"),
            Words(context, "snapshot", "Takes a snapshot of the rig's state now.", "rig lighthouse snapshot"),
            Words(
                context,
                "restore",
                "Makes a stopped or new lighthouse hold what a snapshot holds.",
                "rig lighthouse restore FILE --data DIR"
            ),
            Words(
                context,
                "replace",
                "Takes a dead lighthouse out and prints a token for the one in its place.",
                "rig lighthouse replace NAME"
            ),
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(_ => (int)TakeOver(context));
        return command;
    }

    private static RigCommand Words(CommandContext context, string name, string description, string example)
    {
        RigCommand command = new(name, description, example) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(_ => (int)TakeOver(context));
        return command;
    }

    private static ExitCode TakeOver(CommandContext context) => NodeProgram.TakeOver(context, "lighthouse", Program, Variable);
}
