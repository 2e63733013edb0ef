using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Snapshots;
using Rig.Streams.Sources;
using Rig.Streams.Tests.Sources;

namespace Rig.Streams.Tests.Snapshots;

/// <summary>Pictures of real cameras, judged by ffmpeg and by the stamp in each picture.</summary>
public sealed class SnapshotTests
{
    private static SnapshotOptions Plain => default;

    [Theory]
    [InlineData("test:1280x720@30?gop=15")]
    [InlineData("test:640x360@25?codec=h265&gop=10")]
    [InlineData("test:640x360@25?bframes=2&gop=12")]
    public async Task A_snapshot_is_the_newest_key_picture_and_tells_when_it_was_taken(string source)
    {
        await using RunningCamera camera = await RunningCamera.StartAsync(source, seconds: 1);
        await using CameraSnapshots snapshots = New(camera);
        Snapshot taken = await snapshots.TakeAsync("cam0", at: null, Plain, CancellationToken.None);
        Assert.Equal(taken.Capture.Microseconds, (await JpegFacts.StampAsync(taken.Jpeg)).Microseconds);
        Assert.Equal($"mjpeg,{taken.Width},{taken.Height}", await JpegFacts.SizeAsync(taken.Jpeg));
    }

    [Theory]
    [InlineData("test:640x360@25?gop=50")]
    [InlineData("test:640x360@25?bframes=2&gop=50")]
    [InlineData("test:640x360@25?codec=h265&gop=50")]
    public async Task A_snapshot_at_an_instant_is_the_picture_that_was_to_be_seen_then(string source)
    {
        await using RunningCamera camera = await RunningCamera.StartAsync(source, seconds: 3);
        await using CameraSnapshots snapshots = New(camera);
        UtcInstant newest = camera.Log.NewestCapture;
        foreach (double ago in (double[])[0.3, 0.75, 1.37, 2.2])
        {
            UtcInstant instant = newest - MediaSpan.FromSeconds(ago);
            Snapshot taken = await snapshots.TakeAsync("cam0", instant, Plain, CancellationToken.None);
            UtcInstant stamp = await JpegFacts.StampAsync(taken.Jpeg);
            Assert.Equal(taken.Capture.Microseconds, stamp.Microseconds);
            Assert.InRange((instant - stamp).Milliseconds, 0, 1000.0 / 25 + 1);
        }
    }

