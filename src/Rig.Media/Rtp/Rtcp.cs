using System.Buffers.Binary;
using System.Text;
using Rig.Media.Time;

namespace Rig.Media.Rtp;

/// <summary>
/// What a sender says beside its stream (RFC 3550 6.4.1, 6.5, 6.6): a sender report, which ties time stamps to the wall clock, and its name; BYE at the end.
/// <code>
/// |V=2|P| RC=0 | PT=200 | length | SSRC | NTP 64 | RTP time stamp | packets | octets |
/// |V=2|P| SC=1 | PT=202 | length | SSRC | CNAME=1 | length 8 | name ... 0 |
/// |V=2|P| SC=1 | PT=203 | length | SSRC |
/// </code>
/// </summary>
public static class Rtcp
{
    private const int SenderReportBytes = 28;
    private const int SourceHeaderBytes = 8;

    /// <summary>Seconds from the epoch of NTP (1900) to that of Unix (RFC 5905 6).</summary>
    private const long NtpEpoch = 2_208_988_800;

    /// <summary>Adds a compound packet: sender report and name, and BYE when the stream ends.</summary>
    /// <param name="now">The moment of the report; its time stamp is that of what is captured at it.</param>
    /// <param name="name">CNAME: the same for all streams of a camera (6.5.1).</param>
    public static void AddReport(RtpPackets to, byte channel, RtpTrackWriter stream, UtcInstant now, string name, bool isBye = false)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(stream);
        byte[] cname = Encoding.UTF8.GetBytes(name)[..Math.Min(Encoding.UTF8.GetByteCount(name), byte.MaxValue)];
        int named = Round4(SourceHeaderBytes + 2 + cname.Length + 1);
        Span<byte> packet = to.Add(channel, SenderReportBytes + named + (isBye ? SourceHeaderBytes : 0));
        packet.Clear();
        Header(packet, 0, 200, SenderReportBytes, stream.Ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(packet[8..], Ntp(now));
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], stream.TimestampAt(now));
        BinaryPrimitives.WriteUInt32BigEndian(packet[20..], stream.Packets);
        BinaryPrimitives.WriteUInt32BigEndian(packet[24..], stream.Octets);
        Span<byte> description = packet.Slice(SenderReportBytes, named);
        Header(description, 1, 202, named, stream.Ssrc);
        description[8] = 1;
        description[9] = (byte)cname.Length;
        cname.CopyTo(description[10..]);
        if (isBye)
        {
            Header(packet[(SenderReportBytes + named)..], 1, 203, SourceHeaderBytes, stream.Ssrc);
        }
    }

    /// <summary>Seconds since 1900 in 32.32 fixed point (RFC 5905 6).</summary>
    public static ulong Ntp(UtcInstant instant)
    {
        (long seconds, long rest) = Math.DivRem(instant.Nanoseconds, 1_000_000_000);
        if (rest < 0)
        {
            seconds--;
            rest += 1_000_000_000;
        }

        return ((ulong)(uint)(seconds + NtpEpoch) << 32) | (((ulong)rest << 32) / 1_000_000_000);
    }

    private static void Header(Span<byte> packet, int count, byte type, int length, uint ssrc)
    {
        packet[0] = (byte)(0x80 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
    }

    private static int Round4(int length) => (length + 3) & ~3;
}
