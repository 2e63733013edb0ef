using System.Globalization;
using Rig.Media.Formats;

namespace Rig.Streams.Snapshots;

/// <summary>How a JPEG is to look. Equal options share a decoder and its result.</summary>
/// <param name="Width">Pixels; the height follows; 0 for the camera's own size. Never made larger than the camera's.</param>
/// <param name="Quality">1 (smallest) to 100.</param>
public readonly record struct SnapshotOptions(int Width = 0, int Quality = SnapshotOptions.DefaultQuality)
{
    /// <summary>Hardly to be told from the camera's picture: 200 to 400 KB at 1080p.</summary>
    public const int DefaultQuality = 90;

    /// <summary>Pixels: the widest that JPEG and the encoders of this field have a use for.</summary>
    public const int MaxWidth = 8192;

    private const int MinWidth = 16;

    /// <summary>Whether the numbers are within their bounds.</summary>
    public bool IsValid => Quality is >= 1 and <= 100 && Width is 0 or (>= MinWidth and <= MaxWidth);

    /// <summary>ffmpeg's quantiser scale: 2 (best) to 31.</summary>
    internal string Quantiser => string.Create(CultureInfo.InvariantCulture, $"{31 - (Math.Clamp(Quality, 1, 100) * 29 / 100)}");

    /// <summary>ffmpeg's filter to the size wanted; even heights, as the encoder needs them for 4:2:0.</summary>
    internal string Scale =>
        Width == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",scale='min({Width},iw)':-2:flags=fast_bilinear");
}

/// <summary>What a waiting decoder was started for.</summary>
/// <param name="Decoder">ffmpeg's name of the decoder, where the fourcc does not tell: its list for IVF has none for H.265.</param>
internal readonly record struct DecoderKind(string? Decoder, SnapshotOptions Options)
{
    public static DecoderKind Of(Codec codec, SnapshotOptions options) => new(codec == Codec.H265 ? "hevc" : null, options);
}
