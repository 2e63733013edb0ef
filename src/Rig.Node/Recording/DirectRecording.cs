using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Rig.Media.Time;
using Rig.Streams.Recording;
using Rig.Streams.Sources;

namespace Rig.Node.Recording;

/// <summary>What <c>rig record</c> is to do.</summary>
internal sealed record DirectRecordingOptions
{
    public required IReadOnlyList<string> Sources { get; init; }
    public required string Folder { get; init; }
    public required string SessionId { get; init; }
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>
/// Records sources without a node: the data plane alone. A listening TCP source gives a camera for every sender that connects. Ends when
/// every source has ended, or when cancelled; then all files are closed.
/// </summary>
internal sealed class DirectRecording(DirectRecordingOptions options, TimeProvider time, TextWriter console) : IAsyncDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly SourceRegistry _registry = BuiltInSources.Registry();
    private readonly DiskThreads _disk = new();
    private readonly ConcurrentQueue<DirectCamera> _cameras = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private int _numbered;

    /// <summary>Runs to the end; false when something was lost or a source could not be recorded.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        List<Task> runs = [];
        foreach (string text in options.Sources)
        {
            IPEndPoint? listen = new TcpScheme().FindListener(SourceUri.Parse(text));
            runs.Add(listen is null ? RecordAsync(text, cancel) : AcceptAsync(TcpAcceptor.Listen(listen), cancel));
        }

        Task all = Task.WhenAll(runs);
        while (await Task.WhenAny(all, Task.Delay(ReportInterval, time, CancellationToken.None)) != all)
        {
            Report();
        }

        await all;
        return Summarise();
    }

    public ValueTask DisposeAsync()
    {
        _disk.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpAcceptor acceptor, CancellationToken cancel)
    {
        using (acceptor)
        {
            await console.WriteLineAsync($"waiting for senders on port {acceptor.Port}");
            List<Task> cameras = [];
            try
            {
                while (true)
                {
                    string id = NextId();
                    ISource source = await acceptor.AcceptAsync(new SourceContext { CameraId = id, Time = time }, cancel);
                    cameras.Add(RunAsync(new DirectCamera(id, options, _disk, time), source, cancel));
                }
            }
            catch (OperationCanceledException)
            {
                // Interrupted: no more senders.
            }

            await Task.WhenAll(cameras);
        }
    }

    private async Task RecordAsync(string text, CancellationToken cancel)
    {
        string id = NextId();
        ISource source = _registry.Create(text, new SourceContext { CameraId = id, Time = time });
        await RunAsync(new DirectCamera(id, options, _disk, time), source, cancel);
    }

    private async Task RunAsync(DirectCamera camera, ISource source, CancellationToken cancel)
    {
        _cameras.Enqueue(camera);
        await console.WriteLineAsync($"{camera.Id}: {source.Description}");
        if (await camera.RunAsync(source, cancel) is { } problem)
        {
            _problems.Enqueue($"{camera.Id}: {problem}");
            await console.WriteLineAsync($"{camera.Id}: {problem}");
        }
    }

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"cam{Interlocked.Increment(ref _numbered) - 1}");

    private void Report()
    {
        DirectCamera[] cameras = [.. _cameras];
        if (cameras.Length > 0 && !console.Equals(TextWriter.Null))
        {
            double bits = cameras.Sum(camera => camera.Ingest?.GetStatistics().BitsPerSecond ?? 0);
            long bytes = cameras.Sum(camera => camera.Recorded.DurableBytes);
            long dropped = cameras.Sum(camera => camera.Recorded.DroppedUnits);
            console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cameras.Length} cameras, {bits / 1e6:0.0} Mbit/s, {bytes / 1e6:0} MB durable, {dropped} units dropped"
                )
            );
        }
    }

    private bool Summarise()
    {
        foreach (DirectCamera camera in _cameras)
        {
            RecorderStatistics recorded = camera.Recorded;
            console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{camera.Id}: {recorded.Segments} files, {recorded.Frames} frames, {recorded.DurableBytes} bytes, {recorded.DroppedUnits} units dropped"
                )
            );
        }

        return _problems.IsEmpty && _cameras.All(camera => camera.Recorded is { DroppedUnits: 0, Segments: > 0 });
    }
}
