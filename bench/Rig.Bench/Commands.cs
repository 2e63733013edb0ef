using System.CommandLine;
using Rig.Bench.Load;
using Rig.Bench.Micro;
using Rig.Bench.Viewers;

namespace Rig.Bench;

/// <summary>The commands and their options. What they measure is in <c>Load</c> (whole recorders under load) and <c>Micro</c> (single parts).</summary>
internal static class Commands
{
    /// <summary>After Ctrl-C the recorders under test are given so long to close 25 files each.</summary>
    public static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(90);

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often each is measured, in turn.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string> Folder = new("--dir")
    {
        Description = "Where clips and recordings go; recordings are deleted at the end.",
        DefaultValueFactory = _ => Path.Combine(Repository.Root, "artifacts", "bench"),
    };

    private static readonly Option<int> Streams = new("--streams") { Description = "Senders at once.", DefaultValueFactory = _ => 25 };
    private static readonly Option<int> Megabits = new("--megabits") { Description = "Mbit/s of each.", DefaultValueFactory = _ => 50 };
    private static readonly Option<int> Seconds = new("--seconds")
    {
        Description = "Length of the measured window.",
        DefaultValueFactory = _ => 15,
    };

    public static Command Record()
    {
        Option<string> node = new("--node") { Description = "The rig-node to measure.", DefaultValueFactory = _ => Repository.Node };
        Option<string> only = new("--only") { Description = "One recorder alone, for profiling.", DefaultValueFactory = _ => "all" };
        only.AcceptOnlyFromAmong("all", "rig", "ffmpeg");
        Command command = new("record", "Recording MPEG-TS over TCP against ffmpeg -c copy.")
        {
            Streams,
            Megabits,
            Seconds,
            Rounds,
            Folder,
            node,
            only,
        };
        command.SetAction(
            (parsed, cancel) =>
            {
                LoadPlan load = LoadOf(parsed);
                return Guard(() =>
                    new RecordBench(load, parsed.GetValue(node)!, parsed.GetValue(only)!).RunAsync(parsed.GetValue(Rounds), cancel)
                );
            }
        );
        return command;
    }

    public static Command Inside()
    {
        Command command = new("path", "The record path inside this process: allocation, pauses, memory beside the log.")
        {
            Streams,
            Megabits,
            Seconds,
            Folder,
        };
        command.SetAction((parsed, cancel) => Guard(() => PathBench.RunAsync(LoadOf(parsed), cancel)));
        return command;
    }

    public static Command Viewers()
    {
        Option<int> viewers = new("--viewers") { Description = "Viewers; every third one is slow.", DefaultValueFactory = _ => 500 };
        Option<int> cameras = new("--cameras")
        {
            Description = "Cameras, which record and share the viewers.",
            DefaultValueFactory = _ => 1,
        };
        Option<int> megabits = new("--megabits") { Description = "Mbit/s of each camera.", DefaultValueFactory = _ => 2 };
        Option<string> node = new("--node") { Description = "The rig-node to measure.", DefaultValueFactory = _ => Repository.Node };
        Command command = new("viewers", "A node that records while hundreds watch, a third of them at a tenth of the speed.")
        {
            viewers,
            cameras,
            megabits,
            Seconds,
            Rounds,
            Folder,
            node,
        };
        command.SetAction(
            (parsed, cancel) =>
                Guard(async () =>
                {
                    await FeedBench.RunAsync(parsed.GetValue(viewers), parsed.GetValue(Rounds), cancel);
                    ViewersPlan plan = new(
                        Path.GetFullPath(parsed.GetValue(Folder)!),
                        parsed.GetValue(node)!,
                        parsed.GetValue(cameras),
                        parsed.GetValue(viewers),
                        parsed.GetValue(megabits),
                        TimeSpan.FromSeconds(parsed.GetValue(Seconds))
                    );
                    return await new ViewersBench(plan).RunAsync(cancel);
                })
        );
        return command;
    }

    public static Command Snapshots()
    {
        Option<int> rounds = new("--rounds") { Description = "Snapshots, one after the other.", DefaultValueFactory = _ => 15 };
        Option<string> node = new("--node") { Description = "The rig-node to measure.", DefaultValueFactory = _ => Repository.Node };
        Command command = new("snapshots", "From request to JPEG of a 1080p camera, against ffmpeg started for each; and 20 at once.")
        {
            rounds,
            Folder,
            node,
        };
        command.SetAction(
            (parsed, cancel) =>
                Guard(() =>
                    new SnapshotBench(Path.GetFullPath(parsed.GetValue(Folder)!), parsed.GetValue(node)!).RunAsync(
                        parsed.GetValue(rounds),
                        cancel
                    )
                )
        );
        return command;
    }

    public static Command Kernel() =>
        Micro("kernel", "Actors against channels.", (rounds, _, cancel) => KernelBench.RunAsync(rounds, cancel));

    public static Command Parsers() => Micro("parsers", "Demultiplexer, parsers, timeline, writer against memcpy.", ParserBench.RunAsync);

    public static Command Log() =>
        Micro("log", "A GOP log with 1, 100, 1,000 waiting readers.", (rounds, _, cancel) => LogBench.RunAsync(rounds, cancel));

    public static Command All()
    {
        Command command = new("all", "Everything, one after the other, with the default settings.");
        command.SetAction(
            async (_, cancel) =>
            {
                string[][] runs =
                [
                    ["log"],
                    ["kernel"],
                    ["parsers"],
                    ["path"],
                    ["snapshots"],
                    ["record"],
                    ["record", "--megabits", "8"],
                    ["viewers"],
                ];
                RootCommand root = new() { Record(), Inside(), Snapshots(), Kernel(), Parsers(), Log(), Viewers() };
                int worst = 0;
                foreach (string[] run in runs)
                {
                    Console.WriteLine($"## ./rig bench {string.Join(' ', run)}");
                    worst = Math.Max(worst, await root.Parse(run).InvokeAsync(cancellationToken: cancel));
                }

                return worst;
            }
        );
        return command;
    }

    private static Command Micro(string name, string description, Func<int, string, CancellationToken, Task> run)
    {
        Command command = new(name, description) { Rounds, Folder };
        command.SetAction(
            (parsed, cancel) =>
                Guard(async () =>
                {
                    await run(parsed.GetValue(Rounds), parsed.GetValue(Folder)!, cancel);
                    return 0;
                })
        );
        return command;
    }

    private static LoadPlan LoadOf(ParseResult parsed) =>
        new(
            Path.GetFullPath(parsed.GetValue(Folder)!),
            parsed.GetValue(Streams),
            parsed.GetValue(Megabits),
            TimeSpan.FromSeconds(parsed.GetValue(Seconds))
        );

    private static async Task<int> Guard(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            const int Interrupted = 130;
            return Interrupted;
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or TimeoutException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }
}
