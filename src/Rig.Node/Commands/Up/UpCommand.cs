using System.CommandLine;

namespace Rig.Node.Commands.Up;

/// <summary><c>up</c>: a whole demo rig on this machine, with cameras that need no hardware.</summary>
internal static class UpCommand
{
    /// <summary>A clip of real pictures that developers may have beside the checkout.</summary>
    private const string SharedClip = "../shared/media/ts/80s_with_ad.ts";

    /// <summary>Each node is a process of its own; more than this and a desktop does nothing else.</summary>
    private const int MostNodes = 100;

    public static Command Create()
    {
        Option<int> nodes = new("--nodes") { Description = "How many nodes: CAM_L, CAM_C, CAM_R, CAM_4 ...", DefaultValueFactory = _ => 3 };
        Option<int?> port = new("--port") { Description = "TCP port of the first node; the first free one from 8080 when left out." };
        Option<string> data = new("--data") { Description = "Folder for recordings and state.", DefaultValueFactory = _ => "demo" };
        Option<string?> clip = new("--clip")
        {
            Description = "A TS, MP4 or Annex B file that a third camera of the first node plays in a loop.",
        };
        Option<bool> open = new("--open") { Description = "Asks nobody for a right. Only this machine reaches the rig." };
        nodes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostNodes)
            {
                result.AddError($"--nodes takes 1 to {MostNodes}.");
            }
        });
        Command command = new("up", "Runs a demo rig on this machine until Ctrl-C.") { nodes, port, data, clip, open };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    parsed.GetValue(nodes),
                    parsed.GetValue(port),
                    Path.GetFullPath(parsed.GetValue(data)!),
                    parsed.GetValue(clip),
                    parsed.GetValue(open),
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(int nodes, int? port, string data, string? clip, bool open, CancellationToken cancel)
    {
        string home = Environment.GetEnvironmentVariable("RIG_HOME") ?? Environment.CurrentDirectory;
        clip ??= File.Exists(Path.Combine(home, SharedClip)) ? Path.Combine(home, SharedClip) : null;
        UpPlan plan = UpPlan.Make(data, nodes, port);
        if (plan.TakenPort() is { } taken)
        {
            await Console.Error.WriteLineAsync(
                $"Port {taken}, which the rig in {data} had, is taken. Is it running already? Otherwise use another folder: --data DIR."
            );
            return ExitCodes.Failed;
        }

        await using DemoRig rig = new(data, home, plan, clip, open, TimeProvider.System);
        try
        {
            await rig.StartAsync(Console.WriteLine, cancel);
            Console.WriteLine(Words(plan, data, await rig.LinkAsync(cancel)));
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync($"The rig cannot start: {error.Message}");
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Console.WriteLine("Ending; files are being closed ...");
        }

        return ExitCodes.Ok;
    }

    /// <param name="link">Signs one browser in; null where nobody is asked for a right.</param>
    private static string Words(UpPlan plan, string data, string? link)
    {
        string first = plan.Nodes[0].Http;
        string at = first.EndsWith(":8080", StringComparison.Ordinal) ? "" : $" --node {first}";
        string addresses = string.Join("\n", plan.Nodes.Select(node => $"  {node.Id, -6}  {node.Http}"));
        return $"""

            The rig is up:
            {addresses}

            Try in another terminal; any node answers for all (--node URL):
              ./rig status{at}
              ./rig start --session DEMO{at}
              ./rig mark "kick-off"{at}
              ./rig stop{at}
              ./rig verify {data}/*/recordings/DEMO/*.mp4
              ./rig cluster show{at}
            Open {link ?? first}
            {(
                link is null ? "" : $"in a browser: it signs you in as admin, once. Another link: ./rig login --link{at}\n"
            )}The API: {first}/openapi/v1.json. Recordings are in {data}/NODE/recordings.
            Ctrl-C ends it.
            """;
    }
}
