using System.Globalization;
using Rig.Media.Formats;

namespace Rig.Streams.Sources;

/// <summary>What <c>v4l2:/dev/video0?...</c> says.</summary>
internal sealed record V4l2Options
{
    /// <summary>Bits a second when none are asked for: a pitch in motion at 1080p.</summary>
    private const int DefaultKilobits = 8000;

    private static readonly string[] Names = ["size", "fps", "encoder", "bitrate", "gop"];

    public required string Device { get; init; }

    public (int Width, int Height)? Size { get; private init; }

    public Ratio? Rate { get; private init; }

    /// <summary>ffmpeg's name of an encoder, <c>copy</c>, or null to find one.</summary>
    public string? Encoder { get; private init; }

    public int Kilobits { get; private init; } = DefaultKilobits;

    /// <summary>Pictures between key pictures; 0 for a second's worth.</summary>
    public int Gop { get; private init; }

    /// <exception cref="SourceException">Something in the text is wrong.</exception>
    public static V4l2Options Parse(SourceUri uri)
    {
        (string path, SourceOptions options) = uri.SplitOptions(Names);
        if (!path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new SourceException($"'{uri}' names no device. It is written v4l2:/dev/video0?size=1920x1080&fps=30.");
        }

        string? encoder = options.Text("encoder");
        if (encoder is not null && encoder != "copy" && EncoderChoice.All.All(known => known.Name != encoder))
        {
            throw options.Wrong("encoder", encoder, $"copy or one of {string.Join(", ", EncoderChoice.All.Select(known => known.Name))}");
        }

        return new V4l2Options
        {
            Device = path,
            Size = options.Size("size"),
            Rate = options.Rate("fps"),
            Encoder = encoder,
            Kilobits = (int)(options.Number("bitrate", "M", DefaultKilobits / 1000.0, 0.1, 1000) * 1000),
            Gop = options.Integer("gop", 0, 1, 100_000),
        };
    }

    /// <summary>The rate as ffmpeg takes it.</summary>
    public static string Text(Ratio rate) => string.Create(CultureInfo.InvariantCulture, $"{rate.Numerator}/{rate.Denominator}");
}
