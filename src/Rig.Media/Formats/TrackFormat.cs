using Rig.Media.Time;

namespace Rig.Media.Formats;

public enum TrackKind
{
    Video,
    Audio,
    Data,
}

public enum Codec
{
    H264,
    H265,
    Av1,
    Jpeg,
    JpegXs,
    Aac,
    Opus,
    PcmMuLaw,
    PcmALaw,

    /// <summary>Linear PCM, signed, big-endian; bits a sample in <see cref="AudioFormat.BitsPerSample"/>.</summary>
    Pcm,

    /// <summary>STANAG 4609 metadata (SMPTE ST 336).</summary>
    Klv,
}

/// <summary>How the capture instants of a track were obtained; written into the manifest.</summary>
public enum CaptureClock
{
    /// <summary>Arrival less the smallest recent transit time.</summary>
    Estimated,

    /// <summary>RTCP sender reports (RFC 3550 6.4.1).</summary>
    SenderReport,

    /// <summary>Time stamps of the capturing device or its driver.</summary>
    Device,

    /// <summary>The test camera, which stamps its pictures itself.</summary>
    FrameStamp,
}

/// <summary>
/// What a decoder and a file must know of a track before its first unit. Immutable; a change of anything a decoder depends on is a
/// new format.
/// </summary>
public sealed record TrackFormat
{
    public required Codec Codec { get; init; }

    /// <summary>Ticks a second of the times of the track's units.</summary>
    public required Timescale Timescale { get; init; }

    /// <summary>Width in bits of the time counter on the wire: 33 for MPEG-TS, 32 for RTP, 64 when it does not wrap.</summary>
    public int ClockBits { get; init; } = 64;

    /// <summary>
    /// H.264: SPS then PPS NAL units, H.265: VPS, SPS, PPS, without start codes or lengths; AV1: one sequence header OBU; AAC: one
    /// AudioSpecificConfig; Opus: one identification header (RFC 7845 5.1). Empty for the rest.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ParameterSets { get; init; } = [];

    /// <summary>Given for video tracks.</summary>
    public VideoFormat? Video { get; init; }

    /// <summary>Given for audio tracks.</summary>
    public AudioFormat? Audio { get; init; }

    public CaptureClock CaptureClock { get; init; }

    public TrackKind Kind =>
        Codec switch
        {
            Codec.H264 or Codec.H265 or Codec.Av1 or Codec.Jpeg or Codec.JpegXs => TrackKind.Video,
            Codec.Klv => TrackKind.Data,
            _ => TrackKind.Audio,
        };

    /// <summary>Whether a decoder or file opened for this format can go on with units of <paramref name="other"/>.</summary>
    public bool IsSameStreamAs(TrackFormat other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Codec != other.Codec || Timescale != other.Timescale || Video != other.Video || Audio != other.Audio)
        {
            return false;
        }

        return ParameterSets.Count == other.ParameterSets.Count
            && ParameterSets.Zip(other.ParameterSets).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));
    }
}

/// <summary>A ratio of two positive numbers: frame rate (30000/1001), sample aspect ratio.</summary>
public readonly record struct Ratio(int Numerator, int Denominator)
{
    public double Value => (double)Numerator / Denominator;

    public override string ToString() => $"{Numerator}/{Denominator}";
}

/// <summary>Code points of ISO/IEC 23091-2 (H.273): primaries, transfer, matrix; 2 where unspecified.</summary>
public readonly record struct Colour(byte Primaries, byte Transfer, byte Matrix, bool FullRange)
{
    public static readonly Colour Unspecified = new(2, 2, 2, FullRange: false);
}

/// <summary>A video track as its parameter sets describe it.</summary>
public sealed record VideoFormat
{
    /// <summary>Pixels after cropping.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels after cropping, both fields.</summary>
    public required int Height { get; init; }

    /// <summary>Pictures (frames) a second, from VUI timing or measured; null when unknown.</summary>
    public Ratio? FrameRate { get; init; }

    public Ratio SampleAspectRatio { get; init; } = new(1, 1);

    public Colour Colour { get; init; } = Colour.Unspecified;

    public int BitDepth { get; init; } = 8;

    /// <summary>Pictures by which presentation may lag behind decoding (B-pictures); 0 when none are reordered.</summary>
    public int ReorderDepth { get; init; }

    public bool Interlaced { get; init; }

    /// <summary>Mastering display colour volume and content light level SEI payloads (H.264 D.2.29, H.265 D.2.28), if any.</summary>
    public ReadOnlyMemory<byte> MasteringDisplay { get; init; }

    public ReadOnlyMemory<byte> ContentLightLevel { get; init; }

    public bool Equals(VideoFormat? other) =>
        other is not null
        && (Width, Height, FrameRate, SampleAspectRatio, Colour, BitDepth, ReorderDepth, Interlaced)
            == (
                other.Width,
                other.Height,
                other.FrameRate,
                other.SampleAspectRatio,
                other.Colour,
                other.BitDepth,
                other.ReorderDepth,
                other.Interlaced
            )
        && MasteringDisplay.Span.SequenceEqual(other.MasteringDisplay.Span)
        && ContentLightLevel.Span.SequenceEqual(other.ContentLightLevel.Span);

    public override int GetHashCode() => HashCode.Combine(Width, Height, FrameRate, SampleAspectRatio, Colour, BitDepth);
}

/// <summary>An audio track.</summary>
public sealed record AudioFormat
{
    /// <summary>Samples a second of the decoded sound (of the AAC core where SBR is implicit).</summary>
    public required int SampleRate { get; init; }

    public required int Channels { get; init; }

    /// <summary>Samples of each channel in one unit: 1024 for AAC, 960 for 20 ms of Opus; 0 when it varies.</summary>
    public int SamplesPerUnit { get; init; }

    /// <summary>For PCM.</summary>
    public int BitsPerSample { get; init; }
}
