using Rig.Media.Codecs.Av1;
using Rig.Media.Units;

namespace Rig.Media.Rtp;

/// <summary>
/// AV1 (RTP Payload Format For AV1 1.0, 4.3 and 4.4): each OBU, without its size field, is one element, cut where it does not fit; one element a packet, so that none needs a length.
/// <code>
/// | Z: continues 1 | Y: is continued 1 | W: elements 2 = 1 | N: a coded video sequence begins 1 | 0 3 | OBU element ...
/// </code>
/// </summary>
internal sealed class Av1Payload : RtpPayload
{
    private const int OneElement = 1 << 4;
    private const byte SizeBit = 0x02;
    private const byte ExtensionBit = 0x04;

    public override uint ClockRate => 90_000;

    internal override void Write(in AccessUnit unit, RtpTrackWriter writer, RtpPackets to)
    {
        ReadOnlySpan<byte> rest = unit.Span;
        bool begins = unit.IsKey;
        Span<byte> head = stackalloc byte[2];
        while (!rest.IsEmpty)
        {
            byte first = rest[0];
            if (!Obu.TryRead(ref rest, out Obu obu))
            {
                return;
            }

            // 5: temporal delimiters and tile lists are left out.
            if (obu.Type is ObuType.TemporalDelimiter or ObuType.TileList)
            {
                continue;
            }

            head[0] = (byte)(first & ~SizeBit);
            int headBytes = 1;
            if ((first & ExtensionBit) != 0 && obu.Extension is { } extension)
            {
                head[headBytes++] = extension;
            }

            Element(head[..headBytes], obu.Payload, new Ends(begins, rest.IsEmpty), writer, to);
            begins = false;
        }
    }

    private static void Element(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, Ends ends, RtpTrackWriter writer, RtpPackets to)
    {
        bool continues = false;
        do
        {
            int headBytes = continues ? 0 : head.Length;
            int count = Math.Min(payload.Length, Room - 1 - headBytes);
            bool isContinued = count < payload.Length;
            Span<byte> packet = writer.Packet(to, 1 + headBytes + count, ends.IsLast && !isContinued);
            bool begins = ends.Begins && !continues;
            packet[0] = (byte)((continues ? 0x80 : 0) | (isContinued ? 0x40 : 0) | OneElement | (begins ? 0x08 : 0));
            head[..headBytes].CopyTo(packet[1..]);
            payload[..count].CopyTo(packet[(1 + headBytes)..]);
            payload = payload[count..];
            continues = true;
        } while (!payload.IsEmpty);
    }

    /// <param name="Begins">The first OBU of a coded video sequence.</param>
    /// <param name="IsLast">The last OBU of its temporal unit.</param>
    private readonly record struct Ends(bool Begins, bool IsLast);
}
