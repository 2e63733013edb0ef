using System.CommandLine;
using Rig.Cli.Client;
using Rig.Cli.Output;
using Rig.Contracts.Cameras;

namespace Rig.Cli.Commands;

/// <summary><c>rig snapshot [CAMERA...]</c></summary>
internal static class SnapshotCommand
{
    public static Command Create(CommandContext context)
    {
        var cameras = new Argument<string[]>("CAMERA")
        {
            Description = "cam0 of the node that is asked, CAM_L/cam0 of any. All cameras of the rig when none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "An instant inside the cameras' memory, if not now; the same for all.",
            HelpName = "INSTANT",
            CustomParser = Instant.Parse,
        };
        var output = new Option<string?>("--to") { Description = "Also fetches the pictures into this folder.", HelpName = "DIR" };
        var width = new Option<int?>("--width") { Description = "Pixels; the camera's own size when left out." };
        var quality = new Option<int?>("--quality") { Description = "1 to 100." };
        var command = new RigCommand(
            "snapshot",
            "Takes a picture of every camera at one instant, or of the cameras named.",
            "rig snapshot",
            "rig snapshot CAM_L/cam0 --to .",
            "rig snapshot --at 2026-03-01T15:32:10Z --width 1280"
        )
        {
            cameras,
            at,
            output,
            width,
            quality,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                string[] named = parsed.GetValue(cameras) ?? [];
                var taken = await client.SnapshotsAsync(
                    new TakeSnapshots
                    {
                        Cameras = named.Length == 0 ? null : named,
                        At = parsed.GetValue(at),
                        Width = parsed.GetValue(width),
                        Quality = parsed.GetValue(quality),
                    },
                    cancellation
                );
                if (parsed.GetValue(output) is { } folder)
                {
                    await FetchAsync(client, taken, folder, cancellation);
                }

                if (!await context.WriteJsonAsync(parsed, taken, json => json.SnapshotsTaken))
                {
                    foreach (var camera in taken.Cameras)
                    {
                        await context.Host.Output.WriteLineAsync(Line(camera));
                    }
                }

                return (int)(taken.Cameras.All(camera => camera.Problem is null) ? ExitCode.Ok : ExitCode.Partly);
            }
        );
        return command;
    }

    private static string Line(SnapshotOutcome camera) =>
        camera.Snapshot is { } picture
            ? $"{camera.Camera}  {Show.Clock(picture.Capture)}  {picture.Width}x{picture.Height}  {picture.Bytes / 1000} kB  {picture.File}"
            : $"{camera.Camera}  {camera.Problem?.Detail ?? camera.Problem?.Title} {camera.Problem?.Remedy}";

    private static async Task FetchAsync(NodeClient client, SnapshotsTaken taken, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        foreach (var picture in taken.Cameras.Select(camera => camera.Snapshot).OfType<SnapshotInfo>())
        {
            if (picture is { Url: { } url, File: { } file })
            {
                await client.FetchAsync(url, Path.Combine(folder, $"{picture.Node}_{Path.GetFileName(file)}"), cancellation);
            }
        }
    }
}
