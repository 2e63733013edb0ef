using System.Buffers.Binary;
using Rig.Media.Time;

namespace Rig.Media.MpegTs;

internal enum PesParse
{
    /// <summary>More bytes are needed.</summary>
    Short,

    Good,

    /// <summary>Not a PES packet.</summary>
    Malformed,

    /// <summary>A stream_id without elementary stream data (padding, maps, ECM; 2.4.3.7) or a scrambled payload.</summary>
    NoData,
}

/// <summary>
/// The header of a PES packet, ISO/IEC 13818-1 2.4.3.6:
/// <code>
/// 24 packet_start_code_prefix | 8 stream_id | 16 PES_packet_length
/// 2 '10' | 2 scrambling | 1 priority | 1 data_alignment | 1 copyright | 1 original
/// 2 PTS_DTS_flags | 6 other flags | 8 PES_header_data_length | 33+7 PTS | 33+7 DTS | ...
/// </code>
/// </summary>
internal readonly record struct PesHeader(int Size, int PayloadLength, MediaTime Presentation, MediaTime Decode, bool BadTimes)
{
    public const int FixedSize = 9;
    public const int MaxSize = FixedSize + byte.MaxValue;

    /// <summary>The length of a payload whose end is known only by the next PES packet (PES_packet_length 0).</summary>
    public const int Unbounded = -1;

    private const int StampSize = 5;
    private const int LengthFieldEnd = 6;

    public static PesParse Read(ReadOnlySpan<byte> bytes, out PesHeader header)
    {
        header = default;
        ReadOnlySpan<byte> prefix = [0, 0, 1];
        if (!bytes.StartsWith(prefix[..Math.Min(3, bytes.Length)]))
        {
            return PesParse.Malformed;
        }

        if (bytes.Length >= 4 && !CarriesStream(bytes[3]))
        {
            return PesParse.NoData;
        }

        if (bytes.Length < FixedSize)
        {
            return PesParse.Short;
        }

        if ((bytes[6] & 0xc0) != 0x80)
        {
            return PesParse.Malformed;
        }

        if ((bytes[6] & 0x30) != 0)
        {
            return PesParse.NoData;
        }

        int size = FixedSize + bytes[8];
        if (bytes.Length < size)
        {
            return PesParse.Short;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int payload = length - (size - LengthFieldEnd);

        // Encoders write the low 16 bits of a longer length: below the header's own it is certain.
        header = ReadTimes(bytes[FixedSize..size], bytes[7] >> 6) with
        {
            Size = size,
            PayloadLength = payload < 0 ? Unbounded : payload,
        };
        return PesParse.Good;
    }

    private static PesHeader ReadTimes(ReadOnlySpan<byte> fields, int flags)
    {
        MediaTime presentation = MediaTime.Unknown;
        MediaTime decode = MediaTime.Unknown;
        bool good = flags != 1; // 2.4.3.7: the value '01' is forbidden.
        if (flags >= 2)
        {
            good = TryReadStamp(fields, out presentation);
            decode = presentation; // 2.7.5: without a DTS it equals the PTS.
        }

        if (good && flags == 3)
        {
            good = fields.Length >= 2 * StampSize && TryReadStamp(fields[StampSize..], out decode);
            decode = good ? decode : presentation;
        }

        return new PesHeader(0, 0, presentation, decode, !good);
    }

    /// <summary>A stamp of 33 bits in three parts, each with a marker bit behind it. The 4-bit prefix is not looked at: encoders write it wrong.</summary>
    private static bool TryReadStamp(ReadOnlySpan<byte> bytes, out MediaTime time)
    {
        time = MediaTime.Unknown;
        if (bytes.Length < StampSize || (bytes[0] & bytes[2] & bytes[4] & 1) == 0)
        {
            return false;
        }

        long high = (bytes[0] >> 1) & 7;
        long middle = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]) >> 1;
        long low = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]) >> 1;
        time = new MediaTime((high << 30) | (middle << 15) | low);
        return true;
    }

    /// <summary>2.4.3.7: stream_ids whose packets have no header fields behind the length.</summary>
    private static bool CarriesStream(byte streamId) => streamId is not (0xbc or 0xbe or 0xbf or 0xf0 or 0xf1 or 0xf2 or 0xf8 or 0xff);
}
