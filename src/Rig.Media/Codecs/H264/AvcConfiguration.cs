using System.Buffers.Binary;

namespace Rig.Media.Codecs.H264;

/// <summary>
/// AVCDecoderConfigurationRecord, the content of <c>avcC</c> (ISO/IEC 14496-15 5.3.3.1.2):
/// <code>
/// version 8 = 1 | profile 8 | compatibility 8 | level 8 | 111111 lengthSizeMinusOne 2 | 111 SPS count 5 { length 16, SPS } | PPS count 8 { length 16, PPS }
/// high profiles: 111111 chroma_format 2 | 11111 luma depth - 8 3 | 11111 chroma depth - 8 3 | SPS extension count 8 { length 16, NAL unit }
/// </code>
/// </summary>
/// <param name="LengthSize">Bytes of the length before each NAL unit of a sample: 1, 2 or 4.</param>
/// <param name="ParameterSets">SPS, then PPS NAL units.</param>
public sealed record AvcConfiguration(int LengthSize, IReadOnlyList<ReadOnlyMemory<byte>> ParameterSets)
{
    private const int FixedBytes = 6;
    private const int MaxSps = 31;

    /// <summary>Reads a record; null when it is malformed. The NAL units are copies.</summary>
    public static AvcConfiguration? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= FixedBytes || bytes[0] != 1 || (bytes[4] & 3) == 2)
        {
            return null;
        }

        int lengthSize = (bytes[4] & 3) + 1;
        int count = bytes[5] & MaxSps;
        List<ReadOnlyMemory<byte>> sets = [];
        ReadOnlySpan<byte> rest = bytes[FixedBytes..];
        if (!ParameterSetArray.TryRead(ref rest, count, sets) || rest.IsEmpty)
        {
            return null;
        }

        count = rest[0];
        rest = rest[1..];
        return ParameterSetArray.TryRead(ref rest, count, sets) && sets.Count > 0 ? new AvcConfiguration(lengthSize, sets) : null;
    }

    /// <summary>The record for a track's parameter sets.</summary>
    /// <exception cref="ArgumentException">There is no readable SPS among them.</exception>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> parameterSets)
    {
        ArgumentNullException.ThrowIfNull(parameterSets);
        ReadOnlyMemory<byte>[] sps = [.. parameterSets.Where(H264Format.IsSps).Take(MaxSps)];
        ReadOnlyMemory<byte>[] pps = [.. parameterSets.Where(static set => !H264Format.IsSps(set)).Take(byte.MaxValue)];
        H264Sps first =
            (sps.Length > 0 ? H264Sps.Parse(sps[0].Span) : null)
            ?? throw new ArgumentException("An AVC configuration needs a sequence parameter set.", nameof(parameterSets));
        List<byte> record = [1, first.ProfileIdc, first.Constraints, first.LevelIdc, 0xFC | (LengthPrefixed.PrefixBytes - 1)];
        record.Add((byte)(0xE0 | sps.Length));
        ParameterSetArray.Write(record, sps);
        record.Add((byte)pps.Length);
        ParameterSetArray.Write(record, pps);
        if (first.ProfileIdc is not (66 or 77 or 88))
        {
            record.Add((byte)(0xFC | first.ChromaFormatIdc));
            record.Add((byte)(0xF8 | (first.BitDepthLuma - 8)));
            record.Add((byte)(0xF8 | (first.BitDepthChroma - 8)));
            record.Add(0);
        }

        return [.. record];
    }

    /// <summary>The codec string of RFC 6381 3.3, "avc1.640028".</summary>
    public static string CodecString(H264Sps sps)
    {
        ArgumentNullException.ThrowIfNull(sps);
        return $"avc1.{sps.ProfileIdc:X2}{sps.Constraints:X2}{sps.LevelIdc:X2}";
    }
}

/// <summary>NAL units behind 16-bit lengths, as avcC and hvcC hold them.</summary>
internal static class ParameterSetArray
{
    private const int LengthBytes = 2;

    public static bool TryRead(ref ReadOnlySpan<byte> bytes, int count, List<ReadOnlyMemory<byte>> sets)
    {
        for (int i = 0; i < count; i++)
        {
            if (
                bytes.Length < LengthBytes
                || BinaryPrimitives.ReadUInt16BigEndian(bytes) is var length && length > bytes.Length - LengthBytes
            )
            {
                return false;
            }

            if (length > 0)
            {
                sets.Add(bytes.Slice(LengthBytes, length).ToArray());
            }

            bytes = bytes[(LengthBytes + length)..];
        }

        return true;
    }

    public static void Write(List<byte> record, IEnumerable<ReadOnlyMemory<byte>> sets)
    {
        foreach (ReadOnlyMemory<byte> set in sets)
        {
            record.Add((byte)(set.Length >> 8));
            record.Add((byte)set.Length);
            record.AddRange(set.Span);
        }
    }
}
