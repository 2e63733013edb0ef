using System.Collections.Concurrent;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;
using Rig.Streams.Recording;

namespace Rig.Streams.Tests.Recording;

/// <summary>A camera, its log and recorders on real files in a folder of its own. Disposing checks that every unit was released once.</summary>
internal sealed class RecorderFixture : IRecorderObserver, IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BlockPool _pool = new();
    private readonly ConcurrentQueue<TaskCompletionSource> _changes = new();

    public RecorderFixture(
        GopLogOptions? log = null,
        bool audio = true,
        bool announceAudio = true,
        string? folder = null,
        bool bPictures = true
    )
    {
        Folder = folder ?? Directory.CreateTempSubdirectory("rig-recorder-").FullName;
        Log = new GopLog(log);
        Camera = new CameraScript(Log, _pool, audio, announceAudio, bPictures);
        Files = new FaultyFiles(new LinuxSegmentFiles());
    }

    public string Folder { get; }

    public GopLog Log { get; }

    public CameraScript Camera { get; }

    public FaultyFiles Files { get; }

    public DiskThreads Disk { get; } = new();

    public ConcurrentQueue<RecorderState> States { get; } = [];

    public ConcurrentQueue<SegmentOpened> Opened { get; } = [];

    public ConcurrentQueue<SegmentClosed> Closed { get; } = [];

    public ConcurrentQueue<SegmentGap> Gaps { get; } = [];

    public ConcurrentQueue<SegmentIoException> Faults { get; } = [];

    public int Recoveries { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>A recorder that has taken its place in the log: nothing played from now on escapes it.</summary>
    public async Task<CameraRecorder> RecordAsync(
        UtcInstant? start = null,
        RecorderOptions? options = null,
        long? after = null,
        TimeProvider? time = null
    )
    {
        CameraRecorder recorder = Record(start, options, after, time);
        await Until(() => Log.GetStatistics().Readers > 0 || recorder.Completion.IsCompleted);
        return recorder;
    }

    private CameraRecorder Record(
        UtcInstant? start = null,
        RecorderOptions? options = null,
        long? after = null,
        TimeProvider? time = null
    ) =>
        CameraRecorder.Start(
            Log,
            new RecordingRequest
            {
                SessionId = "S1",
                CameraId = "cam0",
                Folder = Folder,
                Start = start ?? UtcInstant.Unknown,
                AfterSequence = after,
            },
            Files,
            Disk,
            this,
            options ?? Quick,
            time
        );

    /// <summary>Retries at once; times of the media are not touched by it.</summary>
    public static RecorderOptions Quick { get; } =
        new()
        {
            RetryDelay = TimeSpan.FromMilliseconds(5),
            RetryLimit = TimeSpan.FromMilliseconds(20),
            TendInterval = TimeSpan.FromMilliseconds(10),
            SyncInterval = TimeSpan.FromMilliseconds(20),
            StopGrace = TimeSpan.FromMilliseconds(200),
            ReserveStep = 1 << 20,
        };

    /// <summary>Completes when a condition holds; looked at again after everything that the recorder reports, and now and then for what it does not.</summary>
    public async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.Null(Failure);
            var change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _changes.Enqueue(change);
            if (!condition())
            {
                await Task.WhenAny(change.Task, Task.Delay(RecorderFixture.Quick.TendInterval, patience.Token));
                patience.Token.ThrowIfCancellationRequested();
            }
        }
    }

    public async Task Stop(CameraRecorder recorder, UtcInstant? end = null)
    {
        recorder.Stop(end ?? UtcInstant.Unknown);
        await recorder.Completion.WaitAsync(Patience);
        Assert.Null(Failure);
        await recorder.DisposeAsync();
    }

    /// <summary>The files of the session in the order of their names and suffixes.</summary>
    public IReadOnlyList<string> Paths =>
        Directory.Exists(Path.Combine(Folder, "S1"))
            ? [.. Directory.GetFiles(Path.Combine(Folder, "S1"), "*.mp4").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The presented units of a file, in decode order of each track.</summary>
    public static List<SeenUnit> ReadPresented(string path)
    {
        var bytes = new MemoryBytes(File.ReadAllBytes(path));
        Mp4File file = Mp4File.Read(bytes);
        Assert.Empty(file.Faults);
        var pool = new BlockPool();
        using var reader = new Mp4UnitReader(bytes, file, pool);
        var units = new List<SeenUnit>();
        while (reader.TryRead(out AccessUnit unit))
        {
            Mp4Track track = reader.Tracks[unit.Track];
            long end = track.PresentationEnd;
            bool shown = unit.PresentationTime.Ticks >= 0 && unit.PresentationTime.Ticks < end;
            if (shown)
            {
                units.Add(
                    new SeenUnit(
                        unit.Track,
                        CameraScript.HashOf(unit.Span),
                        new UtcInstant(track.Timescale.ToSpan(unit.PresentationTime.Ticks).Nanoseconds),
                        0
                    )
                );
            }

            unit.Release();
        }

        return units;
    }

    /// <summary>All files together hold exactly these units, in order, each once.</summary>
    public void AssertHolds(IEnumerable<SeenUnit> expected, int track = 0, IEnumerable<string>? paths = null)
    {
        string[] wanted = [.. expected.Where(unit => unit.Track == track).Select(unit => unit.Hash)];
        string[] found = [.. (paths ?? InOrder()).SelectMany(ReadPresented).Where(unit => unit.Track == track).Select(unit => unit.Hash)];
        Assert.Equal(wanted.Length, found.Length);
        Assert.Equal(wanted, found);
    }

    /// <summary>The files in the order in which they were opened.</summary>
    public IEnumerable<string> InOrder() => Opened.Select(segment => segment.Path).Where(File.Exists);

    public async ValueTask DisposeAsync()
    {
        Log.Dispose();
        Camera.Dispose();
        Disk.Dispose();
        Directory.Delete(Folder, recursive: true);
        Assert.Equal(0, _pool.RentedBytes);
        await Task.CompletedTask;
    }

    void IRecorderObserver.OnState(RecorderState state) => Note(() => States.Enqueue(state));

    void IRecorderObserver.OnOpened(SegmentOpened segment) => Note(() => Opened.Enqueue(segment));

    void IRecorderObserver.OnDurable(long bytes, UtcInstant lastCapture) => Note(static () => { });

    void IRecorderObserver.OnGap(SegmentGap gap) => Note(() => Gaps.Enqueue(gap));

    void IRecorderObserver.OnClosed(SegmentClosed segment) => Note(() => Closed.Enqueue(segment));

    void IRecorderObserver.OnDiskFault(SegmentIoException fault) => Note(() => Faults.Enqueue(fault));

    void IRecorderObserver.OnDiskRecovered() => Note(() => Recoveries++);

    void IRecorderObserver.OnFailed(Exception error) => Note(() => Failure = error);

    private void Note(Action change)
    {
        change();
        while (_changes.TryDequeue(out TaskCompletionSource? waiting))
        {
            waiting.TrySetResult();
        }
    }
}
