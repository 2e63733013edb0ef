using System.Collections.Concurrent;
using System.Globalization;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.MpegTs;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;
using Rig.Streams.Processes;
using Rig.Streams.Sources;

namespace Rig.Streams.Transcoding;

/// <summary>How a low-resolution stream is made.</summary>
/// <param name="Height">Lines at most; a smaller camera keeps its own.</param>
public sealed record LowStreamSettings(
    bool Enabled = false,
    int Height = 720,
    int Kilobits = 3000,
    TimeSpan? Linger = null,
    CpuGuardLevels? Guard = null
)
{
    public TimeSpan LingerTime { get; } = Linger ?? TimeSpan.FromSeconds(15);

    public CpuGuardLevels GuardLevels { get; } = Guard ?? CpuGuardLevels.Default;
}

/// <summary>
/// One camera in low resolution: its pictures through a child ffmpeg into a GOP log of their own, with the times and capture instants of the
/// camera's log; its sound unchanged, the same memory. The child runs at low priority (nice 10), so that recordings go before it. A child that ends is started
/// again; so is one whose camera changed its format.
/// </summary>
internal sealed class LowStream : IAsyncDisposable
{
    /// <summary>Ticks a second of the pictures that come back as MPEG-TS.</summary>
    private static readonly Timescale Ticks = Timescale.Mpeg;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>What is held for late viewers: enough to join at a key picture, small beside the camera's own log.</summary>
    private static readonly GopLogOptions LogLimits = new() { PreRoll = MediaSpan.FromSeconds(4), MaxBytes = 16L << 20 };

    /// <summary>Sound that waits for pictures to come back: some seconds.</summary>
    private const int MostSound = 512;

    private static readonly EncoderProbe Encoders = new();

    private readonly GopLog _camera;
    private readonly LowStreamSettings _settings;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private ChildProcess? _child;

    public LowStream(string id, GopLog camera, LowStreamSettings settings, TimeProvider time)
    {
        (Id, _camera, _settings, _time) = (id, camera, settings, time);
        _run = Task.Run(() => RunAsync(_stop.Token));
    }

    public string Id { get; }

    /// <summary>Ends with the stream.</summary>
    public GopLog Log { get; } = new(LogLimits);

    /// <summary>Completes when it is over by itself: its camera's log has ended.</summary>
    public Task Ended => _run;

    /// <summary>Why the child ended last, if it did.</summary>
    public string? LastError { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested && !_camera.HasEnded)
            {
                await TryOnceAsync(cancellation);
                await Task.Delay(RetryPause, _time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It was told to.
        }
        finally
        {
            Log.Dispose();
        }
    }

    private async Task TryOnceAsync(CancellationToken cancellation)
    {
        var sound = new ConcurrentQueue<LogItem>();
        var feed = new PictureFeed(_camera) { Others = item => Hold(sound, item) };
        var counters = new SourceCounters();
        var back = new Return(Log, feed, sound, _camera.Formats);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var demuxer = new TsDemuxer(back, BlockPool.Shared);
        try
        {
            _child = ChildProcess.Start(await CommandAsync(cancellation));
            Task fed = feed.RunAsync(_child.Input!, stop.Token);
            Task read = BytePump.RunAsync($"low {Id}", new ChildReader(_child), demuxer, back, counters, _time, stop.Token);
            await Task.WhenAny(fed, read);
            await stop.CancelAsync();
            await _child.DisposeAsync();
            await Task.WhenAll(fed, read).ContinueWith(static _ => { }, TaskScheduler.Default);
            LastError = string.Join(" | ", _child.ErrorOutput.TakeLast(2));
        }
        catch (Exception failed) when (failed is IOException or SourceException)
        {
            LastError = failed.Message;
        }
        finally
        {
            while (sound.TryDequeue(out LogItem item))
            {
                item.Release();
            }
        }
    }

    private static void Hold(ConcurrentQueue<LogItem> sound, LogItem item)
    {
        sound.Enqueue(item);
        if (sound.Count > MostSound && sound.TryDequeue(out LogItem oldest))
        {
            oldest.Release();
        }
    }

