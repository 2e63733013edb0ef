using System.Diagnostics;
using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>A recorder under load: its processes, and where its files appear. Disposing ends the processes and waits for their files.</summary>
internal abstract class Receiver(string name) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Process> _processes = [];

    public string Name { get; } = name;

    /// <summary>How one stream is recorded, for the report.</summary>
    public abstract string Command { get; }

    public IReadOnlyList<int> Ids => [.. _processes.Select(process => process.Id)];

    /// <summary>Starts it; returns the port of each stream once all listen.</summary>
    public async Task<IReadOnlyList<int>> StartAsync(int streams, string folder, CancellationToken cancel)
    {
        IReadOnlyList<int> ports = Start(streams, folder);
        await Ports.WaitForListenersAsync([.. ports.Distinct()], cancel);
        return ports;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(process => Tool.EndAsync(process, Patience)));
        _processes.ForEach(process => process.Dispose());
        _processes.Clear();
    }

    protected abstract IReadOnlyList<int> Start(int streams, string folder);

    protected void Run(string program, IEnumerable<string> arguments, string log) => _processes.Add(Tool.Start(program, arguments, log));
}

/// <summary><c>rig record tcp://:PORT</c>: one process, every connection a camera.</summary>
internal sealed class RigReceiver(string program) : Receiver("rig")
{
    public override string Command => "rig record tcp://:PORT --dir DIR";

    protected override IReadOnlyList<int> Start(int streams, string folder)
    {
        int port = Ports.Free(1)[0];
        Run(
            program,
            ["record", string.Create(CultureInfo.InvariantCulture, $"tcp://:{port}"), "--dir", folder],
            Path.Combine(folder, "rig.log")
        );
        return [.. Enumerable.Repeat(port, streams)];
    }
}

/// <summary><c>ffmpeg -c copy</c> into fragmented MP4, a process each.</summary>
internal sealed class FfmpegReceiver() : Receiver("ffmpeg -c copy")
{
    private const string Input = "-hide_banner -nostdin -loglevel warning -y -i";
    private const string Output = "-c copy -bsf:a aac_adtstoasc -f mp4 -movflags +frag_keyframe+empty_moov";

    public override string Command => $"ffmpeg {Input} tcp://127.0.0.1:PORT?listen {Output} FILE";

    protected override IReadOnlyList<int> Start(int streams, string folder)
    {
        IReadOnlyList<int> ports = Ports.Free(streams);
        foreach (int port in ports)
        {
            string[] arguments =
            [
                .. Input.Split(' '),
                $"tcp://127.0.0.1:{port}?listen",
                .. Output.Split(' '),
                Path.Combine(folder, $"{port}.mp4"),
            ];
            Run("ffmpeg", arguments, Path.Combine(folder, $"{port}.log"));
        }

        return ports;
    }
}
