using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Rig.Media.Formats;
using Rig.Media.Rtp;
using Rig.Media.Rtsp;

namespace Rig.Streams.Live.Rtsp;

/// <summary>One track that a client has set up: its packets' numbers, and where they go.</summary>
internal sealed class RtspStream
{
    public RtspStream(TrackFormat format, int track, RtspTransport transport, RtspConnection connection)
    {
        (Track, Transport) = (track, transport);
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        RtpStart start = new(
            BinaryPrimitives.ReadUInt32BigEndian(random),
            BinaryPrimitives.ReadUInt16BigEndian(random[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(random[6..]),
            transport.Interleaved ?? 0
        );
        Writer = new RtpTrackWriter(format, SdpMedia.PayloadType(track), start);
        if (transport.ClientPort is { } port)
        {
            Rtp = new IPEndPoint(connection.Remote.Address, port);
            Rtcp = new IPEndPoint(connection.Remote.Address, port + 1);
            ServerPort = connection.Udp.Port;
        }
    }

    public int Track { get; }
    public RtspTransport Transport { get; }
    public RtpTrackWriter Writer { get; }

    /// <summary>Null over TCP.</summary>
    public IPEndPoint? Rtp { get; }
    public IPEndPoint? Rtcp { get; }

    /// <summary>When the last sender report left, by the clock's time stamp; null before the first.</summary>
    public long? Reported { get; set; }

    public byte ReportChannel => (byte)((Transport.Interleaved ?? 0) + 1);

    private int ServerPort { get; }

    /// <summary>Its part of the RTP-Info header (RFC 7826 18.45); the first unit's time stamp is known before it is sent, later ones' are not.</summary>
    public string Information(string address)
    {
        string info = string.Create(CultureInfo.InvariantCulture, $"url={address}/trackID={Track};seq={Writer.NextSequence}");
        return Writer.Packets == 0 ? string.Create(CultureInfo.InvariantCulture, $"{info};rtptime={Writer.FirstTimestamp}") : info;
    }

    /// <summary>The Transport header of the answer (RFC 7826 18.54).</summary>
    public string Describe() =>
        Transport.Interleaved is { } channel
            ? string.Create(CultureInfo.InvariantCulture, $"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1};ssrc={Writer.Ssrc:X8}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"RTP/AVP;unicast;client_port={Transport.ClientPort}-{Transport.ClientPort + 1};server_port={ServerPort}-{ServerPort + 1};ssrc={Writer.Ssrc:X8}"
            );
}
