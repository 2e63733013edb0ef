using System.CommandLine;
using Rig.Cli.Output;

namespace Rig.Cli.Commands;

/// <summary><c>rig status</c></summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new RigCommand(
            "status",
            "Shows a node: its cameras, its health, its session, and what is wrong.",
            "rig status                            # the node on this machine",
            "rig status --node http://10.0.0.5:8080 --json"
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var status = await client.StatusAsync(cancellation);
                if (!await context.WriteJsonAsync(parsed, status, json => json.NodeStatus))
                {
                    context.Host.Console.Write(StatusView.Create(status));
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}
