using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>The record path against <c>ffmpeg -c copy</c>: the same load in turn, receivers' cost in a steady window, every picture counted.</summary>
internal static class RecordBench
{
    /// <summary>Not measured: ffmpeg probes an 8 Mbit/s stream for 5 s before it writes.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string nodeProgram, string folder, int streams, int megabits, int seconds, int rounds)
    {
        LoadClip clip = await ClipMaker.MakeAsync(Path.Combine(folder, "clips"), megabits, (int)(Warm + Tail).TotalSeconds + seconds);
        string ffmpeg = (await Tool.RunAsync("ffmpeg", "-version")).Split('\n')[0];
        Console.WriteLine($"{streams} x {megabits} Mbit/s MPEG-TS over TCP, {seconds} s measured, {rounds} rounds in turn; {ffmpeg}");
        Console.WriteLine("| recorder | CPU, cores | memory, MiB | pictures lost | latest send, ms |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        Dictionary<string, List<double>> cores = new(StringComparer.Ordinal);
        long lost = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (Receiver receiver in new Receiver[] { new RigReceiver(nodeProgram), new FfmpegReceiver() })
            {
                Result result = await MeasureAsync(receiver, clip, streams, Path.Combine(folder, "out"), TimeSpan.FromSeconds(seconds));
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {receiver.Name} | {result.Cores:0.000} | {result.MemoryMiB:0} | {result.Lost} | {result.Latest.TotalMilliseconds:0} |"
                    )
                );
                (cores.TryGetValue(receiver.Name, out List<double>? list) ? list : cores[receiver.Name] = []).Add(result.Cores);
                lost += receiver is RigReceiver ? result.Lost : 0;
            }
        }

        double[] medians = [.. cores.Values.Select(Median)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median CPU, rig / ffmpeg: {medians[0] / medians[1]:0.000}"));
        return lost == 0 ? 0 : 1;
    }

    private static async Task<Result> MeasureAsync(Receiver receiver, LoadClip clip, int streams, string folder, TimeSpan window)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        Result result;
        await using (receiver)
        {
            IReadOnlyList<int> ports = await receiver.StartAsync(streams, folder);
            using ManualResetEventSlim connected = new();
            Task<TimeSpan> sending = Task.Factory.StartNew(() => TcpBlaster.Run(clip, ports, connected), TaskCreationOptions.LongRunning);
            connected.Wait();
            await Task.Delay(Warm);
            double before = Usage.CpuSeconds(receiver.Ids);
            System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
            await Task.Delay(window);
            double used = Usage.CpuSeconds(receiver.Ids) - before;
            result = new Result(used / clock.Elapsed.TotalSeconds, Usage.MemoryMiB(receiver.Ids), 0, TimeSpan.Zero);
            result = result with { Latest = await sending };
            await Task.Delay(Tail);
        }

        return result with
        {
            Lost = await LostAsync(clip, streams, folder),
        };
    }

    private static async Task<long> LostAsync(LoadClip clip, int streams, string folder)
    {
        long found = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.mp4", SearchOption.AllDirectories))
        {
            found += await ClipMaker.FramesAsync(file);
        }

        return ((long)clip.Frames * streams) - found;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private sealed record Result(double Cores, double MemoryMiB, long Lost, TimeSpan Latest);
}
