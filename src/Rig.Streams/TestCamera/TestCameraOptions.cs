using Rig.Media.Formats;
using Rig.Streams.Sources;

namespace Rig.Streams.TestCamera;

internal enum TestAudio
{
    None,
    Pcm,
    Aac,
}

/// <summary>
/// What <c>test:WIDTHxHEIGHT@RATE?...</c> says. The picture is at least 640x160, since that is what the frame stamp and the digits need.
/// </summary>
internal sealed record TestCameraOptions
{
    /// <summary>The most pixels, 8K: a macroblock more and no level of H.264 fits.</summary>
    private const int MaxWidth = 8192;
    private const int MaxHeight = 4352;

    private static readonly string[] Names =
    [
        "gop",
        "name",
        "bitrate",
        "audio",
        "codec",
        "bframes",
        "stall",
        "drift",
        "jump",
        "loss",
        "resize",
    ];

    public int Width { get; private init; } = 1280;

    public int Height { get; private init; } = 720;

    public Ratio Rate { get; private init; } = new(30, 1);

    /// <summary>Pictures from one key picture to the next; a second's worth by default.</summary>
    public int Gop { get; private init; } = 30;

    /// <summary>Shown in the picture.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Bits a second to fill up to with noise; 0 for no noise.</summary>
    public int BitRate { get; private init; }

    public TestAudio Audio { get; private init; }

    public Codec Codec { get; private init; } = Codec.H264;

    /// <summary>B-pictures between two others; above 0 the stream goes through an encoder.</summary>
    public int BPictures { get; private init; }

    /// <summary>Silence of that length, that long after the start.</summary>
    public (TimeSpan Length, TimeSpan At)? Stall { get; private init; }

    /// <summary>How much the camera's clock is fast, in millionths.</summary>
    public double DriftPpm { get; private init; }

    /// <summary>The camera's clock is set forwards (or backwards) by that much, that long after the start.</summary>
    public (TimeSpan Length, TimeSpan At)? Jump { get; private init; }

    /// <summary>The part of all units that never arrive, 0 to 1.</summary>
    public double Loss { get; private init; }

    /// <summary>Another picture size, that long after the start.</summary>
    public (int Width, int Height, TimeSpan At)? Resize { get; private init; }

    public bool NeedsEncoder => Codec != Codec.H264 || BPictures > 0;

    public override string ToString() => $"test camera {Width}x{Height}@{(Rate.Denominator == 1 ? $"{Rate.Numerator}" : $"{Rate}")}";

    /// <exception cref="SourceException">Something in the text is wrong.</exception>
    public static TestCameraOptions Parse(SourceUri uri, string cameraId)
    {
        (string path, SourceOptions options) = uri.SplitOptions(Names);
        (int width, int height, Ratio rate) = ReadPath(path);
        string codec = options.Text("codec") ?? "h264";
        int second = Math.Max(1, (int)Math.Round(rate.Value));
        var parsed = new TestCameraOptions
        {
            Width = width,
            Height = height,
            Rate = rate,
            Gop = options.Integer("gop", second, 1, 100_000),
            Name = Shorten(options.Text("name") ?? cameraId),
            BitRate = ReadBitRate(options),
            Audio = (options.Text("audio") ?? "none") switch
            {
                "none" => TestAudio.None,
                "pcm" => TestAudio.Pcm,
                "aac" => TestAudio.Aac,
                var other => throw options.Wrong("audio", other, "none, pcm or aac"),
            },
            Codec = codec switch
            {
                "h264" => Codec.H264,
                "h265" => Codec.H265,
                _ => throw options.Wrong("codec", codec, "h264 or h265"),
            },
            BPictures = options.Text("bframes") is "" ? 2 : options.Integer("bframes", 0, 0, 4),
            Stall = ReadSpanAt(options, "stall", TimeSpan.FromSeconds(3)),
            DriftPpm = options.Number("drift", "ppm", 0, -10_000, 10_000),
            Jump = ReadSpanAt(options, "jump", TimeSpan.FromSeconds(20)),
            Loss = options.Number("loss", "%", 0, 0, 100) / 100,
            Resize = ReadResize(options, width, height),
        };
        return parsed.NeedsEncoder && (parsed.Loss > 0 || parsed.Resize is not null)
            ? throw new SourceException(
                "The test camera cannot combine loss or resize with codec=h265 or bframes: the encoder would mend them."
            )
            : parsed;
    }

