using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Sources;
using Rig.Streams.Sources.Ingest;
using Rig.Streams.Verification;

namespace Rig.Streams.Tests.Snapshots;

/// <summary>A camera in real time, as a node runs it: source, time line, GOP log.</summary>
internal sealed class RunningCamera : IAsyncDisposable, IIngestObserver
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    private RunningCamera(string source, string id)
    {
        Log = new GopLog(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(10) });
        Logs.Put(id, Log);
        ISource running = BuiltInSources.Registry().Create(source, new SourceContext { CameraId = id });
        _run = new CameraIngest(running, Log, this, TimeProvider.System).RunAsync(_stop.Token);
    }

    public CameraLogs Logs { get; } = new();

    public GopLog Log { get; }

    /// <summary>Runs once the log holds so much.</summary>
    public static async Task<RunningCamera> StartAsync(string source, double seconds, string id = "cam0")
    {
        var camera = new RunningCamera(source, id);
        await camera.HoldsAsync(seconds);
        return camera;
    }

    /// <summary>Completes when the log holds so much more than now.</summary>
    public async Task HoldsAsync(double seconds)
    {
        using LogReader reader = Log.OpenReader(LogPosition.NewestKey);
        using var limit = new CancellationTokenSource(Longest);
        await reader.WaitToReadAsync(limit.Token);
        await reader.WaitForCaptureAsync(Log.NewestCapture + MediaSpan.FromSeconds(seconds), limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        Log.Dispose();
        _stop.Dispose();
    }

    void IIngestObserver.OnStarted() { }

    void IIngestObserver.OnFormat(int track, TrackFormat format, bool isChange) { }

    void IIngestObserver.OnStalled(TimeSpan silence) { }

    void IIngestObserver.OnResumed(TimeSpan silence) { }

    void IIngestObserver.OnEncoderBehind(string text) { }

    void IIngestObserver.OnEncoderRecovered() { }

    void IIngestObserver.OnEnded(IngestEnd end) { }
}

/// <summary>What ffmpeg and ffprobe see in a JPEG.</summary>
internal static class JpegFacts
{
    /// <summary>The instant that the test camera wrote into the picture, as ffmpeg decodes it.</summary>
    public static async Task<UtcInstant> StampAsync(ReadOnlyMemory<byte> jpeg)
    {
        Sources.ToolResult pixels = await Sources.Tool.RunAsync(
            "ffmpeg",
            jpeg.ToArray(),
            "-v error -f image2pipe -c:v mjpeg -i pipe:0 -vf crop=640:32:0:0,scale=out_range=tv,format=gray -f rawvideo pipe:1".Split(' ')
        );
        Assert.True(FrameStamp.TryDecode(pixels.Output, FrameStamp.Width, out UtcInstant stamp), pixels.Errors);
        return stamp;
    }

    public static async Task<string> SizeAsync(ReadOnlyMemory<byte> jpeg)
    {
        Sources.ToolResult probed = await Sources.Tool.RunAsync(
            "ffprobe",
            jpeg.ToArray(),
            "-v error -f image2pipe -show_entries stream=codec_name,width,height -of csv=p=0 pipe:0".Split(' ')
        );
        return probed.Text.Trim();
    }
}
