using Rig.Media.Codecs.Av1;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Codecs.Opus;
using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Reads what <see cref="CodecConfiguration"/> writes, and the same boxes of foreign files, into parameter sets.</summary>
internal static class ConfigurationParser
{
    private static readonly (IReadOnlyList<ReadOnlyMemory<byte>>, int) s_nothing = ([], 4);

    /// <summary>`avcC`.</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Sets, int LengthSize) Avc(ReadOnlySpan<byte> content) =>
        AvcConfiguration.Parse(content) is { } record ? (record.ParameterSets, record.LengthSize) : s_nothing;

    /// <summary>`hvcC`, without the SEI messages that it may hold.</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Sets, int LengthSize) Hevc(ReadOnlySpan<byte> content) =>
        HevcConfiguration.Parse(content) is { } record ? ([.. record.ParameterSets.Where(IsParameterSet)], record.LengthSize) : s_nothing;

    /// <summary>`av1C`: the sequence header OBU in it.</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Sets, int LengthSize) Av1(ReadOnlySpan<byte> content) =>
        Av1Configuration.Parse(content) is { } header ? ([header], 4) : s_nothing;

    /// <summary>
    /// The format with the sequence header of the first temporal unit, for files whose `av1C` has none: configOBUs may be empty (2.3.4).
    /// </summary>
    public static TrackFormat WithAv1Header(TrackFormat format, ReadOnlySpan<byte> firstSample)
    {
        while (Obu.TryRead(ref firstSample, out Obu obu))
        {
            if (obu.Type == ObuType.SequenceHeader && obu.WrittenLength <= StreamLimits.ParameterSetBytes)
            {
                byte[] header = new byte[obu.WrittenLength];
                obu.Write(header);
                return format with { ParameterSets = [header], Video = Av1Picture([header], format.Video!) };
            }
        }

        return format;
    }

    /// <summary>A picture of that size, completed by what the sequence header OBU tells.</summary>
    public static VideoFormat Av1Picture(IReadOnlyList<ReadOnlyMemory<byte>> sets, VideoFormat video)
    {
        ReadOnlySpan<byte> rest = sets.Count > 0 ? sets[0].Span : default;
        return Obu.TryRead(ref rest, out Obu obu) && Av1SequenceHeader.Parse(obu.Payload) is { } header
            ? video with
            {
                BitDepth = header.BitDepth,
                Colour = header.Colour,
            }
            : video;
    }

    /// <summary>The AudioSpecificConfig in `esds`.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Esds(ReadOnlySpan<byte> content)
    {
        const int StreamDescriptor = 3;
        const int DecoderConfiguration = 4;
        const int DecoderSpecific = 5;
        var reader = new SpanReader(content);
        if (reader.U8() != StreamDescriptor)
        {
            return [];
        }

        DescriptorLength(ref reader);
        reader.Skip(2);
        int flags = reader.U8();
        reader.Skip((flags & 0x80) != 0 ? 2 : 0);
        reader.Skip((flags & 0x40) != 0 ? reader.U8() : 0);
        reader.Skip((flags & 0x20) != 0 ? 2 : 0);
        if (reader.U8() != DecoderConfiguration)
        {
            return [];
        }

        DescriptorLength(ref reader);
        int objectType = reader.U8();
        reader.Skip(12);
        if (objectType is not (0x40 or 0x66 or 0x67 or 0x68) || reader.U8() != DecoderSpecific)
        {
            return [];
        }

        ReadOnlySpan<byte> config = reader.Take(DescriptorLength(ref reader));
        return config.Length is > 0 and <= StreamLimits.ParameterSetBytes ? [config.ToArray()] : [];
    }

    /// <summary>The identification header (RFC 7845 5.1) that `dOps` stands for.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Opus(ReadOnlySpan<byte> content) =>
        OpusHeader.ParseBox(content) is { } header ? [header.ToBytes()] : [];

    private static bool IsParameterSet(ReadOnlyMemory<byte> nal) =>
        H265Format.Type(nal) is H265NalType.VideoParameterSet or H265NalType.SequenceParameterSet or H265NalType.PictureParameterSet;

    /// <summary>7 bits a byte, at most four of them (14496-1 8.3.3).</summary>
    private static int DescriptorLength(ref SpanReader reader)
    {
        int length = 0;
        for (int i = 0; i < 4; i++)
        {
            int part = reader.U8();
            length = (length << 7) | (part & 0x7F);
            if ((part & 0x80) == 0)
            {
                break;
            }
        }

        return length;
    }
}
