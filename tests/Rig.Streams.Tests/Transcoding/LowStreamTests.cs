using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;
using Rig.Streams.Tests.Snapshots;
using Rig.Streams.Transcoding;

namespace Rig.Streams.Tests.Transcoding;

/// <summary>The low-resolution stream of a real camera.</summary>
public sealed class LowStreamTests
{
    private static readonly LowStreamSettings On = new(Enabled: true, Height: 360, Kilobits: 1000, Linger: TimeSpan.Zero);

    private double _load;

    [Theory]
    [InlineData("test:1280x720@25?audio=aac")]
    [InlineData("test:1280x720@25?codec=h265&audio=aac")]
    public async Task It_has_the_camera_s_pictures_smaller_at_their_instants_and_its_sound(string source)
    {
        await using RunningCamera camera = await RunningCamera.StartAsync(source, seconds: 0.5);
        await using var streams = new LowStreams(camera.Logs, () => On, TimeProvider.System, () => 0);
        using LogLease lease = new StreamLogs(camera.Logs, streams.Open).Open("cam0", StreamQuality.Low).Lease!;
        Assert.Equal("cam0~low", lease.Stream.ToString());
        (List<AccessUnit> pictures, List<AccessUnit> sounds, FormatSet formats) = await ReadAsync(lease.Log, pictures: 50);
        TrackFormat video = formats[formats.MainTrack]!;
        Assert.Equal((Codec.H264, 640, 360), (video.Codec, video.Video!.Width, video.Video.Height));
        Assert.Contains(Enumerable.Range(0, formats.Count), track => formats[track]?.Codec == Codec.Aac);
        Assert.NotEmpty(sounds);
        Assert.True(pictures[0].IsKey);

        // The camera stamps its pictures at multiples of 40 ms: what comes back lies there too, in the right order, none missing.
        List<double> steps = [.. pictures.Zip(pictures.Skip(1), (left, right) => (right.Capture - left.Capture).Milliseconds)];
        Assert.All(steps, step => Assert.InRange(step, 39, 41));
        UtcInstant[] taken = Captures(camera.Log);
        Assert.All(
            pictures.Where(picture => picture.Capture >= taken[0] && picture.Capture <= taken[^1]),
            picture => Assert.Contains(taken, capture => (capture - picture.Capture).Abs() < MediaSpan.FromMilliseconds(1))
        );
    }

