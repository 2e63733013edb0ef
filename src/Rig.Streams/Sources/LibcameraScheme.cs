using System.Globalization;
using Rig.Media.Formats;
using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary>
/// <c>libcamera:0</c>: a Raspberry Pi camera through <c>rpicam-vid</c>, whose MPEG-TS carries the sensor's own times. Exposure and white
/// balance can be locked, and the cameras of several boards be run in step (<c>sync=server</c>, <c>sync=client</c>).
/// </summary>
public sealed class LibcameraScheme : ISourceScheme
{
    private static readonly string[] OptionNames =
    [
        "size",
        "fps",
        "bitrate",
        "gop",
        "sync",
        "shutter",
        "gain",
        "awb",
        "awbgains",
        "ev",
        "hflip",
        "vflip",
        "codec",
    ];

    private static readonly string[] WhiteBalances = ["auto", "incandescent", "tungsten", "fluorescent", "indoor", "daylight", "cloudy"];

    public IReadOnlyList<string> Names => ["libcamera"];

    public string Example => "libcamera:0?size=1920x1080&fps=30&sync=client";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        (string path, SourceOptions options) = uri.SplitOptions(OptionNames);
        if (!int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out int camera))
        {
            throw new SourceException($"'{uri}' names no camera by its number. It is written {Example}.");
        }

        (int width, int height) = options.Size("size") ?? (1920, 1080);
        Ratio rate = options.Rate("fps") ?? new Ratio(30, 1);
        string codec = options.Text("codec") ?? "libx264";
        string[] arguments = [.. Capture(camera, width, height, rate), .. Encoding(options, codec, rate), .. Picture(options), "-o", "-"];
        var setting = new EncoderSetting(
            codec,
            codec == "libx264" ? "ultrafast" : null,
            rate.Value,
            "Lower size or fps; a Raspberry Pi 5 has no hardware encoder."
        );
        return new ChildSource(
            $"libcamera:{camera}",
            context,
            _ =>
                Task.FromResult(
                    new ChildPlan(new ChildCommand { Program = Programs.Find("rpicam-vid", context), Arguments = arguments }, setting)
                )
        );
    }

    private static string[] Capture(int camera, int width, int height, Ratio rate) =>
        [
            "--camera",
            $"{camera}",
            "--nopreview",
            "--timeout",
            "0",
            "--width",
            $"{width}",
            "--height",
            $"{height}",
            "--framerate",
            rate.Value.ToString("0.###", CultureInfo.InvariantCulture),
        ];

    /// <summary>libav writes MPEG-TS with the sensor's times, which the raw H.264 output does not carry; parameter sets come with each key picture.</summary>
    private static string[] Encoding(SourceOptions options, string codec, Ratio rate)
    {
        if (codec is not ("libx264" or "h264_v4l2m2m"))
        {
            throw options.Wrong("codec", codec, "libx264 or h264_v4l2m2m");
        }

        int second = Math.Max(1, (int)Math.Round(rate.Value));
        const double defaultMegabits = 8;
        int bits = (int)(options.Number("bitrate", "M", defaultMegabits, 0.1, 200) * 1e6);
        return
        [
            "--codec",
            "libav",
            "--libav-format",
            "mpegts",
            "--libav-video-codec",
            codec,
            .. codec == "libx264" ? ["--libav-video-codec-opts", "preset=ultrafast;tune=zerolatency"] : Array.Empty<string>(),
            "--low-latency",
            "--inline",
            "--intra",
            $"{options.Integer("gop", second, 1, 100_000)}",
            "--bitrate",
            $"{bits}",
        ];
    }

    private static IEnumerable<string> Picture(SourceOptions options)
    {
        if (options.Text("sync") is { } sync)
        {
            yield return "--sync";
            yield return sync is "server" or "client" ? sync : throw options.Wrong("sync", sync, "server or client");
        }

        if (options.Span("shutter") is { } shutter)
        {
            yield return "--shutter";
            yield return $"{(long)shutter.TotalMicroseconds}us";
        }

        if (options.Text("gain") is not null)
        {
            yield return "--gain";
            yield return options.Number("gain", "x", 1, 1, 64).ToString(CultureInfo.InvariantCulture);
        }

        if (options.Text("ev") is not null)
        {
            yield return "--ev";
            yield return options.Number("ev", "", 0, -10, 10).ToString(CultureInfo.InvariantCulture);
        }

        if (options.Text("awb") is { } balance)
        {
            yield return "--awb";
            yield return WhiteBalances.Contains(balance) ? balance : throw options.Wrong("awb", balance, string.Join(", ", WhiteBalances));
        }

        if (options.Text("awbgains") is { } gains)
        {
            yield return "--awbgains";
            yield return gains.Split(',').Length == 2 && gains.All(c => char.IsAsciiDigit(c) || c is '.' or ',')
                ? gains
                : throw options.Wrong("awbgains", gains, "gains of red and blue such as 1.8,1.5");
        }

        foreach (string flip in new[] { "hflip", "vflip" }.Where(options.Flag))
        {
            yield return $"--{flip}";
        }
    }
}
