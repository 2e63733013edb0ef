using System.Buffers.Binary;
using Rig.Media.Codecs.Opus;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media.Rtp;

/// <summary>
/// AAC-hbr (RFC 3640 3.3.6): one frame a packet, behind the section of its one header; a frame that does not fit is cut, every fragment with the size of the whole (3.2.3).
/// <code>
/// AU-headers-length 16 = 16 | AU-size 13 | AU-Index 3 = 0 | frame ...
/// </code>
/// </summary>
internal sealed class AacPayload(TrackFormat format) : RtpPayload
{
    private const int HeaderBytes = 4;

    /// <summary>13 bits; the largest frame of AAC has 6144 bits a channel (ISO/IEC 14496-3 4.5.3).</summary>
    private const int LargestFrame = (1 << 13) - 1;

    public override uint ClockRate { get; } = (uint)(format.Audio?.SampleRate ?? 48_000);

    internal override void Write(in AccessUnit unit, RtpTrackWriter writer, RtpPackets to)
    {
        ReadOnlySpan<byte> rest = unit.Span;
        if (rest.Length > LargestFrame)
        {
            return;
        }

        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, Room - HeaderBytes);
            Span<byte> payload = writer.Packet(to, HeaderBytes + count, count == rest.Length);
            BinaryPrimitives.WriteUInt16BigEndian(payload, 16);
            BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(unit.Length << 3));
            rest[..count].CopyTo(payload[HeaderBytes..]);
            rest = rest[count..];
        }
    }
}

/// <summary>Opus (RFC 7587 4.2): one Opus packet is one RTP packet; its clock is 48 kHz whatever the sound's. The marker tells of a talk spurt's begin, which a camera has not.</summary>
internal sealed class OpusPayload : RtpPayload
{
    public override uint ClockRate => OpusPacket.SampleRate;

    internal override void Write(in AccessUnit unit, RtpTrackWriter writer, RtpPackets to)
    {
        // RFC 6716 3.2.1: a frame has 1,275 bytes at most; a packet of several that is larger cannot be cut, and is left to IP.
        if (unit.Length <= ushort.MaxValue - RtpTrackWriter.HeaderBytes)
        {
            unit.Span.CopyTo(writer.Packet(to, unit.Length, marker: false));
        }
    }
}
