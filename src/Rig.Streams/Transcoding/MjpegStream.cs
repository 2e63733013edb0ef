using System.Globalization;
using Rig.Media;
using Rig.Media.Codecs;
using Rig.Media.Codecs.Jpeg;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;
using Rig.Streams.Processes;
using Rig.Streams.Sources;

namespace Rig.Streams.Transcoding;

/// <summary>How a camera is shown as JPEG pictures. Viewers with equal options share one decoder.</summary>
/// <param name="Width">Pixels at most; 0 for the camera's own size.</param>
/// <param name="Rate">Pictures a second at most.</param>
public readonly record struct MjpegOptions(int Width, int Rate)
{
    public const int DefaultRate = 5;
    public const int MaxRate = 15;

    /// <summary>Enough for a phone, and half the work of 1080p.</summary>
    public const int DefaultWidth = 640;

    public bool IsValid => Rate is >= 1 and <= MaxRate && Width is 0 or (>= 64 and <= 1920);
}

/// <summary>
/// One camera as JPEG pictures for all who watch it so: decoded by one child ffmpeg, or as the camera sends them. Ends when its camera's log or its child ends.
/// </summary>
internal sealed class MjpegStream : IAsyncDisposable
{
    private readonly GopLog _log;
    private readonly MjpegOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public MjpegStream(GopLog log, MjpegOptions options, TimeProvider time)
    {
        (_log, _options, _time) = (log, options, time);
        _run = Task.Run(() => RunAsync(_stop.Token));
    }

    public LatestPicture Pictures { get; } = new();

    public Task Ended => _run;

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
            await (IsJpeg ? PassAsync(cancellation) : DecodeAsync(cancellation));
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SourceException)
        {
            // Its viewers are told by the end of the pictures; who asks again begins anew.
        }
        finally
        {
            Pictures.End();
        }
    }

    private bool IsJpeg =>
        _options.Width == 0 && _log.Formats is { HasVideo: true } formats && formats[formats.MainTrack]!.Codec == Codec.Jpeg;

    /// <summary>The camera's own pictures, some left out.</summary>
    private async Task PassAsync(CancellationToken cancellation)
    {
        using LogReader reader = _log.OpenReader(LogPosition.NewestKey);
        var items = new LogItem[16];
        UtcInstant next = UtcInstant.Unknown;
        while (await reader.ReadAsync(items, cancellation) is > 0 and int count)
        {
            foreach (LogItem item in items.AsSpan(0, count))
            {
                if (item.Gap is null && item.Unit.Track == item.Formats.MainTrack && !(next.IsKnown && item.Unit.Capture < next))
                {
                    next = item.Unit.Capture + MediaSpan.FromSeconds(0.98 / _options.Rate);
                    Pictures.Put(JpegTables.Complete(item.Unit.Span));
                }

                item.Release();
            }
        }
    }

    private async Task DecodeAsync(CancellationToken cancellation)
    {
        string ffmpeg = Programs.Find("ffmpeg", new SourceContext());
        await using ChildProcess child = ChildProcess.Start(
            new ChildCommand
            {
                Program = ffmpeg,
                Arguments = Arguments(),
                HasInput = true,
            }
        );
        var sink = new PictureSink(Pictures);
        using var demuxer = new JpegDemuxer(sink);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task fed = new PictureFeed(_log).RunAsync(child.Input!, stop.Token);
        Task read = BytePump.RunAsync("mjpeg", new ChildReader(child), demuxer, sink, new SourceCounters(), _time, stop.Token);
        await Task.WhenAny(fed, read);
        await stop.CancelAsync();
        await child.StopAsync(ChildProcess.DefaultGrace);
        await Task.WhenAll(fed, read).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private string[] Arguments()
    {
        string[] hevc =
            _log.Formats is { HasVideo: true } formats && formats[formats.MainTrack]!.Codec == Codec.H265 ? ["-c:v", "hevc"] : [];
        // A little less than the period, so that rounding does not leave out every other picture.
        string select = string.Create(
            CultureInfo.InvariantCulture,
            $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{0.98 / _options.Rate:0.####})'"
        );
        string scale =
            _options.Width == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $",scale='min({_options.Width},iw)':-2:flags=fast_bilinear");
        return
        [
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostats",
            "-threads",
            "1",
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
            select + scale,
            "-vsync",
            "passthrough",
            "-c:v",
            "mjpeg",
            "-q:v",
            "5",
            "-flush_packets",
            "1",
            "-f",
            "image2pipe",
            "pipe:1",
        ];
    }

    private sealed class JpegDemuxer(IAccessUnitSink sink) : IDemuxer
    {
        private readonly JpegStreamParser _parser = new(new ElementaryTrack(0) { CountTimes = true }, BlockPool.Shared, sink);

        public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival) => _parser.Append(bytes, arrival);

        public void Flush() => _parser.Flush();

        public void Dispose() => _parser.Dispose();
    }

    private sealed class PictureSink(LatestPicture pictures) : ISourceOutput
    {
        public void OnFormat(int track, TrackFormat format) { }

        public void OnUnit(in AccessUnit unit)
        {
            pictures.Put(unit.Span.ToArray());
            unit.Release();
        }

        public void OnFault(in StreamFault fault) { }

        public ValueTask WaitUntilWritableAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
