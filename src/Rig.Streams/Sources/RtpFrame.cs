using System.Buffers.Binary;

namespace Rig.Streams.Sources;

/// <summary>
/// MPEG-TS in UDP with or without RTP around it (RFC 2250 section 2, RFC 3550 section 5.1):
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |                             SSRC                              |
/// |                     CSRC (CC of them) ...                     |
/// </code>
/// </summary>
internal static class RtpFrame
{
    private const byte SyncByte = 0x47;
    private const int FixedHeader = 12;

    /// <summary>The transport packets in a datagram, and its RTP sequence number if it has one. Empty when it is neither.</summary>
    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> datagram, out int? sequence)
    {
        sequence = null;
        if (datagram.IsEmpty || datagram[0] == SyncByte)
        {
            return datagram;
        }

        int header = FixedHeader + ((datagram[0] & 0x0F) * 4);
        bool isVersion2 = datagram[0] >> 6 == 2;
        if (!isVersion2 || datagram.Length < header)
        {
            return default;
        }

        if ((datagram[0] & 0x10) != 0)
        {
            const int extensionHeader = 4;
            if (datagram.Length < header + extensionHeader)
            {
                return default;
            }

            header += extensionHeader + (4 * BinaryPrimitives.ReadUInt16BigEndian(datagram[(header + 2)..]));
        }

        int padding = (datagram[0] & 0x20) != 0 ? datagram[^1] : 0;
        if (datagram.Length < header + padding)
        {
            return default;
        }

        sequence = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        return datagram[header..^padding];
    }
}
