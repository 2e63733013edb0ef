using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Rtp;

/// <summary>Where a stream's numbers begin (RFC 3550 5.1: all three are random).</summary>
/// <param name="Channel">Interleaving channel of the stream's packets.</param>
public readonly record struct RtpStart(uint Ssrc, ushort Sequence, uint Timestamp, byte Channel);

/// <summary>
/// Turns the units of one track into RTP packets:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// </code>
/// RFC 3550 5.1; the payload is its <see cref="RtpPayload"/>'s. Time stamps rise with presentation times by the payload's clock. One thread.
/// </summary>
public sealed class RtpTrackWriter
{
    public const int HeaderBytes = 12;

    /// <summary>Bytes of a packet: with IP and UDP headers below the 1,500 of Ethernet, and below what a VPN leaves of them.</summary>
    public const int LargestPacket = 1400;

    private readonly Timescale _scale;
    private readonly RtpStart _start;
    private TrackFormat _format;
    private RtpPayload _payload;
    private readonly byte _payloadType;
    private ushort _sequence;
    private uint _timestamp;
    private MediaTime _zero = MediaTime.Unknown;
    private UtcInstant _zeroCapture = UtcInstant.Unknown;
    private uint _base;

    /// <exception cref="ArgumentException">There is no payload format for the codec here.</exception>
    public RtpTrackWriter(TrackFormat format, byte payloadType, RtpStart start)
    {
        ArgumentNullException.ThrowIfNull(format);
        _payload = RtpPayload.Of(format) ?? throw new ArgumentException($"{format.Codec} has no RTP payload format here.", nameof(format));
        (_format, _scale, _payloadType, _start) = (format, format.Timescale, payloadType, start);
        (_sequence, _base, _timestamp) = (start.Sequence, start.Timestamp, start.Timestamp);
    }

    public uint Ssrc => _start.Ssrc;

    /// <summary>Sequence number of the next packet.</summary>
    public ushort NextSequence => _sequence;

    /// <summary>Time stamp of the first unit.</summary>
    public uint FirstTimestamp => _start.Timestamp;

    /// <summary>Packets and payload bytes so far, modulo 2^32, for sender reports.</summary>
    public uint Packets { get; private set; }
    public uint Octets { get; private set; }

    /// <summary>Capture instant of the newest unit; unknown before the first one.</summary>
    public UtcInstant LastCapture { get; private set; } = UtcInstant.Unknown;

    /// <summary>The track's time line was made anew: the next unit's time stamp goes on by its capture instant.</summary>
    public void Break() => _zero = MediaTime.Unknown;

    /// <summary>The track's format from here on. False when what the receiver was told does not hold any more: another codec, clock or, for sound, another configuration.</summary>
    public bool Follow(TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (ReferenceEquals(format, _format))
        {
            return true;
        }

        bool isSameStream = format.IsSameStreamAs(_format);
        if (format.Codec != _format.Codec || format.Timescale != _format.Timescale || (format.Kind == TrackKind.Audio && !isSameStream))
        {
            return false;
        }

        (_format, _payload) = (format, isSameStream ? _payload : RtpPayload.Of(format)!);
        return true;
    }

    /// <summary>Adds the packets of a unit. The marker is on the last one of a picture (RFC 6184 5.1, RFC 7798 4.1, AV1 RTP 4.2) or sound frame (RFC 3640 3.1).</summary>
    public void Write(in AccessUnit unit, RtpPackets to)
    {
        ArgumentNullException.ThrowIfNull(to);
        if (!_zero.IsKnown)
        {
            long since = _zeroCapture.IsKnown && unit.Capture.IsKnown ? (unit.Capture - _zeroCapture).Nanoseconds : 0;
            _base += (uint)Timescale.Scale(since, _payload.ClockRate, 1_000_000_000);
            (_zero, _zeroCapture) = (unit.PresentationTime, unit.Capture);
        }

        _timestamp = _base + (uint)Timescale.Scale(unit.PresentationTime - _zero, _payload.ClockRate, _scale.TicksPerSecond);
        LastCapture = unit.Capture.IsKnown ? unit.Capture : LastCapture;
        _payload.Write(in unit, this, to);
    }

    /// <summary>The time stamp that a moment of the wall clock has on this stream: for sender reports.</summary>
    public uint TimestampAt(UtcInstant instant) =>
        LastCapture.IsKnown
            ? _timestamp + (uint)Timescale.Scale((instant - LastCapture).Nanoseconds, _payload.ClockRate, 1_000_000_000)
            : _timestamp;

    /// <summary>Adds a packet with so many bytes of payload, which the caller writes.</summary>
    internal Span<byte> Packet(RtpPackets to, int payload, bool marker)
    {
        Span<byte> packet = to.Add(_start.Channel, HeaderBytes + payload);
        packet[0] = 0x80;
        packet[1] = (byte)(_payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], _start.Ssrc);
        Packets++;
        Octets += (uint)payload;
        return packet[HeaderBytes..];
    }
}