    [Fact]
    public async Task Viewers_share_it_and_it_ends_when_the_last_has_gone()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:640x360@25", seconds: 0.2);
        await using var streams = new LowStreams(camera.Logs, () => On, TimeProvider.System, () => 0);
        LogLease first = streams.Open("cam0").Lease!;
        LogLease second = streams.Open("cam0").Lease!;
        Assert.Same(first.Log, second.Log);
        Assert.Equal(["cam0"], streams.Running);
        first.Dispose();
        first.Dispose();
        Assert.False(second.Log.HasEnded);
        second.Dispose();
        await Until(() => streams.Running.Count == 0 && second.Log.HasEnded);
        Assert.False(camera.Log.HasEnded);
    }

    [Fact]
    public async Task Whoever_only_reads_finds_it_by_name_and_keeps_it_by_reading()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:640x360@25", seconds: 0.2);
        await using var streams = new LowStreams(camera.Logs, () => On, TimeProvider.System, () => 0);
        GopLog low = await camera.Logs.WaitAsync("cam0~low", CancellationToken.None);
        Assert.NotSame(camera.Log, low);
        Assert.Equal(["cam0"], camera.Logs.Ids);
        Assert.Null(camera.Logs.Find("cam9~low"));
        Assert.Null(camera.Logs.Find("cam9"));
        using (LogReader reader = low.OpenReader(LogPosition.NewestKey))
        {
            Assert.True(await reader.WaitToReadAsync());
            Assert.Same(low, camera.Logs.Find("cam0~low"));
        }

        await Until(() => low.HasEnded);
        Assert.NotSame(low, camera.Logs.Find("cam0~low"));
    }

    [Fact]
    public async Task It_makes_way_when_the_machine_is_too_busy_and_may_come_back()
    {
        await using RunningCamera camera = await RunningCamera.StartAsync("test:640x360@25", seconds: 0.2);
        List<bool> told = [];
        LowStreamSettings quick = On with { Guard = new CpuGuardLevels(0.85, TimeSpan.FromSeconds(1), 0.6, TimeSpan.FromSeconds(1)) };
        quick = new LowStreamSettings(true, 360, 1000, TimeSpan.Zero, quick.Guard);
        await using var streams = new LowStreams(camera.Logs, () => quick, TimeProvider.System, () => Volatile.Read(ref _load), told.Add);
        using LogLease lease = streams.Open("cam0").Lease!;
        Volatile.Write(ref _load, 0.99);
        await Until(() => lease.Log.HasEnded);
        Assert.Equal(LogRefusal.LowIsSuspended, streams.Open("cam0").Refusal);
        Volatile.Write(ref _load, 0.1);
        await Until(() => !streams.IsSuspended);
        using LogLease again = streams.Open("cam0").Lease!;
        Assert.NotSame(lease.Log, again.Log);
        await Until(() => told.Count == 2);
        Assert.Equal([true, false], told);
        Assert.False(camera.Log.HasEnded);
    }

    [Fact]
    public async Task It_is_refused_where_it_is_off_and_for_cameras_that_are_not_there()
    {
        var logs = new CameraLogs();
        await using var off = new LowStreams(logs, () => new LowStreamSettings(), TimeProvider.System, () => 0);
        Assert.Equal(LogRefusal.LowIsOff, off.Open("cam0").Refusal);
        await using var on = new LowStreams(logs, () => On, TimeProvider.System, () => 0);
        Assert.Equal(LogRefusal.UnknownCamera, on.Open("cam0").Refusal);
        Assert.Equal(LogRefusal.UnknownCamera, new StreamLogs(logs).Open("cam0").Refusal);
    }

    [Theory]
    [InlineData("cam0", null, "cam0", StreamQuality.Full)]
    [InlineData("cam0", "low", "cam0", StreamQuality.Low)]
    [InlineData("cam0~low", "", "cam0", StreamQuality.Low)]
    [InlineData("cam0~low", "full", "cam0", StreamQuality.Low)]
    public void A_stream_is_named_by_path_or_query(string name, string? quality, string camera, StreamQuality expected)
    {
        Assert.True(StreamName.TryParse(name, quality, out StreamName stream));
        Assert.Equal(new StreamName(camera, expected), stream);
        Assert.False(StreamName.TryParse(name, "middling", out _));
        Assert.False(StreamName.TryParse("~low", quality, out _));
    }

    private static async Task<(List<AccessUnit> Pictures, List<AccessUnit> Sounds, FormatSet Formats)> ReadAsync(GopLog log, int pictures)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using LogReader reader = log.OpenReader(LogPosition.NewestKey);
        List<AccessUnit> seen = [];
        List<AccessUnit> heard = [];
        var items = new LogItem[16];
        while (seen.Count < pictures)
        {
            int count = await reader.ReadAsync(items, limit.Token);
            Assert.NotEqual(0, count);
            foreach (LogItem item in items.AsSpan(0, count).ToArray())
            {
                Assert.Null(item.Gap);
                (item.Unit.Track == item.Formats.MainTrack ? seen : heard).Add(item.Unit);
                item.Release();
            }
        }

        return (seen, heard, log.Formats);
    }

    private static UtcInstant[] Captures(GopLog log)
    {
        using LogReader reader = log.OpenReader(LogPosition.Oldest, new LogReaderOptions { LagLimit = MediaSpan.FromSeconds(1000) });
        List<UtcInstant> captures = [];
        var items = new LogItem[64];
        while (reader.TryRead(items) is > 0 and int count)
        {
            foreach (LogItem item in items.AsSpan(0, count).ToArray())
            {
                if (item.Gap is null && item.Unit.Track == item.Formats.MainTrack)
                {
                    captures.Add(item.Unit.Capture);
                }

                item.Release();
            }
        }

        return [.. captures];
    }

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
