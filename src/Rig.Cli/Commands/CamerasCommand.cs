using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Cameras;

namespace Rig.Cli.Commands;

/// <summary><c>rig cameras [ID]</c></summary>
internal static class CamerasCommand
{
    public static Command Create(CommandContext context)
    {
        var id = new Argument<string?>("ID") { Description = "One camera, in detail.", Arity = ArgumentArity.ZeroOrOne };
        var command = new RigCommand(
            "cameras",
            "Lists the cameras, or shows one with its source, faults and last error.",
            "rig cameras",
            "rig cameras cam0                      # why has it no signal?"
        )
        {
            id,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                if (parsed.GetValue(id) is not { } one)
                {
                    var cameras = await client.CamerasAsync(cancellation);
                    if (!await context.WriteJsonAsync(parsed, cameras, json => json.CameraStatusList))
                    {
                        context.Host.Console.Write(StatusView.Cameras(cameras));
                    }

                    return (int)ExitCode.Ok;
                }

                var camera = await client.CameraAsync(one, cancellation);
                if (!await context.WriteJsonAsync(parsed, camera, json => json.CameraStatus))
                {
                    context.Host.Console.Write(StatusView.Cameras([camera]));
                    await WriteDetailAsync(context.Host.Output, camera);
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task WriteDetailAsync(TextWriter output, CameraStatus camera)
    {
        var ingest = camera.Ingest;
        (string Name, string? Value)[] rows =
        [
            ("source", camera.Source),
            ("position", camera.Position),
            ("audio", ingest.AudioCodec),
            ("capture clock", ingest.CaptureClock),
            ("drift", ingest.DriftPpm is { } drift ? $"{Show.Number(drift)} ppm" : null),
            (
                "memory",
                $"{Show.Number(camera.Log.SpanSeconds, "0.0")} s, {Show.Size(camera.Log.Bytes)} of {Show.Size(camera.Log.LimitBytes)}"
            ),
            ("restarts", $"{ingest.Restarts}"),
            ("faults", ingest.Faults.Count == 0 ? null : string.Join(", ", ingest.Faults.Select(fault => $"{fault.Key} {fault.Value}"))),
            ("last error", ingest.LastError ?? camera.Recorder.LastError),
            ("next attempt", ingest.RetryAt is { } retry ? Show.Clock(retry) : null),
        ];
        foreach (var (name, value) in rows.Where(row => row.Value is not null))
        {
            await output.WriteLineAsync($"{name, -14} {value}");
        }

        foreach (var line in (ingest.LastErrorOutput ?? []).Concat(camera.Warnings.Select(warning => $"! {warning}")))
        {
            await output.WriteLineAsync($"  {line}");
        }
    }
}
