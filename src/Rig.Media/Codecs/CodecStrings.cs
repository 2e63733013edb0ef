using System.Globalization;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.Av1;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Formats;

namespace Rig.Media.Codecs;

/// <summary>The <c>codecs</c> parameter of MP4's media types (RFC 6381 3), by which browsers and players judge a stream before they take it.</summary>
public static class CodecStrings
{
    /// <summary>The string of a track, such as <c>avc1.64001F</c>; null when players of fragmented MP4 do not know the codec, or its parameter sets cannot be read.</summary>
    public static string? Of(TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Codec switch
        {
            Codec.H264 => FirstOf(format, set => H264Format.IsSps(set) ? H264Sps.Parse(set.Span) : null) is { } sps
                ? AvcConfiguration.CodecString(sps)
                : null,
            Codec.H265 => FirstOf(format, set => H265Format.Type(set) == H265NalType.SequenceParameterSet ? H265Sps.Parse(set.Span) : null)
                is { } sps
                ? HevcConfiguration.CodecString(sps)
                : null,
            Codec.Av1 => FirstOf(format, SequenceHeader) is { } header ? Av1(header) : null,
            Codec.Aac => FirstOf(format, set => AudioSpecificConfig.Parse(set.Span)) is { } config ? Aac(config) : null,
            Codec.Opus => "opus",
            _ => null,
        };
    }

    private static T? FirstOf<T>(TrackFormat format, Func<ReadOnlyMemory<byte>, T?> read)
        where T : class => format.ParameterSets.Select(read).FirstOrDefault(found => found is not null);

    private static Av1SequenceHeader? SequenceHeader(ReadOnlyMemory<byte> set)
    {
        ReadOnlySpan<byte> rest = set.Span;
        return Obu.TryRead(ref rest, out Obu obu) && obu.Type == ObuType.SequenceHeader ? Av1SequenceHeader.Parse(obu.Payload) : null;
    }

    /// <summary>AV1 in ISO Base Media File Format 5: profile, level and tier, bit depth.</summary>
    private static string Av1(Av1SequenceHeader header) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"av01.{header.Profile}.{header.LevelIndex:00}{(header.Tier == 0 ? 'M' : 'H')}.{header.BitDepth:00}"
        );

    /// <summary>Object type 5 and 29 tell of SBR and PS where the decoder must know it (hierarchical signalling).</summary>
    private static string Aac(AudioSpecificConfig config)
    {
        int type = config switch
        {
            { IsBackwardCompatible: true } => config.ObjectType,
            { HasParametricStereo: true } => 29,
            { ExtensionSampleRate: not null } => 5,
            _ => config.ObjectType,
        };
        return string.Create(CultureInfo.InvariantCulture, $"mp4a.40.{type}");
    }
}
