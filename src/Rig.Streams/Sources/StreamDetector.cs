using System.Buffers.Binary;

namespace Rig.Streams.Sources;

/// <summary>What a byte stream turns out to be.</summary>
internal enum StreamKind
{
    MpegTs,
    H264,
    H265,
    Adts,
    Ivf,
    Jpeg,
}

/// <summary>Tells by its first bytes what a stream is. Pure.</summary>
internal static class StreamDetector
{
    private const int PacketLength = 188;
    private const byte SyncByte = 0x47;

    /// <summary>Sync bytes in a row at the packet distance: three by accident happen once in 16 million.</summary>
    private const int SyncBytes = 3;

    private static ReadOnlySpan<byte> IvfSignature => "DKIF"u8;

    /// <summary>start_code_prefix_one_3bytes (H.264 B.1.2).</summary>
    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    /// <summary>What the bytes are, or null while they do not tell.</summary>
    public static StreamKind? Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(IvfSignature))
        {
            return StreamKind.Ivf;
        }

        if (bytes is [0xFF, 0xD8, 0xFF, ..])
        {
            return StreamKind.Jpeg;
        }

        return IsTransportStream(bytes) ? StreamKind.MpegTs
            : IsAdts(bytes) ? StreamKind.Adts
            : DetectNalUnits(bytes);
    }

    /// <summary>ISO/IEC 13818-1 2.4.3.2: sync_byte at every 188th byte, from somewhere on.</summary>
    private static bool IsTransportStream(ReadOnlySpan<byte> bytes)
    {
        int last = bytes.Length - ((SyncBytes - 1) * PacketLength);
        for (int start = 0; start < Math.Min(last, PacketLength); start++)
        {
            if (bytes[start] == SyncByte && bytes[start + PacketLength] == SyncByte && bytes[start + (2 * PacketLength)] == SyncByte)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>ISO/IEC 13818-7 6.2: syncword and layer 0, and again behind the frame's length.</summary>
    private static bool IsAdts(ReadOnlySpan<byte> bytes)
    {
        const int header = 7;
        if (bytes.Length < header || !IsAdtsSync(bytes))
        {
            return false;
        }

        int length = ((bytes[3] & 3) << 11) | (bytes[4] << 3) | (bytes[5] >> 5);
        return length >= header && bytes.Length >= length + 2 && IsAdtsSync(bytes[length..]);
    }

    private static bool IsAdtsSync(ReadOnlySpan<byte> bytes) => (BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0xFFF6) == 0xFFF0;

    private static StreamKind? DetectNalUnits(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            int start = bytes.IndexOf(StartCode);
            if (start < 0 || start + StartCode.Length + 2 > bytes.Length)
            {
                return null;
            }

            bytes = bytes[(start + StartCode.Length)..];
            if (KindOfNalUnit(bytes[0], bytes[1]) is { } kind)
            {
                return kind;
            }
        }
    }

    /// <summary>
    /// By the NAL units that begin a stream. H.265 ones (VPS, SPS, PPS, AUD, SEI; H.265 Table 7-1) have header bytes that H.264 does not allow
    /// or does not use.
    /// </summary>
    private static StreamKind? KindOfNalUnit(byte first, byte second) =>
        (first, second) switch
        {
            (0x40 or 0x42 or 0x44 or 0x46 or 0x4E, 0x01) => StreamKind.H265,
            (0x06 or 0x09, _) => StreamKind.H264,
            (0x27 or 0x47 or 0x67, _) => StreamKind.H264,
            _ => null,
        };
}
