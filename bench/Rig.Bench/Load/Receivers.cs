using System.Diagnostics;
using System.Net.NetworkInformation;

namespace Rig.Bench.Load;

/// <summary>A recorder under load: its processes, and where its files appear.</summary>
internal abstract class Receiver(string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    public List<Process> Processes { get; } = [];

    /// <summary>Starts it; returns the port of each stream once all listen.</summary>
    public abstract Task<IReadOnlyList<int>> StartAsync(int streams, string folder);

    public IReadOnlyList<int> Ids => [.. Processes.Select(process => process.Id)];

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in Processes)
        {
            await Tool.EndAsync(process, TimeSpan.FromSeconds(60));
            process.Dispose();
        }

        Processes.Clear();
    }

    protected static async Task WaitForListenersAsync(IReadOnlyCollection<int> ports)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            HashSet<int> listening = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
            if (ports.All(listening.Contains))
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("The receiver does not listen.");
    }
}

/// <summary><c>rig record tcp://127.0.0.1:PORT</c>: one process, every connection a camera.</summary>
internal sealed class RigReceiver(string program) : Receiver("rig")
{
    private const int Port = 21900;

    public override async Task<IReadOnlyList<int>> StartAsync(int streams, string folder)
    {
        Processes.Add(Tool.Start(program, ["record", $"tcp://127.0.0.1:{Port}", "--dir", folder], Path.Combine(folder, "rig.log")));
        await WaitForListenersAsync([Port]);
        return [.. Enumerable.Repeat(Port, streams)];
    }
}

/// <summary><c>ffmpeg -c copy</c> into fragmented MP4, a process each.</summary>
internal sealed class FfmpegReceiver() : Receiver("ffmpeg -c copy")
{
    private const int FirstPort = 21000;

    public override async Task<IReadOnlyList<int>> StartAsync(int streams, string folder)
    {
        int[] ports = [.. Enumerable.Range(FirstPort, streams)];
        foreach (int port in ports)
        {
            Processes.Add(
                Tool.Start(
                    "ffmpeg",
                    [
                        .. "-hide_banner -nostdin -loglevel warning -y -i".Split(' '),
                        $"tcp://127.0.0.1:{port}?listen",
                        .. "-c copy -bsf:a aac_adtstoasc -f mp4 -movflags +frag_keyframe+empty_moov".Split(' '),
                        Path.Combine(folder, $"cam{port - FirstPort}.mp4"),
                    ],
                    Path.Combine(folder, $"ffmpeg{port - FirstPort}.log")
                )
            );
        }

        await WaitForListenersAsync(ports);
        return ports;
    }
}
