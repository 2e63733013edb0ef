using System.Buffers.Binary;
using Rig.Media.Codecs.H264;

namespace Rig.Media.Codecs.H265;

/// <summary>
/// HEVCDecoderConfigurationRecord, the content of <c>hvcC</c> (ISO/IEC 14496-15 8.3.3.1.2):
/// <code>
/// version 8 = 1 | profile space, tier, profile 8 | compatibility 32 | constraints 48 | level 8 | 1111 min_spatial_segmentation 12
/// | 111111 parallelism 2 | 111111 chroma 2 | 11111 luma depth - 8 3 | 11111 chroma depth - 8 3 | average frame rate 16
/// | constant frame rate 2, temporal layers 3, nested 1, lengthSizeMinusOne 2 | array count 8
/// { complete 1, 0, type 6 | count 16 { length 16, NAL unit } }
/// </code>
/// </summary>
/// <param name="LengthSize">Bytes of the length before each NAL unit of a sample: 1, 2 or 4.</param>
/// <param name="ParameterSets">VPS, SPS, PPS and SEI NAL units in the order of the record.</param>
public sealed record HevcConfiguration(int LengthSize, IReadOnlyList<ReadOnlyMemory<byte>> ParameterSets)
{
    private const int FixedBytes = 23;
    private const int ArrayHeaderBytes = 3;

    /// <summary>Reads a record; null when it is malformed. The NAL units are copies.</summary>
    public static HevcConfiguration? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes || bytes[0] != 1 || (bytes[21] & 3) == 2)
        {
            return null;
        }

        int lengthSize = (bytes[21] & 3) + 1;
        int arrays = bytes[22];
        List<ReadOnlyMemory<byte>> sets = [];
        ReadOnlySpan<byte> rest = bytes[FixedBytes..];
        for (int i = 0; i < arrays; i++)
        {
            if (rest.Length < ArrayHeaderBytes)
            {
                return null;
            }

            int count = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
            rest = rest[ArrayHeaderBytes..];
            if (!ParameterSetArray.TryRead(ref rest, count, sets))
            {
                return null;
            }
        }

        return sets.Count > 0 ? new HevcConfiguration(lengthSize, sets) : null;
    }

    /// <summary>The record for a track's parameter sets.</summary>
    /// <param name="parameterSets">VPS, SPS and PPS.</param>
    /// <param name="complete">All parameter sets are here and none in the samples (<c>hvc1</c>), array_completeness.</param>
    /// <exception cref="ArgumentException">There is no readable SPS among them.</exception>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> parameterSets, bool complete)
    {
        ArgumentNullException.ThrowIfNull(parameterSets);
        ReadOnlyMemory<byte> spsNal = parameterSets.FirstOrDefault(static set => H265Format.Type(set) == H265NalType.SequenceParameterSet);
        H265Sps sps =
            H265Sps.Parse(spsNal.Span)
            ?? throw new ArgumentException("An HEVC configuration needs a sequence parameter set.", nameof(parameterSets));
        H265ProfileTierLevel level = sps.ProfileTierLevel;
        byte[] head = new byte[FixedBytes];
        head[0] = 1;
        head[1] = level.Profile;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(2), level.Compatibility);
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(6), level.Constraints << 16);
        head[12] = level.LevelIdc;
        head[13] = 0xF0; // min_spatial_segmentation_idc 0: not restricted
        head[15] = 0xFC; // parallelismType 0: mixed or unknown
        head[16] = (byte)(0xFC | sps.ChromaFormatIdc);
        head[17] = (byte)(0xF8 | (sps.BitDepthLuma - 8));
        head[18] = (byte)(0xF8 | (sps.BitDepthChroma - 8));
        head[21] = (byte)(((sps.MaxSubLayersMinus1 + 1) << 3) | (sps.TemporalIdNesting ? 4 : 0) | (LengthPrefixed.PrefixBytes - 1));
        List<byte> record = [.. head];
        ReadOnlySpan<H265NalType> types =
        [
            H265NalType.VideoParameterSet,
            H265NalType.SequenceParameterSet,
            H265NalType.PictureParameterSet,
        ];
        foreach (H265NalType type in types)
        {
            ReadOnlyMemory<byte>[] sets = [.. parameterSets.Where(set => H265Format.Type(set) == type)];
            if (sets.Length > 0)
            {
                record[22]++;
                record.Add((byte)((complete ? 0x80 : 0) | (int)type));
                record.Add(0);
                record.Add((byte)sets.Length);
                ParameterSetArray.Write(record, sets);
            }
        }

        return [.. record];
    }

    /// <summary>The codec string of ISO/IEC 14496-15 E.3, "hvc1.1.6.L93.B0".</summary>
    public static string CodecString(H265Sps sps)
    {
        ArgumentNullException.ThrowIfNull(sps);
        H265ProfileTierLevel level = sps.ProfileTierLevel;
        uint reversed = 0;
        for (int i = 0; i < 32; i++)
        {
            reversed |= ((level.Compatibility >> i) & 1) << (31 - i);
        }

        int space = level.Profile >> 6;
        string prefix = space == 0 ? string.Empty : ((char)('A' + space - 1)).ToString();
        string text = $"hvc1.{prefix}{level.ProfileIdc}.{reversed:X}.{(level.IsHighTier ? 'H' : 'L')}{level.LevelIdc}";
        for (ulong left = level.Constraints << 16; left != 0; left <<= 8)
        {
            text += $".{left >> 56:X}";
        }

        return text;
    }
}
