using Rig.Media.Codecs;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media.Rtp;

/// <summary>What differs between the two NAL unit payload formats.</summary>
internal enum NalFraming
{
    /// <summary>RFC 6184, packetization-mode 1.</summary>
    H264,

    /// <summary>RFC 7798, without DONL.</summary>
    H265,
}

/// <summary>
/// H.264 and H.265: a NAL unit that fits is a packet; a longer one is cut into fragmentation units (RFC 6184 5.8, RFC 7798 4.4.3):
/// <code>
/// H.264   | F 1 | NRI 2 | 28 5 |            | S 1 | E 1 | R 1 | type 5 | ...
/// H.265   | F 1 | 49 6 | layer 6 | TID 3 |  | S 1 | E 1 | type 6 |      ...
/// </code>
/// Parameter sets go before every key picture that does not bring its own: whoever lost the description's, or has old ones, can go on.
/// </summary>
internal sealed class NalPayload(TrackFormat format, NalFraming framing) : RtpPayload
{
    private const int FuA = 28;
    private const int Fu = 49;

    private readonly int _header = framing == NalFraming.H264 ? 1 : H265NalHeader.Bytes;

    public override uint ClockRate => 90_000;

    internal override void Write(in AccessUnit unit, RtpTrackWriter writer, RtpPackets to)
    {
        if (unit.IsKey && !HasParameterSets(unit.Span))
        {
            foreach (ReadOnlyMemory<byte> set in format.ParameterSets)
            {
                Nal(set.Span, writer, to, marker: false);
            }
        }

        ReadOnlySpan<byte> held = default;
        foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(unit.Span))
        {
            if (!held.IsEmpty)
            {
                Nal(held, writer, to, marker: false);
            }

            held = nal.Length > _header ? nal : held;
        }

        if (!held.IsEmpty)
        {
            Nal(held, writer, to, marker: true);
        }
    }

    private bool HasParameterSets(ReadOnlySpan<byte> unit)
    {
        foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(unit))
        {
            bool isSps =
                framing == NalFraming.H264
                    ? new H264NalHeader(nal[0]).Type == H264NalType.SequenceParameterSet
                    : nal.Length > _header && H265NalHeader.Of(nal).Type == H265NalType.SequenceParameterSet;
            if (isSps)
            {
                return true;
            }
        }

        return false;
    }

    private void Nal(ReadOnlySpan<byte> nal, RtpTrackWriter writer, RtpPackets to, bool marker)
    {
        if (nal.Length <= Room)
        {
            nal.CopyTo(writer.Packet(to, nal.Length, marker));
            return;
        }

        ReadOnlySpan<byte> head = nal[.._header];
        ReadOnlySpan<byte> rest = nal[_header..];
        bool first = true;
        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, Room - _header - 1);
            bool last = count == rest.Length;
            Span<byte> payload = writer.Packet(to, _header + 1 + count, marker && last);
            Fragment(head, payload, (first ? 0x80 : 0) | (last ? 0x40 : 0));
            rest[..count].CopyTo(payload[(_header + 1)..]);
            rest = rest[count..];
            first = false;
        }
    }

    private void Fragment(ReadOnlySpan<byte> nal, Span<byte> payload, int ends)
    {
        if (framing == NalFraming.H264)
        {
            payload[0] = (byte)((nal[0] & 0xE0) | FuA);
            payload[1] = (byte)(ends | (nal[0] & 0x1F));
        }
        else
        {
            payload[0] = (byte)((nal[0] & 0x81) | (Fu << 1));
            payload[1] = nal[1];
            payload[2] = (byte)(ends | ((nal[0] >> 1) & 0x3F));
        }
    }
}
