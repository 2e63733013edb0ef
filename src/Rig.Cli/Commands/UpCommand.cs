using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig up</c></summary>
internal static class UpCommand
{
    public static Command Create(CommandContext context)
    {
        var nodes = new Option<int>("--nodes")
        {
            Description = "How many nodes: CAM_L, CAM_C, CAM_R, CAM_4 ... 3 when left out.",
            HelpName = "N",
        };
        var port = new Option<int?>("--port")
        {
            Description = "TCP port of the first node; the first free one from 8080 when left out.",
            HelpName = "N",
        };
        var data = new Option<string?>("--data") { Description = "Folder for recordings and state; demo when left out.", HelpName = "DIR" };
        var clip = new Option<string?>("--clip")
        {
            Description = "A TS, MP4 or Annex B file that a third camera of the first node plays in a loop.",
            HelpName = "FILE",
        };
        var open = new Option<bool>("--open") { Description = "Asks nobody for a right. Only this machine reaches the rig." };
        var command = new RigCommand(
            "up",
            "Brings up a whole demo rig on this machine: a lighthouse and three nodes with two test cameras each. Ends with Ctrl-C.",
            "rig up                                # then, in another terminal: rig start --session DEMO",
            "rig up --nodes 5 --port 9000 --data /tmp/demo --clip match.ts"
        )
        {
            nodes,
            port,
            data,
            clip,
            open,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
