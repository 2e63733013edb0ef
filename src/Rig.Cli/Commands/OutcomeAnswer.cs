// What became of a start or stop, camera by camera, and the exit code for it.
using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Sessions;
using Spectre.Console;

namespace Rig.Cli.Commands;

internal static class OutcomeAnswer
{
    public static async Task<int> WriteAsync(CommandContext context, ParseResult parsed, SessionOutcome outcome)
    {
        if (!await context.WriteJsonAsync(parsed, outcome, json => json.SessionOutcome))
        {
            await context.Host.Output.WriteLineAsync(
                $"{outcome.SessionId}: {Show.Word(outcome.State)} from {Show.Clock(outcome.Start)}{(outcome.End is { } end ? $" to {Show.Clock(end)}" : "")}"
            );
            context.Host.Console.Write(Table(outcome));
        }

        return (int)Code(outcome);
    }

    private static ExitCode Code(SessionOutcome outcome)
    {
        var good = outcome.Cameras.Count(camera => camera.Result is CameraResult.Recording or CameraResult.Late or CameraResult.Stopped);
        return good == outcome.Cameras.Count ? ExitCode.Ok
            : good > 0 ? ExitCode.Partly
            : ExitCode.Failed;
    }

    private static Table Table(SessionOutcome outcome)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("camera", "result", "first picture", "reason");
        foreach (var camera in outcome.Cameras)
        {
            table.AddRow(
                Markup.Escape(camera.Camera),
                Show.Word(camera.Result),
                camera.OffsetMs is { } offset ? $"{Show.Number(offset, "+0.###;-0.###;0")} ms" : Show.None,
                Markup.Escape(
                    camera.Reason ?? string.Join("; ", (camera.Gates ?? []).Select(gate => $"{gate.Gate}: {gate.Value}. {gate.Remedy}"))
                )
            );
        }

        return table;
    }
}
