using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Operations;
using Spectre.Console;

namespace Rig.Cli.Commands;

/// <summary><c>rig selftest</c></summary>
internal static class SelfTestCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new RigCommand(
            "selftest",
            "Records ten seconds of every camera, decodes and hashes the files, deletes them, and says what failed.",
            "rig selftest && rig start"
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var report = await client.SelfTestAsync(cancellation);
                if (!await context.WriteJsonAsync(parsed, report, json => json.SelfTestReport))
                {
                    await WriteAsync(context.Host, report);
                }

                return (int)(report.Passed ? ExitCode.Ok : ExitCode.Failed);
            }
        );
        return command;
    }

    private static async Task WriteAsync(CliHost host, SelfTestReport report)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("camera", "result", "frames", "decoded", "size");
        foreach (var camera in report.Cameras)
        {
            table.AddRow(
                Markup.Escape(camera.Camera),
                camera.Passed ? "[green]passed[/]" : "[red]failed[/]",
                $"{camera.Frames}",
                $"{camera.DecodedFrames}",
                Show.Size(camera.Bytes)
            );
        }

        host.Console.Write(table);
        foreach (var (camera, error) in report.Cameras.SelectMany(camera => camera.Errors.Select(error => (camera.Camera, error))))
        {
            await host.Output.WriteLineAsync($"! {camera}: {error}");
        }

        await host.Output.WriteLineAsync(report.Passed ? $"passed in {Show.Number(report.Seconds, "0.0")} s" : "failed");
    }
}
