using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig up</c></summary>
internal static class UpCommand
{
    public static Command Create(CommandContext context)
    {
        var config = new Option<string?>("--config") { Description = "Another configuration than the demo's.", HelpName = "FILE" };
        var port = new Option<int?>("--port") { Description = "Another port than the configuration's.", HelpName = "N" };
        var data = new Option<string?>("--data") { Description = "Another folder for recordings and state.", HelpName = "DIR" };
        var command = new RigCommand(
            "up",
            "Brings up a whole demo rig on this machine: two test cameras, and a clip if there is one. Ends with Ctrl-C.",
            "rig up                                # then, in another terminal: rig start --session DEMO",
            "rig up --port 9000 --data /tmp/demo"
        )
        {
            config,
            port,
            data,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