    private async Task<ChildCommand> CommandAsync(CancellationToken cancellation)
    {
        string ffmpeg = Programs.Find("ffmpeg", new SourceContext());
        EncoderChoice encoder = await Encoders.FindAsync(ffmpeg, "1280x720", cancellation);
        string[] arguments = Arguments(encoder);
        return ProgramPath.Find("nice") is { } nice
            ? new ChildCommand
            {
                Program = nice,
                Arguments = ["-n", "10", ffmpeg, .. arguments],
                HasInput = true,
            }
            : new ChildCommand
            {
                Program = ffmpeg,
                Arguments = arguments,
                HasInput = true,
            };
    }

    private string[] Arguments(EncoderChoice encoder)
    {
        string scale = string.Create(CultureInfo.InvariantCulture, $"scale=-2:'min({_settings.Height},ih)':flags=fast_bilinear");
        string[] hevc =
            _camera.Formats is { HasVideo: true } formats && formats[formats.MainTrack]!.Codec == Codec.H265 ? ["-c:v", "hevc"] : [];
        return
        [
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostats",
            .. encoder.DeviceArguments,
            "-probesize",
            "32",
            "-analyzeduration",
            "0",
            "-copyts",
            .. hevc,
            "-f",
            "ivf",
            "-i",
            "pipe:0",
            "-vf",
            encoder.Filter is null ? scale : $"{scale},{encoder.Filter}",
            "-vsync",
            "passthrough",
            "-enc_time_base",
            "1:90000",
            "-c:v",
            encoder.Name,
            .. encoder.Arguments,
            "-b:v",
            $"{_settings.Kilobits}k",
            "-maxrate",
            $"{_settings.Kilobits}k",
            "-bufsize",
            $"{_settings.Kilobits}k",
            "-force_key_frames",
            "expr:gte(t,n_forced)",
            "-g",
            "250",
            "-bf",
            "0",
            "-mpegts_copyts",
            "1",
            .. FfmpegScheme.MpegTsOutput,
        ];
    }

    /// <summary>What comes back from the child, on the camera's line. All writing into the log happens here, on the reader's thread.</summary>
    private sealed class Return(GopLog log, PictureFeed feed, ConcurrentQueue<LogItem> sound, FormatSet camera) : ISourceOutput
    {
        private const int WireBits = 33;
        private const int FirstSound = 1;

        private readonly Dictionary<int, int> _tracks = [];
        private readonly TrackFormat?[] _known = new TrackFormat?[StreamLimits.Tracks];
        private long _last;
        private bool _begun;

        public void OnFormat(int track, TrackFormat format) =>
            log.OnFormat(
                0,
                format with
                {
                    ClockBits = 64,
                    CaptureClock = camera.MainTrack >= 0 ? camera[camera.MainTrack]!.CaptureClock : CaptureClock.Estimated,
                }
            );

        public void OnUnit(in AccessUnit unit)
        {
            _last = _begun ? _last + Wrap(unit.PresentationTime.Ticks - _last) : unit.PresentationTime.Ticks;
            MediaSpan sinceZero = Ticks.ToSpan(_last) - new MediaSpan(PictureFeed.Lead * 1000);
            var time = new MediaTime(Ticks.ToTicks(new MediaSpan(feed.Zero) + sinceZero));
            UnitFlags flags = _begun ? unit.Flags : unit.Flags | UnitFlags.Discontinuity;
            _begun = true;
            SendSound();
            log.OnUnit(
                unit with
                {
                    Track = 0,
                    PresentationTime = time,
                    DecodeTime = time,
                    Capture = new UtcInstant(feed.Zero + sinceZero.Nanoseconds + feed.CaptureOffset),
                    Flags = flags,
                }
            );
        }

        public void OnFault(in StreamFault fault) => log.OnFault(fault);

        public ValueTask WaitUntilWritableAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        private static long Wrap(long difference) => difference << (64 - WireBits) >> (64 - WireBits);

        private void SendSound()
        {
            while (sound.TryDequeue(out LogItem item))
            {
                if (!_tracks.TryGetValue(item.Unit.Track, out int track))
                {
                    track = _tracks.Count + FirstSound;
                    _tracks.Add(item.Unit.Track, track);
                }

                if (!ReferenceEquals(_known[track], item.Format))
                {
                    _known[track] = item.Format;
                    log.OnFormat(track, item.Format);
                }

                log.OnUnit(item.Unit with { Track = track });
            }
        }
    }
}
