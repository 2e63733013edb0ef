using Rig.Media.Formats;
using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary>
/// <c>v4l2:/dev/video0</c>: a capture device through a child ffmpeg. Cameras that send H.264 or MJPEG are passed through; the rest is encoded by
/// hardware where the probe finds some that works, else by libx264. HDMI inputs are asked for their signal first.
/// </summary>
public sealed class V4l2Scheme : ISourceScheme
{
    /// <summary>v4l2-ctl answers at once; a driver that hangs must not hang the camera.</summary>
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);

    private readonly EncoderProbe _probe = new();

    public IReadOnlyList<string> Names => ["v4l2"];

    public string Example => "v4l2:/dev/video0?size=1920x1080&fps=30";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        V4l2Options options = V4l2Options.Parse(uri);
        return new ChildSource($"v4l2:{options.Device}", context, cancellation => PlanAsync(options, context, cancellation));
    }

    private async Task<ChildPlan> PlanAsync(V4l2Options options, SourceContext context, CancellationToken cancellation)
    {
        string ffmpeg = Programs.Find("ffmpeg", context);
        string control = Programs.Find("v4l2-ctl", context);
        VideoTimings? timings = await QueryTimingsAsync(control, options.Device, cancellation);
        if (timings is { HasSignal: false })
        {
            throw new SourceException(
                $"{options.Device} has no HDMI signal. Check the cable, that the camera is on and sends a picture, and that its output is not copy-protected."
            );
        }

        ToolAnswer formats = await AskAsync(control, options.Device, "--list-formats", cancellation);
        if (!formats.Exit.IsSuccess)
        {
            string said = string.Join(" ", formats.Errors.TakeLast(1));
            throw new SourceException(
                $"{options.Device} cannot be used: {said} Check that it is connected (v4l2-ctl --list-devices) and that this user is in the group 'video'."
            );
        }

        return await PlanAsync(options, timings, formats.Output, ffmpeg, cancellation);
    }

    private async Task<ChildPlan> PlanAsync(
        V4l2Options options,
        VideoTimings? timings,
        string formats,
        string ffmpeg,
        CancellationToken cancellation
    )
    {
        (int width, int height) = options.Size ?? (timings is { } signal ? (signal.Width, signal.Height) : (1280, 720));
        Ratio rate =
            options.Rate
            ?? (timings is { FramesPerSecond: > 0 } known ? SourceOptions.ReadRate($"{known.FramesPerSecond}") : null)
            ?? new Ratio(30, 1);
        string[] geometry = timings is null ? ["-video_size", $"{width}x{height}", "-framerate", V4l2Options.Text(rate)] : [];
        string? encoded = EncodedFormat(formats);
        if (options.Encoder is null or "copy" && encoded is not null)
        {
            return new ChildPlan(
                Command(ffmpeg, [], ["-input_format", encoded, .. geometry], options.Device, Copy(encoded)),
                HasDeviceClock: encoded == "h264"
            );
        }

        if (options.Encoder == "copy")
        {
            throw new SourceException($"{options.Device} sends neither H.264 nor MJPEG, so encoder=copy cannot work. Leave it out.");
        }

        EncoderChoice encoder = options.Encoder is { } name
            ? EncoderChoice.All.First(choice => choice.Name == name)
            : await _probe.FindAsync(ffmpeg, $"{width}x{height}", cancellation);
        string[] output = [.. Encode(encoder, options, rate), .. DeviceTimes, .. FfmpegScheme.MpegTsOutput];
        string remedy = encoder.IsSoftware ? "Lower size or fps, or use a camera that sends H.264." : "Lower size or fps.";
        var setting = new EncoderSetting(encoder.Name, encoder.Preset, rate.Value, remedy);
        return new ChildPlan(Command(ffmpeg, encoder.DeviceArguments, geometry, options.Device, output), setting, HasDeviceClock: true);
    }

    /// <summary>Absolute device times go through to the MPEG-TS, whose own clock base is left out of it.</summary>
    private static readonly string[] DeviceTimes = ["-copyts", "-mpegts_copyts", "1"];

    private static string? EncodedFormat(string formats) =>
        formats.Contains("'H264'", StringComparison.Ordinal) ? "h264"
        : formats.Contains("'MJPG'", StringComparison.Ordinal) ? "mjpeg"
        : null;

    /// <summary>MPEG-TS has no stream type for JPEG: those pictures come one behind the other.</summary>
    private static string[] Copy(string format) =>
        format == "h264" ? ["-c:v", "copy", .. DeviceTimes, .. FfmpegScheme.MpegTsOutput] : ["-c:v", "copy", "-f", "mjpeg", "pipe:1"];

    private static string[] Encode(EncoderChoice encoder, V4l2Options options, Ratio rate)
    {
        int gop = options.Gop > 0 ? options.Gop : Math.Max(1, (int)Math.Round(rate.Value));
        return
        [
            .. encoder.Filter is null ? Array.Empty<string>() : ["-vf", encoder.Filter],
            "-c:v",
            encoder.Name,
            .. encoder.Arguments,
            "-b:v",
            $"{options.Kilobits}k",
            "-g",
            $"{gop}",
            "-bf",
            "0",
        ];
    }

    private static ChildCommand Command(string ffmpeg, string[] hardware, string[] input, string device, string[] output) =>
        new()
        {
            Program = ffmpeg,
            Arguments =
            [
                "-nostdin",
                "-hide_banner",
                "-loglevel",
                "warning",
                "-nostats",
                .. hardware,
                "-f",
                "v4l2",
                "-thread_queue_size",
                "64",
                "-timestamps",
                "abs",
                .. input,
                "-i",
                device,
                .. output,
            ],
        };

    private static async Task<VideoTimings?> QueryTimingsAsync(string control, string device, CancellationToken cancellation)
    {
        ToolAnswer answer = await AskAsync(control, device, "--query-dv-timings", cancellation);
        return VideoTimings.Parse(answer.Output, string.Join('\n', answer.Errors));
    }

    private static Task<ToolAnswer> AskAsync(string control, string device, string question, CancellationToken cancellation) =>
        ToolRun.RunAsync(new ChildCommand { Program = control, Arguments = ["--device", device, question] }, QueryTime, cancellation);
}
