using System.Diagnostics;
using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>The record path against <c>ffmpeg -c copy</c>: the same load in turn, receivers' cost in a steady window, every picture counted.</summary>
internal sealed class RecordBench(LoadPlan plan, string node, string only)
{
    /// <summary>What a receiver may still have in its buffers when the last sender has closed.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, List<Result>> _results = new(StringComparer.Ordinal);

    /// <summary>Runs all rounds. 1: the rig lost something.</summary>
    public async Task<int> RunAsync(int rounds, CancellationToken cancel)
    {
        LoadClip clip = await plan.MakeClipAsync(cancel);
        await PrintHeadAsync(clip, rounds, cancel);
        bool whole = true;
        plan.Clean();
        using Ballast ballast = new(BackedBytes(clip));
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                // Who comes first changes: the state in which one leaves the machine is another's beginning.
                IEnumerable<Receiver> receivers = round % 2 == 0 ? Receivers() : Receivers().Reverse();
                foreach (Receiver receiver in receivers)
                {
                    Result result = await MeasureAsync(receiver, clip, cancel);
                    Print(receiver.Name, result);
                    Results(receiver.Name).Add(result);
                    whole &= receiver is not RigReceiver || result.Findings.IsWhole;
                }
            }
        }
        finally
        {
            plan.Clean();
        }

        PrintRatios();
        return whole ? 0 : 1;
    }

    private IEnumerable<Receiver> Receivers()
    {
        if (only != "ffmpeg")
        {
            yield return new RigReceiver(node);
        }

        if (only != "rig")
        {
            yield return new FfmpegReceiver();
        }
    }

    private List<Result> Results(string name) => _results.TryGetValue(name, out List<Result>? list) ? list : _results[name] = [];

    /// <summary>Recordings in the page cache, and the rig's logs or ffmpeg's processes.</summary>
    private long BackedBytes(LoadClip clip)
    {
        const long Receivers = 4L << 30;
        return ((long)clip.Bytes.Length * plan.Streams) + Receivers;
    }

    private async Task<Result> MeasureAsync(Receiver receiver, LoadClip clip, CancellationToken cancel)
    {
        string folder = plan.Prepare();
        Result result;
        await using (receiver)
        {
            IReadOnlyList<int> ports = await receiver.StartAsync(plan.Streams, folder, cancel);
            TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<TimeSpan> sending = TcpBlaster.RunAsync(clip, ports, connected, cancel);
            await connected.Task;
            await Task.Delay(LoadPlan.Warm, cancel);
            (double cores, double own) = await CoresAsync(receiver.Ids, cancel);
            result = new Result(cores, Usage.MemoryMiB(receiver.Ids), own, await sending, null!);
            await Task.Delay(Drain, cancel);
        }

        return result with
        {
            Findings = await MediaCheck.CheckAsync(clip, plan.Streams, folder, cancel),
        };
    }

    /// <summary>Processor seconds a second of the receivers and of this program, over the window.</summary>
    private async Task<(double Receivers, double Own)> CoresAsync(IReadOnlyList<int> ids, CancellationToken cancel)
    {
        (double receivers, double own) = (Usage.CpuSeconds(ids), Environment.CpuUsage.TotalTime.TotalSeconds);
        var clock = Stopwatch.StartNew();
        await Task.Delay(plan.Window, cancel);
        double seconds = clock.Elapsed.TotalSeconds;
        return ((Usage.CpuSeconds(ids) - receivers) / seconds, (Environment.CpuUsage.TotalTime.TotalSeconds - own) / seconds);
    }

    private async Task PrintHeadAsync(LoadClip clip, int rounds, CancellationToken cancel)
    {
        string ffmpeg = (await Tool.RunAsync("ffmpeg", "-version", cancel)).Split('\n')[0];
        Console.WriteLine($"{plan}, {rounds} rounds in turn; {clip.Pictures} pictures and {clip.Sounds} audio frames a stream");
        Console.WriteLine($".NET {Environment.Version}; {ffmpeg}");
        foreach (Receiver receiver in Receivers())
        {
            Console.WriteLine($"{receiver.Name}: `{receiver.Command}`");
        }

        Console.WriteLine();
        Console.WriteLine(
            "| recorder | CPU, cores | memory, MiB | files wrong | pictures wrong | audio frames wrong | decode errors | latest send, ms | sender, cores |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    }

    private static void Print(string name, Result result)
    {
        MediaCheck.Findings found = result.Findings;
        int decode = found.DecodeErrors.Length == 0 ? 0 : found.DecodeErrors.Split('\n').Length;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {result.Cores:0.000} | {result.MemoryMiB:0} | {found.Files} | {found.Pictures} | {found.Sounds} | {decode} | {result.Latest.TotalMilliseconds:0} | {result.Sender:0.000} |"
            )
        );
    }

    private void PrintRatios()
    {
        Console.WriteLine();
        foreach ((string name, List<Result> results) in _results)
        {
            double cores = Statistics.Median(results.Select(result => result.Cores));
            double memory = Statistics.Median(results.Select(result => result.MemoryMiB));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, medians: {cores:0.000} cores, {memory:0} MiB"));
        }

        if (_results.Count == 2)
        {
            (List<Result> rig, List<Result> peer) = (_results["rig"], _results.First(pair => pair.Key != "rig").Value);
            double cpu = Statistics.Median(rig.Zip(peer, (mine, theirs) => mine.Cores / theirs.Cores));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU, rig / ffmpeg, median of the rounds: {cpu:0.00}"));
        }
    }

    private sealed record Result(double Cores, double MemoryMiB, double Sender, TimeSpan Latest, MediaCheck.Findings Findings);
}
