using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig up</c></summary>
internal static class UpCommand
{
    public static Command Create(CommandContext context)
    {
        var port = new Option<int?>("--port") { Description = "TCP port; the first free one from 8080 when left out.", HelpName = "N" };
        var data = new Option<string?>("--data") { Description = "Folder for recordings and state; demo when left out.", HelpName = "DIR" };
        var clip = new Option<string?>("--clip")
        {
            Description = "A TS, MP4 or Annex B file that a third camera plays in a loop.",
            HelpName = "FILE",
        };
        var command = new RigCommand(
            "up",
            "Brings up a whole demo rig on this machine: two test cameras, and a clip if there is one. Ends with Ctrl-C.",
            "rig up                                # then, in another terminal: rig start --session DEMO",
            "rig up --port 9000 --data /tmp/demo --clip match.ts"
        )
        {
            port,
            data,
            clip,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
