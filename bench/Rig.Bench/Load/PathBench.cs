using System.Globalization;
using System.Net;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Recording;
using Rig.Streams.Sources;
using Rig.Streams.Sources.Ingest;

namespace Rig.Bench.Load;

/// <summary>
/// The same parts as <c>rig record</c> runs, inside this process, where the runtime's own counts can be read: what a unit allocates, how
/// long the collector stops everything, what is used beside the logs. The sender shares the process; it allocates nothing while it sends.
/// </summary>
internal static class PathBench
{
    /// <summary>Runs once. 1: units were lost.</summary>
    public static async Task<int> RunAsync(LoadPlan plan, CancellationToken cancel)
    {
        LoadClip clip = await plan.MakeClipAsync(cancel);
        string folder = plan.Prepare();
        LogBudget budget = new();
        using DiskThreads disk = new();
        using var acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            Task<TimeSpan> sending = TcpBlaster.RunAsync(clip, [.. Enumerable.Repeat(acceptor.Port, plan.Streams)], connected, cancel);
            List<Camera> cameras = [];
            List<Task> runs = [];
            for (int i = 0; i < plan.Streams; i++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"cam{i}");
                Camera camera = new(id, folder, await acceptor.AcceptAsync(new SourceContext { CameraId = id }, cancel), budget, disk);
                cameras.Add(camera);
                runs.Add(RunAsync(camera, cancel));
            }

            await connected.Task;
            await Task.Delay(LoadPlan.Warm, cancel);
            Reading before = Reading.Now(cameras);
            await Task.Delay(plan.Window, cancel);
            Reading after = Reading.Now(cameras);
            double rest = Usage.MemoryMiB([Environment.ProcessId]) - ((budget.UsedBytes + clip.Bytes.Length) / (double)(1 << 20));
            await sending;
            await Task.WhenAll(runs);
            Print(plan, before, after, rest);
            return (await MediaCheck.CheckAsync(clip, plan.Streams, folder, cancel)).IsWhole ? 0 : 1;
        }
        finally
        {
            plan.Clean();
        }
    }

    private static async Task RunAsync(Camera camera, CancellationToken cancel)
    {
        using (camera)
        {
            await camera.RunAsync(cancel);
        }
    }

    private static void Print(LoadPlan plan, Reading before, Reading after, double rest)
    {
        double minutes = plan.Window.TotalMinutes;
        long units = after.Units - before.Units;
        Console.WriteLine($"{plan}, in one process with the sender; .NET {Environment.Version}");
        Console.WriteLine(
            "| units | bytes allocated a unit | collections a minute (gen 0, 1, 2) | collector pauses, ms a minute | memory beside logs and clip, MiB |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        string collections = string.Join(
            ", ",
            after.Collections.Zip(before.Collections, (late, early) => $"{(late - early) / minutes:0.#}")
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {units} | {(double)(after.Allocated - before.Allocated) / units:0} | {collections} | {(after.Paused - before.Paused).TotalMilliseconds / minutes:0.0} | {rest:0} |"
            )
        );
    }

    private sealed record Reading(long Units, long Allocated, TimeSpan Paused, int[] Collections)
    {
        public static Reading Now(List<Camera> cameras) =>
            new(
                cameras.Sum(camera => camera.Units),
                GC.GetTotalAllocatedBytes(precise: true),
                GC.GetTotalPauseDuration(),
                [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)]
            );
    }

    private sealed class Camera : IIngestObserver, IRecorderObserver, IDisposable
    {
        private readonly GopLog _log;
        private readonly CameraIngest _ingest;
        private readonly CameraRecorder _recorder;

        public Camera(string id, string folder, ISource source, LogBudget budget, DiskThreads disk)
        {
            _log = new GopLog(budget: budget);
            _ingest = new CameraIngest(source, _log, this, TimeProvider.System);
            RecordingRequest request = new()
            {
                SessionId = "bench",
                CameraId = id,
                Folder = folder,
            };
            _recorder = CameraRecorder.Start(_log, request, new LinuxSegmentFiles(), disk, this);
        }

        public long Units => _log.NextSequence;

        public async Task RunAsync(CancellationToken cancel)
        {
            await using CameraRecorder recorder = _recorder;
            await _ingest.RunAsync(cancel);
            recorder.Stop(UtcInstant.Unknown);
            await recorder.Completion;
        }

        public void Dispose() => _log.Dispose();

        public void OnStarted() { }

        public void OnFormat(int track, TrackFormat format, bool isChange) { }

        public void OnStalled(TimeSpan silence) { }

        public void OnResumed(TimeSpan silence) { }

        public void OnEncoderBehind(string text) { }

        public void OnEncoderRecovered() { }

        public void OnEnded(IngestEnd end) { }

        public void OnState(RecorderState state) { }

        public void OnOpened(SegmentOpened segment) { }

        public void OnDurable(long bytes, UtcInstant lastCapture) { }

        public void OnGap(SegmentGap gap) { }

        public void OnClosed(SegmentClosed segment) { }

        public void OnDiskFault(SegmentIoException fault) { }

        public void OnDiskRecovered() { }

        public void OnFailed(Exception error) => Console.Error.WriteLine(error.Message);
    }
}
