using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rig.Bench.Load;

namespace Rig.Bench.Viewers;

/// <summary>What is asked of a node.</summary>
/// <param name="Cameras">Test cameras that record.</param>
/// <param name="Viewers">Of all cameras together; every third one reads at a tenth of the speed.</param>
internal sealed record ViewersPlan(string Folder, string Node, int Cameras, int Viewers, int Megabits, TimeSpan Window);

/// <summary>
/// A node that records while hundreds watch: its processor time and memory without viewers, with them, and after them; what the quick and the slow ones got; and
/// whether the recording has every picture.
/// </summary>
internal sealed class ViewersBench(ViewersPlan plan)
{
    private const int FramesPerSecond = 30;
    private const string Session = "VIEWERS";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        string folder = Path.Combine(plan.Folder, "viewers");
        Directory.CreateDirectory(folder);
        int port = Ports.Free(1)[0];
        string configuration = Path.Combine(folder, "node.conf");
        await File.WriteAllTextAsync(configuration, Configuration(folder, port), cancel);
        using Process node = Tool.Start(plan.Node, ["node", configuration], Path.Combine(folder, "node.log"));
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        try
        {
            await Ports.WaitForListenersAsync([port], cancel);
            return await MeasureAsync(node, http, folder, cancel);
        }
        finally
        {
            await Tool.EndAsync(node, Patience);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<int> MeasureAsync(Process node, HttpClient http, string folder, CancellationToken cancel)
    {
        await UntilAsync(
            async () =>
                (await CamerasAsync(http, cancel)).All(camera => camera.GetProperty("log").GetProperty("spanSeconds").GetDouble() > 9),
            cancel
        );
        using HttpResponseMessage started = await http.PostAsJsonAsync("/api/v1/start", new { sessionId = Session }, cancel);
        started.EnsureSuccessStatusCode();
        List<Row> rows = [await WindowAsync("none", node, null, cancel)];
        await using (ViewerLoad load = new())
        {
            double slow = plan.Megabits * 1e6 / 8 / 10;
            for (int i = 0; i < plan.Viewers; i++)
            {
                load.Add(new Uri($"ws://127.0.0.1:{http.BaseAddress!.Port}/live/cam{i % plan.Cameras}"), i % 3 == 2 ? slow : null);
            }

            await UntilAsync(() => Task.FromResult(load.Begun >= plan.Viewers), cancel);
            rows.Add(await WindowAsync($"{plan.Viewers}", node, load, cancel));
            rows.Add(await WindowAsync($"{plan.Viewers}, later", node, load, cancel));
            Console.WriteLine(
                $"Connections that ended by themselves: {load.Ended}; drops told to quick viewers {load.Drops}, to slow ones {load.SlowDrops}."
            );
        }

        rows.Add(await WindowAsync("none again", node, null, cancel));
        Print(rows);
        using HttpResponseMessage stopped = await http.PostAsJsonAsync("/api/v1/stop", new { sessionId = Session }, cancel);
        stopped.EnsureSuccessStatusCode();
        return await CheckAsync(folder, cancel);
    }

    /// <summary>Every recorded picture follows the one before it by one frame, and no manifest names a gap.</summary>
    private async Task<int> CheckAsync(string folder, CancellationToken cancel)
    {
        long wrong = 0;
        long frames = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.mp4", SearchOption.AllDirectories))
        {
            string times = await Tool.RunAsync(
                "ffprobe",
                $"-v error -select_streams v -show_entries packet=pts_time -of csv=p=0 {file}",
                cancel
            );
            double[] all =
            [
                .. times
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture)),
            ];
            frames += all.Length;
            wrong += all.Zip(all.Skip(1)).Count(pair => Math.Abs(pair.Second - pair.First - (1.0 / FramesPerSecond)) > 0.01);
        }

        foreach (string manifest in Directory.EnumerateFiles(folder, $"{Session}_*.json", SearchOption.AllDirectories))
        {
            using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(manifest, cancel));
            wrong += document.RootElement.GetProperty("segments").EnumerateArray().Sum(Gaps);
        }

        Console.WriteLine($"Recorded pictures: {frames}; missing, repeated or out of place: {wrong}.");
        Console.WriteLine();
        return wrong == 0 && frames > 0 ? 0 : 1;
    }

    private static int Gaps(JsonElement segment) =>
        segment.TryGetProperty("gaps", out JsonElement gaps) && gaps.ValueKind == JsonValueKind.Array ? gaps.GetArrayLength() : 0;

    private async Task<Row> WindowAsync(string name, Process node, ViewerLoad? load, CancellationToken cancel)
    {
        double cpu = Usage.CpuSeconds([node.Id]);
        (long quick, long slow, long bytes) = (load?.Fragments ?? 0, load?.SlowFragments ?? 0, load?.Bytes ?? 0);
        long begun = Stopwatch.GetTimestamp();
        double memory = 0;
        while (Stopwatch.GetElapsedTime(begun) < plan.Window)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
            memory = Math.Max(memory, Usage.MemoryMiB([node.Id]));
        }

        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        int slowViewers = plan.Viewers / 3;
        return new Row(
            name,
            (Usage.CpuSeconds([node.Id]) - cpu) / seconds,
            memory,
            ((load?.Fragments ?? 0) - quick) / seconds / Math.Max(1, plan.Viewers - slowViewers),
            ((load?.SlowFragments ?? 0) - slow) / seconds / Math.Max(1, slowViewers),
            ((load?.Bytes ?? 0) - bytes) * 8 / seconds / 1e6
        );
    }

    private static void Print(IEnumerable<Row> rows)
    {
        Console.WriteLine(
            "| viewers | node's CPU, cores | node's memory at most, MiB (proportional) | pictures a second, quick viewer | slow viewer | Mbit/s in all |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (Row row in rows)
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {row.Viewers} | {row.Cores:0.00} | {row.Memory:0} | {row.Quick:0.0} | {row.Slow:0.0} | {row.Megabits:0} |"
                )
            );
        }

        Console.WriteLine();
    }

    private static async Task<JsonElement[]> CamerasAsync(HttpClient http, CancellationToken cancel) =>
        [.. (await http.GetFromJsonAsync<JsonElement>("/api/v1/cameras", cancel)).EnumerateArray()];

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private string Configuration(string folder, int port)
    {
        IEnumerable<string> cameras = Enumerable
            .Range(0, plan.Cameras)
            .Select(camera => $"cam{camera}.source = \"test:1280x720@{FramesPerSecond}?bitrate={plan.Megabits}M\"");
        return $$"""
            node { id = BENCH, data = "{{folder}}" }
            http.port = {{port}}
            rtsp.enabled = false
            live { viewers = {{plan.Viewers + 10}}, cameraViewers = {{plan.Viewers + 10}} }
            gates { clockBlock = warn, diskWarn = 2%, diskBlock = 1% }
            cameras { {{string.Join("\n", cameras)}} }
            """;
    }

    private sealed record Row(string Viewers, double Cores, double Memory, double Quick, double Slow, double Megabits);
}
