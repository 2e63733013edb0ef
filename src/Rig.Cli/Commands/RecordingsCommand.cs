using System.CommandLine;
using Rig.Cli.Output;

namespace Rig.Cli.Commands;

/// <summary><c>rig recordings [SESSION]</c></summary>
internal static class RecordingsCommand
{
    public static Command Create(CommandContext context)
    {
        var session = new Argument<string?>("SESSION")
        {
            Description = "One session, with its files, gaps and marks.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new RigCommand(
            "recordings",
            "Lists the recorded sessions, or the files of one.",
            "rig recordings",
            "rig recordings DEMO"
        )
        {
            session,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var page = await client.RecordingsAsync(cancellation);
                if (parsed.GetValue(session) is not { } id)
                {
                    if (!await context.WriteJsonAsync(parsed, page, json => json.RecordingsPage))
                    {
                        context.Host.Console.Write(RecordingsView.Sessions(page));
                        foreach (var broken in page.Broken)
                        {
                            await context.Host.Output.WriteLineAsync($"! {broken.Path}: {broken.Problem}");
                        }
                    }

                    return (int)ExitCode.Ok;
                }

                var one =
                    page.Sessions.FirstOrDefault(recorded => recorded.SessionId == id)
                    ?? throw new CliException(ExitCode.Refused, $"There is no session {id} on this node.", "rig recordings lists all.");
                if (
                    !await context.WriteJsonAsync(
                        parsed,
                        page with
                        {
                            Sessions = [one],
                            Total = 1,
                            Broken = [],
                        },
                        json => json.RecordingsPage
                    )
                )
                {
                    context.Host.Console.Write(RecordingsView.Segments(one));
                    foreach (var line in RecordingsView.Lines(one))
                    {
                        await context.Host.Output.WriteLineAsync(line);
                    }
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}
