using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Commands;

/// <summary><c>rig mark NAME</c></summary>
internal static class MarkCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "What happened." };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "When, if not now.",
            HelpName = "INSTANT",
            CustomParser = Instant.Parse,
        };
        var command = new RigCommand(
            "mark",
            "Names this instant: a mark in every manifest and a chapter in every file of the running session.",
            "rig mark Goal",
            "rig mark \"Second half\" --at 2026-03-01T15:32:10Z"
        )
        {
            name,
            at,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var press = parsed.GetValue(at) ?? Press.At(client.Address, context.Host.Time);
                var mark = await client.MarkAsync(new AddMark { Name = parsed.GetRequiredValue(name), At = press }, cancellation);
                if (!await context.WriteJsonAsync(parsed, mark, json => json.Mark))
                {
                    await context.Host.Output.WriteLineAsync($"{Show.Clock(mark.At)}  {mark.Name}");
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}
