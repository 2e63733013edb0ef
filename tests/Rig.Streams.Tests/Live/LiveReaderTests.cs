using Rig.Media.Time;
using Rig.Streams.Live;
using Rig.Streams.Log;
using Rig.Streams.Tests.Log;
using Rig.Streams.Tests.Sources;

namespace Rig.Streams.Tests.Live;

/// <summary>A viewer's way through a camera's life: keeping up or not, silence, another life.</summary>
public sealed class LiveReaderTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly CameraLogs _logs = new();
    private readonly LogFixture _camera = new();
    private readonly LiveHub _hub;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public LiveReaderTests()
    {
        _logs.Put("cam0", _camera.Log);
        _hub = new LiveHub(_logs, new LiveOptions { Viewers = 3, CameraViewers = 2 }, _time);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _camera.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task It_begins_at_the_newest_key_unit_and_holds_one_unit_at_a_time()
    {
        _camera.WriteFrames(0, 25);
        using LiveViewer viewer = _hub.TryEnter("cam0", LiveOutput.Socket)!;
        using LiveReader reader = new(viewer);
        for (long expected = 20; expected < 25; expected++)
        {
            Assert.Equal(LiveEvent.Unit, await reader.NextAsync(_limit.Token));
            Assert.Equal(expected, LogFixture.PayloadOf(reader.Item));
        }

        ValueTask<LiveEvent> next = reader.NextAsync(_limit.Token);
        Assert.False(next.IsCompleted);
        _camera.Write(25);
        Assert.Equal((LiveEvent.Unit, 25L), (await next, LogFixture.PayloadOf(reader.Item)));
    }

    [Fact]
    public async Task A_slow_viewer_goes_on_at_the_newest_key_unit_is_told_what_it_missed_and_nobody_else_notices()
    {
        _camera.WriteFrames(0, 10);
        using LiveViewer slow = _hub.TryEnter("cam0", LiveOutput.Socket)!;
        using LiveViewer quick = _hub.TryEnter("cam0", LiveOutput.Mp4)!;
        using LiveReader slowReader = new(slow);
        using LiveReader quickReader = new(quick);
        await slowReader.NextAsync(_limit.Token);
        await quickReader.NextAsync(_limit.Token);
        long seen = 1;
        for (int frame = 10; frame < 200; frame++)
        {
            _camera.Write(frame, frame % 10 == 0);
            while (seen <= frame)
            {
                Assert.Equal(LiveEvent.Unit, await quickReader.NextAsync(_limit.Token));
                Assert.Equal(seen++, LogFixture.PayloadOf(quickReader.Item));
            }
        }

        // What it had taken before it stopped to read comes first: four at a time.
        for (long held = 1; held < 4; held++)
        {
            Assert.Equal(LiveEvent.Unit, await slowReader.NextAsync(_limit.Token));
        }

        Assert.Equal(LiveEvent.Gap, await slowReader.NextAsync(_limit.Token));
        Assert.Equal((4L, 190L, LogGapCause.Lag), (slowReader.Item.Gap!.First, slowReader.Item.Gap.Next, slowReader.Item.Gap.Cause));
        Assert.Equal(LiveEvent.Unit, await slowReader.NextAsync(_limit.Token));
        Assert.Equal(190, LogFixture.PayloadOf(slowReader.Item));
        LiveStatistics statistics = _hub.GetStatistics();
        Assert.Equal((186L, 0L), (statistics.Outputs[LiveOutput.Socket].Missed, statistics.Outputs[LiveOutput.Mp4].Missed));
    }

    [Fact]
    public async Task Silence_and_its_end_are_told_once()
    {
        _camera.WriteFrames(0, 1);
        using LiveViewer viewer = _hub.TryEnter("cam0", LiveOutput.Socket)!;
        using LiveReader reader = new(viewer);
        await reader.NextAsync(_limit.Token);
        ValueTask<LiveEvent> next = reader.NextAsync(_limit.Token);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(LiveEvent.Silent, await next);
        next = reader.NextAsync(_limit.Token);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(next.IsCompleted);
        _camera.Write(1);
        Assert.Equal(LiveEvent.Back, await next);
        Assert.Equal(LiveEvent.Unit, await reader.NextAsync(_limit.Token));
    }

    [Fact]
    public async Task A_camera_without_pictures_is_away_from_the_beginning()
    {
        using LiveViewer viewer = _hub.TryEnter("cam0", LiveOutput.Socket)!;
        using LiveReader reader = new(viewer);
        ValueTask<LiveEvent> next = reader.NextAsync(_limit.Token);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(LiveEvent.Silent, await next);
    }

    [Fact]
    public async Task A_camera_that_is_made_anew_is_waited_for_and_read_from_its_new_log()
    {
        _camera.WriteFrames(0, 1);
        using LogFixture anew = new();
        using LiveViewer viewer = _hub.TryEnter("cam0", LiveOutput.Socket)!;
        using LiveReader reader = new(viewer);
        await reader.NextAsync(_limit.Token);
        _camera.Log.Dispose();
        Assert.Equal(LiveEvent.Restarting, await reader.NextAsync(_limit.Token));
        ValueTask<LiveEvent> next = reader.NextAsync(_limit.Token);
        Assert.False(next.IsCompleted);
        _logs.Put("cam0", anew.Log);
        Assert.Equal(LiveEvent.Restarted, await next);
        anew.WriteFrames(0, 2);
        Assert.Equal((LiveEvent.Unit, 0L), (await reader.NextAsync(_limit.Token), LogFixture.PayloadOf(reader.Item)));
    }

    [Fact]
    public async Task A_reader_that_begins_further_back_gets_all_from_there()
    {
        _camera.WriteFrames(0, 100);
        using LiveViewer viewer = _hub.TryEnter("cam0", LiveOutput.Hls)!;
        using LiveReader reader = new(viewer, MediaSpan.FromSeconds(2));
        for (long expected = 40; expected < 100; expected++)
        {
            Assert.Equal(LiveEvent.Unit, await reader.NextAsync(_limit.Token));
            Assert.Equal(expected, LogFixture.PayloadOf(reader.Item));
        }
    }

    [Fact]
    public void Places_are_limited_for_a_camera_and_in_all_and_come_free_again()
    {
        LiveViewer one = _hub.TryEnter("cam0", LiveOutput.Socket)!;
        LiveViewer two = _hub.TryEnter("cam0", LiveOutput.Rtsp)!;
        Assert.Null(_hub.TryEnter("cam0", LiveOutput.Socket));
        LiveViewer other = _hub.TryEnter("cam1", LiveOutput.Socket)!;
        Assert.Null(_hub.TryEnter("cam2", LiveOutput.Socket));
        one.Dispose();
        one.Dispose();
        LiveViewer again = _hub.TryEnter("cam2", LiveOutput.Mp4)!;
        Assert.Equal(2, _hub.GetStatistics().Refused);
        Assert.Equal(["cam0", "cam1", "cam2"], _hub.GetStatistics().Viewers.Keys.Order(StringComparer.Ordinal));
        Assert.All([two, other, again], viewer => viewer.Dispose());
        Assert.Empty(_hub.GetStatistics().Viewers);
    }
}
