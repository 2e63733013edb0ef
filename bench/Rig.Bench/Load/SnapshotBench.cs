using System.Diagnostics;
using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>
/// From request to JPEG of a 1080p camera: one after the other, each of another key picture, in turn with ffmpeg decoding the same kind of picture from a pipe
/// (its process start included, as a program without a waiting decoder pays it); then twenty at once, each to be decoded by itself.
/// </summary>
internal sealed class SnapshotBench(string folder, string node)
{
    private const int AtOnce = 20;

    /// <summary>Longer than a GOP of the clip, so that no answer is another's.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1100);

    public async Task<int> RunAsync(int rounds, CancellationToken cancel)
    {
        LoadClip clip = await ClipMaker.MakeAsync(folder, megabits: 8, seconds: 10, cancel);
        string key = await KeyPictureAsync(clip.Path, cancel);
        int port = Ports.Free(1)[0];
        string data = Path.Combine(folder, "snapshots");
        Directory.CreateDirectory(data);
        string configuration = Path.Combine(data, "node.conf");
        await File.WriteAllTextAsync(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $"node {{ id = BENCH, data = \"{data}\" }}\nhttp.port = {port}\ncluster.engine = embedded\ncameras.cam0.source = \"file:{clip.Path}?loop\"\n"
            ),
            cancel
        );
        using Process process = Tool.Start(node, ["node", configuration], Path.Combine(data, "node.log"));
        try
        {
            await Ports.WaitForListenersAsync([port], cancel);
            using HttpClient http = new()
            {
                BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
            };
            await FirstAsync(http, cancel);
            await OneByOneAsync(http, key, rounds, cancel);
            return await AtOnceAsync(http, cancel);
        }
        finally
        {
            await Tool.EndAsync(process, TimeSpan.FromSeconds(30));
            Directory.Delete(data, recursive: true);
        }
    }

    private async Task<string> KeyPictureAsync(string clip, CancellationToken cancel)
    {
        string key = Path.Combine(folder, "key.h264");
        await Tool.RunAsync("ffmpeg", $"-hide_banner -loglevel error -y -i {clip} -map 0:v -frames:v 1 -c copy -f h264 {key}", cancel);
        return key;
    }

    private static async Task FirstAsync(HttpClient http, CancellationToken cancel)
    {
        const int attempts = 200;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            using HttpResponseMessage answer = await http.GetAsync("/snapshot/cam0.jpg", cancel);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(Pause, cancel);
        }

        throw new TimeoutException("The camera gave no picture.");
    }

    private static async Task OneByOneAsync(HttpClient http, string key, int rounds, CancellationToken cancel)
    {
        List<double> warm = [];
        List<double> peer = [];
        SortedDictionary<string, int> sources = new(StringComparer.Ordinal);
        for (int round = 0; round < rounds; round++)
        {
            await Task.Delay(Pause, cancel);
            long begun = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await http.GetAsync("/snapshot/cam0.jpg", cancel);
            byte[] jpeg = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancel);
            warm.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            string source = answer.Headers.GetValues("X-Snapshot-Source").Single();
            sources[source] = sources.GetValueOrDefault(source) + 1;
            if (jpeg is not [0xFF, 0xD8, ..])
            {
                throw new InvalidOperationException("What came is no JPEG.");
            }

            begun = Stopwatch.GetTimestamp();
            await Tool.RunAsync(
                "ffmpeg",
                $"-hide_banner -loglevel error -y -probesize 32 -analyzeduration 0 -f h264 -i {key} -frames:v 1 -q:v 4 -f mjpeg {key}.jpg",
                cancel
            );
            peer.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        double ratio = Statistics.Median(warm.Zip(peer, (mine, theirs) => mine / theirs));
        Console.WriteLine("| 1080p, request to JPEG | median ms | least ms | most ms |");
        Console.WriteLine("| --- | --- | --- | --- |");
        Write("rig: GET /snapshot/cam0.jpg", warm);
        Write("ffmpeg from a key picture, started for it", peer);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nratio of the pairs, median: {ratio:0.00}; ways: {string.Join(", ", sources.Select(way => $"{way.Key} {way.Value}"))}\n"
            )
        );
    }

    private static void Write(string name, List<double> times) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Statistics.Median(times):0.0} | {times.Min():0.0} | {times.Max():0.0} |"
            )
        );

    /// <summary>Of another quality each, so that none shares its picture with another. Fails when one does.</summary>
    private static async Task<int> AtOnceAsync(HttpClient http, CancellationToken cancel)
    {
        long begun = Stopwatch.GetTimestamp();
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(i => http.GetAsync($"/snapshot/cam0.jpg?quality={60 + i}", cancel))
        );
        double all = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        int failed = answers.Count(answer => !answer.IsSuccessStatusCode);
        begun = Stopwatch.GetTimestamp();
        HttpResponseMessage[] equal = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(_ => http.GetAsync("/snapshot/cam0.jpg", cancel))
        );
        double shared = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        failed += equal.Count(answer => !answer.IsSuccessStatusCode);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{AtOnce} at once: all different {all:0} ms to the last, all alike {shared:0} ms to the last, failed {failed} of {2 * AtOnce}\n"
            )
        );
        return failed == 0 ? 0 : 1;
    }
}
