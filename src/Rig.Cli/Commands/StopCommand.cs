using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Commands;

/// <summary><c>rig stop</c></summary>
internal static class StopCommand
{
    public static Command Create(CommandContext context)
    {
        var session = new Option<string?>("--session")
        {
            Description = "This session only, should another one run meanwhile.",
            HelpName = "ID",
        };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "End at this instant rather than now.",
            HelpName = "INSTANT",
            CustomParser = Instant.Parse,
        };
        var local = new Option<bool>("--local") { Description = "Only the cameras of the node that is asked, without the coordinator." };
        var command = new RigCommand(
            "stop",
            "Stops the session and waits until every file is closed and durable.",
            "rig stop",
            "rig stop --session DEMO --json"
        )
        {
            session,
            at,
            local,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var stop = new StopSession
                {
                    SessionId = parsed.GetValue(session),
                    At = parsed.GetValue(at),
                    RequestedAt = Press.At(client.Address, context.Host.Time),
                    RequestId = Press.Id(),
                    Local = parsed.GetValue(local),
                };
                return await OutcomeAnswer.WriteAsync(context, parsed, await client.StopAsync(stop, cancellation));
            }
        );
        return command;
    }
}
