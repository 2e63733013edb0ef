using Rig.Media.Codecs.Av1;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Codecs.Opus;
using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Writes the box by which a sample entry carries what a decoder needs before the first unit. The records are those of the codecs' own folders.</summary>
internal static class CodecConfiguration
{
    /// <summary>`avcC` (ISO/IEC 14496-15 5.4.2.1.1).</summary>
    public static void WriteAvc(BoxWriter to, TrackFormat format) => to.Box("avcC"u8, AvcConfiguration.Write(format.ParameterSets));

    /// <summary>`hvcC` (14496-15 8.4.1.1).</summary>
    /// <param name="complete">Whether no parameter sets come inside the stream.</param>
    public static void WriteHevc(BoxWriter to, TrackFormat format, bool complete) =>
        to.Box("hvcC"u8, HevcConfiguration.Write(format.ParameterSets, complete));

    /// <summary>`av1C` (AV1 Codec ISO Media File Format Binding 2.3.3).</summary>
    public static void WriteAv1(BoxWriter to, TrackFormat format) =>
        to.Box("av1C"u8, Av1Configuration.Write(format.ParameterSets.Count > 0 ? format.ParameterSets[0].Span : default));

    /// <summary>
    /// <code>
    /// esds ─ ES_Descriptor (3) ─┬ DecoderConfigDescriptor (4) ─ DecoderSpecificInfo (5) = AudioSpecificConfig
    ///                           └ SLConfigDescriptor (6)
    /// </code>
    /// ISO/IEC 14496-14 5.6, 14496-1 7.2.6.
    /// </summary>
    public static void WriteEsds(BoxWriter to, TrackFormat format)
    {
        const int Mpeg4Audio = 0x40;
        const int AudioStream = 0x15;
        ReadOnlySpan<byte> config = format.ParameterSets.Count > 0 ? format.ParameterSets[0].Span : default;
        int esds = to.BeginFull("esds"u8);
        to.U8(3);
        Length(to, 3 + 5 + 13 + 5 + config.Length + 5 + 1);
        to.U16(0); // ES_ID: 0 in files
        to.U8(0);
        to.U8(4);
        Length(to, 13 + 5 + config.Length);
        to.U8(Mpeg4Audio);
        to.U8(AudioStream);
        to.Zero(3); // buffer size, greatest and average bit rate: unknown
        to.U32(0);
        to.U32(0);
        to.U8(5);
        Length(to, config.Length);
        to.Bytes(config);
        to.U8(6);
        Length(to, 1);
        to.U8(2); // predefined: MP4 file
        to.End(esds);
    }

    /// <summary>`dOps` (Encapsulation of Opus in ISO Base Media File Format 4.3.2).</summary>
    public static void WriteOpus(BoxWriter to, TrackFormat format)
    {
        OpusHeader? header = format.ParameterSets.Count > 0 ? OpusHeader.Parse(format.ParameterSets[0].Span) : null;
        to.Box("dOps"u8, (header ?? new OpusHeader(format.Audio?.Channels ?? 2)).ToBox());
    }

    /// <summary>`pcmC` (ISO/IEC 23003-5 5.3): big-endian samples of so many bits.</summary>
    public static void WritePcm(BoxWriter to, TrackFormat format)
    {
        int box = to.BeginFull("pcmC"u8);
        to.U8(0);
        to.U8(format.Audio?.BitsPerSample ?? 16);
        to.End(box);
    }

    /// <summary>Length of a descriptor in four bytes of seven bits (14496-1 8.3.3).</summary>
    private static void Length(BoxWriter to, int length)
    {
        to.U8(0x80 | (length >> 21));
        to.U8(0x80 | (length >> 14));
        to.U8(0x80 | (length >> 7));
        to.U8(length & 0x7F);
    }
}