    private static (int Width, int Height, Ratio Rate) ReadPath(string path)
    {
        string text = path.Length == 0 ? "1280x720@30" : path;
        int at = text.IndexOf('@', StringComparison.Ordinal);
        (int Width, int Height)? size = SourceOptions.ReadSize(at < 0 ? text : text.AsSpan(0, at));
        Ratio? rate = at < 0 ? new Ratio(30, 1) : SourceOptions.ReadRate(text.AsSpan(at + 1));
        if (size is null || rate is null)
        {
            throw new SourceException($"'{path}' is not a size and rate: the test camera is written test:1280x720@30.");
        }

        CheckSize(size.Value);
        return (size.Value.Width, size.Value.Height, rate.Value);
    }

    private static void CheckSize((int Width, int Height) size)
    {
        bool fits = size.Width is >= Scene.MinWidth and <= MaxWidth && size.Height is >= Scene.MinHeight and <= MaxHeight;
        if (!fits || size.Width % 2 != 0 || size.Height % 2 != 0)
        {
            throw new SourceException(
                $"The test camera cannot make {size.Width}x{size.Height}: width and height must be even, at least "
                    + $"{Scene.MinWidth}x{Scene.MinHeight} (the frame stamp needs that), at most {MaxWidth}x{MaxHeight}."
            );
        }
    }

    private static string Shorten(string name)
    {
        const int longest = 38; // characters of 16 pixels that fit beside the margin in a picture 640 wide
        return name.Length <= longest ? name : name[..longest];
    }

    private static int ReadBitRate(SourceOptions options)
    {
        if (options.Text("bitrate") is not { } text)
        {
            return 0;
        }

        int scale =
            text.EndsWith('M') ? 1_000_000
            : text.EndsWith('k') ? 1_000
            : 1;
        const int most = 1000; // Mbit/s
        return
            double.TryParse(scale == 1 ? text : text[..^1], System.Globalization.CultureInfo.InvariantCulture, out double value)
            && value > 0
            && value * scale <= most * 1e6
            ? (int)(value * scale)
            : throw options.Wrong("bitrate", text, $"a bit rate such as 8M, at most {most}M");
    }

    /// <summary><c>stall=3s@10s</c>, <c>jump@10s</c>, <c>jump</c>: a length and when, with defaults for both.</summary>
    private static (TimeSpan Length, TimeSpan At)? ReadSpanAt(SourceOptions options, string name, TimeSpan absentLength)
    {
        if (options.Text(name) is not { } text)
        {
            return null;
        }

        int sign = text.IndexOf('@', StringComparison.Ordinal);
        string length = sign < 0 ? text : text[..sign];
        TimeSpan? span = length.Length == 0 ? absentLength : SourceOptions.ReadSpan(length);
        TimeSpan? at = sign < 0 ? TimeSpan.FromSeconds(10) : SourceOptions.ReadSpan(text.AsSpan(sign + 1));
        bool readable = span is not null && at is not null && at >= TimeSpan.Zero;
        return readable ? (span!.Value, at!.Value) : throw options.Wrong(name, text, "a length and when, such as 3s@10s");
    }

    /// <summary><c>resize=640x360@20s</c>; without a size half the size, or twice it where half is too small.</summary>
    private static (int Width, int Height, TimeSpan At)? ReadResize(SourceOptions options, int width, int height)
    {
        if (options.Text("resize") is not { } text)
        {
            return null;
        }

        int sign = text.IndexOf('@', StringComparison.Ordinal);
        string size = sign < 0 ? text : text[..sign];
        bool canHalve = width / 2 >= Scene.MinWidth && height / 2 >= Scene.MinHeight;
        (int Width, int Height)? to =
            size.Length > 0 ? SourceOptions.ReadSize(size)
            : canHalve ? (width / 4 * 2, height / 4 * 2)
            : (width * 2, height * 2);
        TimeSpan? at = sign < 0 ? TimeSpan.FromSeconds(10) : SourceOptions.ReadSpan(text.AsSpan(sign + 1));
        if (to is null || at is null || at < TimeSpan.Zero)
        {
            throw options.Wrong("resize", text, "a size and when, such as 640x360@20s");
        }

        CheckSize(to.Value);
        return (to.Value.Width, to.Value.Height, at.Value);
    }
}
