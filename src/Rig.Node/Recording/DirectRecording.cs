using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rig.Media.Time;
using Rig.Streams.Log;
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

    /// <summary>Senders of a listening source recorded at once; more are turned away. Far above the 25 that a machine is sized for.</summary>
    public int MostSenders { get; init; } = 64;
}

/// <summary>
/// Records sources without a node: the data plane alone. A listening TCP source gives a camera for every sender that connects. Ends when
/// every source has ended, or when cancelled; then all files are closed.
/// </summary>
internal sealed class DirectRecording(DirectRecordingOptions options, TimeProvider time, TextWriter console) : IAsyncDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>After a sender that could not be taken: with no file handle left the next attempt fails at once too.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(200);

    private readonly SourceRegistry _registry = BuiltInSources.Registry();
    private readonly DiskThreads _disk = new();

    /// <summary>For all cameras together: half the machine at most, as in a node.</summary>
    private readonly LogBudget _budget = new(Math.Min(LogBudget.DefaultBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2));
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
                for (string id = NextId(); ; )
                {
                    cameras.RemoveAll(static camera => camera.IsCompletedSuccessfully);
                    if (await TakeAsync(acceptor, id, cancel) is not { } source)
                    {
                        continue;
                    }

                    if (cameras.Count >= options.MostSenders)
                    {
                        await console.WriteLineAsync($"{source.Description}: turned away, {cameras.Count} senders are recorded already");
                        await source.DisposeAsync();
                        continue;
                    }

                    cameras.Add(RunAsync(Camera(id), source, cancel));
                    id = NextId();
                }
            }
            catch (OperationCanceledException)
            {
                // Interrupted: no more senders.
            }

            await Task.WhenAll(cameras);
        }
    }

    /// <summary>The next sender; null when it could not be taken, which ends neither the listening nor the other cameras.</summary>
    private async Task<ISource?> TakeAsync(TcpAcceptor acceptor, string id, CancellationToken cancel)
    {
        try
        {
            return await acceptor.AcceptAsync(new SourceContext { CameraId = id, Time = time }, cancel);
        }
        catch (SocketException failure)
        {
            await console.WriteLineAsync($"a sender could not be taken: {failure.Message}; the others go on");
            await Task.Delay(AcceptPause, time, cancel);
            return null;
        }
    }

    private DirectCamera Camera(string id) => new(id, options, _budget, _disk, time);

    private async Task RecordAsync(string text, CancellationToken cancel)
    {
        string id = NextId();
        ISource source = _registry.Create(text, new SourceContext { CameraId = id, Time = time });
        await RunAsync(Camera(id), source, cancel);
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
