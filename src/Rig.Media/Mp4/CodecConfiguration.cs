using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Writes the box by which a sample entry carries what a decoder needs before the first unit.</summary>
internal static class CodecConfiguration
{
    private const int SpsH264 = 7;
    private const int PpsH264 = 8;
    private const int VpsH265 = 32;
    private const int SpsH265 = 33;
    private const int PpsH265 = 34;

    /// <summary>AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1) in `avcC`.</summary>
    public static void WriteAvc(BoxWriter to, TrackFormat format)
    {
        ReadOnlyMemory<byte>[] sps = [.. format.ParameterSets.Where(set => set.Length > 4 && (set.Span[0] & 0x1F) == SpsH264)];
        ReadOnlyMemory<byte>[] pps = [.. format.ParameterSets.Where(set => set.Length > 1 && (set.Span[0] & 0x1F) == PpsH264)];
        int box = to.Begin("avcC"u8);
        to.U8(1);
        to.Bytes(sps.Length > 0 ? sps[0].Span[1..4] : [66, 0, 10]);
        to.U8(0xFF); // 4-byte lengths
        to.U8(0xE0 | sps.Length);
        WriteSets(to, sps);
        to.U8(pps.Length);
        WriteSets(to, pps);
        if (sps.Length > 0 && sps[0].Span[1] is 100 or 110 or 122 or 144)
        {
            int depth = (format.Video?.BitDepth ?? 8) - 8;
            to.U8(0xFD); // 4:2:0
            to.U8(0xF8 | depth);
            to.U8(0xF8 | depth);
            to.U8(0);
        }

        to.End(box);
    }

    /// <summary>HEVCDecoderConfigurationRecord (8.3.3.1) in `hvcC`.</summary>
    public static void WriteHevc(BoxWriter to, TrackFormat format)
    {
        const int ProfileTierLevelAt = 3;
        const int ProfileTierLevelBytes = 12;
        const int ChromaFormat420 = 1;
        ReadOnlySpan<byte> sps = Unescape(HevcSets(format, SpsH265).FirstOrDefault().Span);
        int depth = (format.Video?.BitDepth ?? 8) - 8;
        int box = to.Begin("hvcC"u8);
        to.U8(1);
        to.Bytes(sps.Length >= ProfileTierLevelAt + ProfileTierLevelBytes ? sps.Slice(ProfileTierLevelAt, ProfileTierLevelBytes) : new byte[12]);
        to.U16(0xF000); // min_spatial_segmentation_idc: unknown
        to.U8(0xFC); // parallelismType: unknown
        to.U8(0xFC | ChromaFormat420);
        to.U8(0xF8 | depth);
        to.U8(0xF8 | depth);
        to.U16(0); // average frame rate: unknown
        int layers = sps.Length > 2 ? ((sps[2] >> 1) & 7) + 1 : 1;
        to.U8((layers << 3) | (sps.Length > 2 ? (sps[2] & 1) << 2 : 0) | 3);
        to.U8(3);
        foreach (int type in (ReadOnlySpan<int>)[VpsH265, SpsH265, PpsH265])
        {
            ReadOnlyMemory<byte>[] sets = HevcSets(format, type);
            to.U8(0x80 | type);
            to.U16(sets.Length);
            WriteSets(to, sets);
        }

        to.End(box);
    }

    private static ReadOnlyMemory<byte>[] HevcSets(TrackFormat format, int type) =>
        [.. format.ParameterSets.Where(set => set.Length > 2 && ((set.Span[0] >> 1) & 63) == type)];

    /// <summary>The bytes without emulation prevention (ITU-T H.265 7.4.2).</summary>
    private static byte[] Unescape(ReadOnlySpan<byte> nal)
    {
        var bytes = new List<byte>(nal.Length);
        int zeros = 0;
        foreach (byte value in nal)
        {
            if (zeros >= 2 && value == 3)
            {
                zeros = 0;
                continue;
            }

            zeros = value == 0 ? zeros + 1 : 0;
            bytes.Add(value);
        }

        return [.. bytes];
    }

    private static void WriteSets(BoxWriter to, ReadOnlyMemory<byte>[] sets)
    {
        foreach (ReadOnlyMemory<byte> set in sets)
        {
            to.U16(set.Length);
            to.Bytes(set.Span);
        }
    }

    /// <summary>AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding 2.3.3) in `av1C`.</summary>
    public static void WriteAv1(BoxWriter to, TrackFormat format)
    {
        ReadOnlySpan<byte> header = format.ParameterSets.Count > 0 ? format.ParameterSets[0].Span : default;
        int depth = format.Video?.BitDepth ?? 8;
        int profile = 0;
        int level = 0;
        if (header.Length > 4)
        {
            // AV1 5.5.1: seq_profile, still_picture, reduced_still_picture_header, timing_info_present_flag, ...
            int payload = 1 + ((header[0] >> 2) & 1) + ((header[0] & 2) != 0 ? 1 : 0);
            profile = header[payload] >> 5;
            bool reduced = (header[payload] & 0x08) != 0;
            bool timing = (header[payload] & 0x04) != 0;
            level = reduced || timing || header.Length < payload + 4 ? 0 : header[payload + 3] >> 3;
        }

        int box = to.Begin("av1C"u8);
        to.U8(0x81);
        to.U8((profile << 5) | level);
        to.U8((depth > 8 ? 0x40 : 0) | (depth == 12 ? 0x20 : 0) | 0x0C);
        to.U8(0);
        to.Bytes(header);
        to.End(box);
    }

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

    /// <summary>
    /// OpusSpecificBox (Encapsulation of Opus in ISO Base Media File Format 4.3.2): the identification header of RFC 7845 5.1, without
    /// its magic and with big-endian numbers.
    /// </summary>
    public static void WriteOpus(BoxWriter to, TrackFormat format)
    {
        const int DefaultPreSkip = 312;
        const int FixedHeader = 19;
        ReadOnlySpan<byte> head = format.ParameterSets.Count > 0 ? format.ParameterSets[0].Span : default;
        int box = to.Begin("dOps"u8);
        to.U8(0);
        if (head.Length < FixedHeader)
        {
            to.U8(format.Audio?.Channels ?? 2);
            to.U16(DefaultPreSkip);
            to.U32((uint)(format.Audio?.SampleRate ?? 48_000));
            to.U16(0);
            to.U8(0);
        }
        else
        {
            to.U8(head[9]);
            to.U16(head[10] | (head[11] << 8));
            to.U32(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(head[12..]));
            to.U16(head[16] | (head[17] << 8));
            to.Bytes(head[18..]);
        }

        to.End(box);
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