    [Fact]
    public async Task A_decoder_that_waits_makes_the_next_picture()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:640x360@25?gop=5", seconds: 0.5);
        await using CameraSnapshots snapshots = New(camera);
        await snapshots.WarmUpAsync(Plain);
        Assert.Equal(1, snapshots.WarmDecoders);
        Assert.Equal(SnapshotTier.Warm, (await snapshots.TakeAsync("cam0", null, Plain, CancellationToken.None)).Tier);
        await Until(() => snapshots.WarmDecoders == 1);
        Assert.Equal(
            SnapshotTier.Cold,
            (await snapshots.TakeAsync("cam0", null, new SnapshotOptions(320, 50), CancellationToken.None)).Tier
        );
    }

    [Fact]
    public async Task Twenty_at_once_are_answered_and_equal_ones_share_their_picture()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:1280x720@25?gop=250", seconds: 0.2);
        await using CameraSnapshots snapshots = New(camera);
        Snapshot[] all = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => snapshots.TakeAsync("cam0", null, Plain, CancellationToken.None))
        );
        Assert.Single(all.Select(taken => taken.Capture).Distinct());
        Assert.Equal(19, all.Count(taken => taken.Tier == SnapshotTier.Cached));
        Snapshot[] sizes = await Task.WhenAll(
            Enumerable.Range(1, 20).Select(i => snapshots.TakeAsync("cam0", null, new SnapshotOptions(32 * i, 70), CancellationToken.None))
        );
        Assert.Equal(Enumerable.Range(1, 20).Select(i => 32 * i), sizes.Select(taken => taken.Width));
    }

    [Fact]
    public async Task More_requests_than_may_wait_are_refused_and_the_rest_answered()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:640x360@25?gop=250", seconds: 0.2);
        await using var snapshots = new CameraSnapshots(
            new StreamLogs(camera.Logs),
            TimeProvider.System,
            new DecoderPoolOptions { Parallel = 1, Waiting = 2 }
        );
        Task<Snapshot>[] all =
        [
            .. Enumerable
                .Range(1, 8)
                .Select(i => snapshots.TakeAsync("cam0", null, new SnapshotOptions(32 * i, 70), CancellationToken.None)),
        ];
        await Task.WhenAll(all).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.True(all.Count(task => task.IsCompletedSuccessfully) >= 3);
        Assert.All(
            all.Where(task => task.IsFaulted),
            task => Assert.Equal(SnapshotFault.Busy, Assert.IsType<SnapshotException>(task.Exception!.InnerException).Fault)
        );
    }

    [Fact]
    public async Task An_instant_outside_the_log_and_an_unknown_camera_are_refused()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:640x360@25", seconds: 0.2);
        await using CameraSnapshots snapshots = New(camera);
        UtcInstant past = camera.Log.NewestCapture - MediaSpan.FromSeconds(3600);
        UtcInstant future = camera.Log.NewestCapture + MediaSpan.FromSeconds(3600);
        foreach (UtcInstant instant in (UtcInstant[])[past, future])
        {
            SnapshotException refused = await Assert.ThrowsAsync<SnapshotException>(() =>
                snapshots.TakeAsync("cam0", instant, Plain, CancellationToken.None)
            );
            Assert.Equal(SnapshotFault.NotInLog, refused.Fault);
        }

        SnapshotException unknown = await Assert.ThrowsAsync<SnapshotException>(() =>
            snapshots.TakeAsync("cam9", null, Plain, CancellationToken.None)
        );
        Assert.Equal(SnapshotFault.UnknownCamera, unknown.Fault);
    }

    [Fact]
    public async Task A_camera_that_sends_jpeg_needs_no_decoder()
    {
        string command = "exec:ffmpeg -v error -re -f lavfi -i testsrc2=size=640x360:rate=25 -c:v mjpeg -huffman default -f mjpeg pipe:1";
        await using RunningCamera camera = await RunningCamera.StartAsync(command, seconds: 0.2);
        await using CameraSnapshots snapshots = New(camera);
        Snapshot taken = await snapshots.TakeAsync("cam0", null, Plain, CancellationToken.None);
        Assert.Equal(SnapshotTier.Camera, taken.Tier);
        Assert.Equal("mjpeg,640,360", await JpegFacts.SizeAsync(taken.Jpeg));
        Snapshot small = await snapshots.TakeAsync("cam0", null, new SnapshotOptions(320), CancellationToken.None);
        Assert.Equal("mjpeg,320,180", await JpegFacts.SizeAsync(small.Jpeg));
    }

    [Fact]
    public async Task An_idle_camera_is_started_for_one_picture_and_ended()
    {
        var logs = new CameraLogs();
        using var log = new GopLog();
        logs.Put("cam0", log);
        ISource? started = null;
        await using var snapshots = new CameraSnapshots(
            new StreamLogs(logs),
            TimeProvider.System,
            idle: (camera, _) =>
                ValueTask.FromResult<ISource?>(
                    started = BuiltInSources.Registry().Create("test:640x360@25?codec=h265", new SourceContext())
                )
        );
        Snapshot taken = await snapshots.TakeAsync("cam0", null, Plain, CancellationToken.None);
        Assert.Equal(SnapshotTier.Started, taken.Tier);
        await JpegFacts.StampAsync(taken.Jpeg);
        Assert.Null(started!.Statistics.ChildProcessId);
        Assert.Equal(0, log.NextSequence);
    }

    private static CameraSnapshots New(RunningCamera camera) => new(new StreamLogs(camera.Logs), TimeProvider.System);

    private static async Task Until(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!holds())
        {
            await beat.WaitForNextTickAsync(limit.Token);
        }
    }
}
