using System.Collections.Concurrent;
using Rig.Media.Formats;
using Rig.Streams.Log;
using Rig.Streams.Sources;
using Rig.Streams.Sources.Ingest;

namespace Rig.Streams.Tests.Sources.Ingest;

public sealed class CameraIngestTests
{
    [Fact]
    public async Task A_test_camera_starts_streams_and_is_measured()
    {
        using var run = new Run("test:1280x720@30?audio=pcm&gop=15");
        run.Time.Advance(TimeSpan.FromSeconds(8));

        IngestStatistics now = run.Ingest.GetStatistics();
        Assert.Equal(["format 0", "format 1", "started"], run.Events);
        Assert.Equal(IngestState.Streaming, now.State);
        Assert.Equal((1280, Codec.H264, Codec.Pcm), (now.Video!.Video!.Width, now.Video.Codec, now.Audio!.Codec));
        Assert.Equal(30, now.FramesPerSecond, 1.0);
        Assert.InRange(now.BitsPerSecond, 1_000_000, 10_000_000);
        Assert.Equal(240, now.Pictures);
        Assert.Equal(16, now.KeyPictures);
        Assert.Equal(0, now.Gaps);
        Assert.Equal(now.Units, run.Log.NextSequence);
        Assert.Equal(CaptureClock.FrameStamp, now.Video.CaptureClock);

        IngestEnd end = await run.StopAsync();
        Assert.Equal(IngestEndKind.Cancelled, end.Kind);
        Assert.Equal("ended Cancelled", run.Events.Last());
        Assert.Equal(IngestState.Ended, run.Ingest.GetStatistics().State);
    }

    [Fact]
    public async Task A_silence_is_reported_once_and_so_is_its_end()
    {
        using var run = new Run("test:640x160@10?stall=5s@3s");

        run.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.DoesNotContain(run.Events, text => text.StartsWith("stalled", StringComparison.Ordinal));
        run.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(run.Events, text => text.StartsWith("stalled", StringComparison.Ordinal));
        Assert.Equal(IngestState.Stalled, run.Ingest.GetStatistics().State);
        run.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Single(run.Events, "resumed 5.1");
        Assert.Equal(IngestState.Streaming, run.Ingest.GetStatistics().State);
        Assert.Equal(1, run.Ingest.GetStatistics().Gaps);
        await run.StopAsync();
    }

    [Fact]
    public async Task A_camera_that_never_sends_stalls_and_starts_when_it_does()
    {
        using var run = new Run("test:640x160@10?stall=4s@0s");

        run.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(run.Events, text => text.StartsWith("stalled", StringComparison.Ordinal));
        run.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(run.Events, "started");
        Assert.DoesNotContain(run.Events, text => text.StartsWith("resumed", StringComparison.Ordinal));
        await run.StopAsync();
    }

    [Fact]
    public async Task A_new_picture_size_is_a_change_of_format()
    {
        using var run = new Run("test:1280x720@10?resize@2s");

        run.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Single(run.Events, "format 0 changed");
        Assert.Equal(640, run.Ingest.GetStatistics().Video!.Video!.Width);
        await run.StopAsync();
    }

    [Fact]
    public async Task Lost_units_are_counted_as_faults_and_gaps()
    {
        using var run = new Run("test:640x160@50?loss=10%");

        run.Time.Advance(TimeSpan.FromSeconds(10));

        IngestStatistics now = run.Ingest.GetStatistics();
        Assert.Equal(500, now.Pictures + now.Faults[Rig.Media.StreamFaultKind.PacketLost]);
        Assert.InRange(now.Gaps, 10, now.Faults[Rig.Media.StreamFaultKind.PacketLost]);
        await run.StopAsync();
    }

    [Fact]
    public async Task A_source_that_fails_ends_with_its_message_and_one_that_ends_says_so()
    {
        using var failing = new Run("exec:sh -c 'echo broken >&2; exit 3'", TimeProvider.System);
        using var ending = new Run("exec:true", TimeProvider.System);

        IngestEnd failed = await failing.Task;
        IngestEnd ended = await ending.Task;

        Assert.Equal(IngestEndKind.Failed, failed.Kind);
        Assert.Contains("broken", failed.Reason, StringComparison.Ordinal);
        Assert.IsType<SourceException>(failed.Failure);
        Assert.Equal((IngestEndKind.Ended, "exec:true ended."), (ended.Kind, ended.Reason));
    }

    [Fact]
    public async Task Capture_instants_of_the_stamps_reach_the_log()
    {
        using var run = new Run("test:640x160@25");
        run.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(run.Log.NewestCapture.IsKnown);
        Assert.Equal(0, run.Log.NewestCapture.Nanoseconds % 40_000_000);
        await run.StopAsync();
    }

    [Fact]
    public void An_encoder_is_behind_after_five_slow_seconds_and_well_again_only_when_it_really_is()
    {
        var meter = new RateMeter();
        long pictures = 0;
        bool After(double rate, int seconds, double from)
        {
            for (int i = 1; i <= seconds; i++)
            {
                meter.Sample(from + i, pictures += (long)rate, 0, nominal: 100);
            }

            return meter.IsBehind;
        }

        Assert.False(After(100, 10, 0));
        Assert.False(After(90, 2, 10));
        Assert.True(After(80, 5, 12));
        Assert.True(After(97, 10, 17));
        Assert.False(After(100, 10, 27));
        Assert.Equal(100, meter.FramesPerSecond, 0.01);
    }

    /// <summary>An ingest on a clock of its own, and what its observer heard.</summary>
    private sealed class Run : IIngestObserver, IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Run(string source, TimeProvider? time = null)
        {
            Time = time as ManualTime ?? new ManualTime();
            TimeProvider clock = time ?? Time;
            ISource made = BuiltInSources.Registry().Create(source, new SourceContext { Time = clock });
            Ingest = new CameraIngest(made, Log, this, clock);
            Task<IngestEnd>? running = null;
            Inline.Run(() => running = Ingest.RunAsync(_stop.Token));
            Task = running!;
        }

        public ManualTime Time { get; }

        public GopLog Log { get; } = new();

        public CameraIngest Ingest { get; }

        public Task<IngestEnd> Task { get; }

        public ConcurrentQueue<string> Events { get; } = new();

        public async Task<IngestEnd> StopAsync()
        {
            await _stop.CancelAsync();
            IngestEnd end = await Task;
            return end;
        }

        public void Dispose()
        {
            _stop.Dispose();
            Log.Dispose();
        }

        public void OnStarted() => Events.Enqueue("started");

        public void OnFormat(int track, TrackFormat format, bool isChange) =>
            Events.Enqueue($"format {track}{(isChange ? " changed" : "")}");

        public void OnStalled(TimeSpan silence) => Events.Enqueue($"stalled {silence.TotalSeconds:0.0}");

        public void OnResumed(TimeSpan silence) => Events.Enqueue($"resumed {silence.TotalSeconds:0.0}");

        public void OnEncoderBehind(string text) => Events.Enqueue(text);

        public void OnEncoderRecovered() => Events.Enqueue("recovered");

        public void OnEnded(IngestEnd end) => Events.Enqueue($"ended {end.Kind}");
    }
}
