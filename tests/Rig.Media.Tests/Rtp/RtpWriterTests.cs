using System.Buffers.Binary;
using Rig.Media.Codecs;
using Rig.Media.Codecs.Av1;
using Rig.Media.Formats;
using Rig.Media.Rtp;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Rtp;

/// <summary>Packets put together again by the rules of the payload formats give the unit that went in, at any length.</summary>
public sealed class RtpWriterTests
{
    private static readonly UtcInstant Start = UtcInstant.FromMicroseconds(1_700_000_000_000_000);

    private readonly BlockPool _pool = new();
    private readonly RtpPackets _packets = new();

    public static TheoryData<int> Lengths => [3, 100, 1387, 1388, 1389, 2772, 2773, 50_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void H264_units_come_back_from_single_packets_and_fragments(int length)
    {
        RtpTrackWriter writer = new(Video(Codec.H264), 96, new RtpStart(7, 65_534, 1000, 2));
        byte[] nals = Nals([0x06, 5], Filled(0x41, length), Filled(0x01, 20));
        Write(writer, nals);
        List<byte[]> back = [];
        foreach ((byte[] payload, _) in Payloads(writer.Ssrc))
        {
            if ((payload[0] & 0x1F) != 28)
            {
                back.Add(payload);
            }
            else if ((payload[1] & 0x80) != 0)
            {
                back.Add([(byte)((payload[0] & 0xE0) | (payload[1] & 0x1F)), .. payload[2..]]);
            }
            else
            {
                back[^1] = [.. back[^1], .. payload[2..]];
            }
        }

        Assert.Equal(nals, Nals([.. back]));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void H265_units_come_back_from_single_packets_and_fragments(int length)
    {
        RtpTrackWriter writer = new(Video(Codec.H265), 96, new RtpStart(7, 1, 1000, 0));
        byte[] nals = Nals([0x4E, 1, 9], Filled(0x02, length, 0x01));
        Write(writer, nals);
        List<byte[]> back = [];
        foreach ((byte[] payload, _) in Payloads(writer.Ssrc))
        {
            if (((payload[0] >> 1) & 0x3F) != 49)
            {
                back.Add(payload);
            }
            else if ((payload[2] & 0x80) != 0)
            {
                back.Add([(byte)((payload[0] & 0x81) | ((payload[2] & 0x3F) << 1)), payload[1], .. payload[3..]]);
            }
            else
            {
                back[^1] = [.. back[^1], .. payload[3..]];
            }
        }

        Assert.Equal(nals, Nals([.. back]));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Av1_units_come_back_with_their_size_fields(int length)
    {
        RtpTrackWriter writer = new(Video(Codec.Av1), 96, new RtpStart(7, 1, 1000, 0));
        byte[] unit = [.. Obu(ObuType.SequenceHeader, 11), .. Obu(ObuType.Frame, length)];
        Write(writer, unit, UnitFlags.Key);
        List<byte[]> elements = [];
        List<byte> heads = [];
        foreach ((byte[] payload, _) in Payloads(writer.Ssrc))
        {
            heads.Add(payload[0]);
            if ((payload[0] & 0x80) != 0)
            {
                elements[^1] = [.. elements[^1], .. payload[1..]];
            }
            else
            {
                elements.Add(payload[1..]);
            }
        }

        Assert.All(heads, head => Assert.Equal(1, (head >> 4) & 3));
        Assert.Equal([true, .. Enumerable.Repeat(false, heads.Count - 1)], heads.Select(head => (head & 8) != 0));
        Assert.Equal(unit, elements.SelectMany(WithSize));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(1384)]
    [InlineData(1385)]
    [InlineData(8191)]
    public void Aac_frames_come_back_behind_headers_with_the_whole_size(int length)
    {
        TrackFormat format = new()
        {
            Codec = Codec.Aac,
            Timescale = new Timescale(48_000),
            Audio = new AudioFormat { SampleRate = 48_000, Channels = 2 },
        };
        RtpTrackWriter writer = new(format, 97, new RtpStart(7, 1, 1000, 0));
        byte[] frame = Filled(1, length);
        Write(writer, frame);
        List<(byte[] Payload, bool Marker)> payloads = Payloads(writer.Ssrc);
        Assert.All(
            payloads,
            packet =>
                Assert.Equal(
                    (16, length, 0),
                    (
                        BinaryPrimitives.ReadUInt16BigEndian(packet.Payload),
                        BinaryPrimitives.ReadUInt16BigEndian(packet.Payload.AsSpan(2)) >> 3,
                        packet.Payload[3] & 7
                    )
                )
        );
        Assert.Equal(frame, payloads.SelectMany(packet => packet.Payload[4..]));
    }

    [Fact]
    public void Parameter_sets_go_before_a_key_picture_that_has_none()
    {
        TrackFormat format = Video(Codec.H264) with { ParameterSets = [new byte[] { 0x67, 1, 2 }, new byte[] { 0x68, 3 }] };
        RtpTrackWriter writer = new(format, 96, new RtpStart(7, 1, 1000, 0));
        Write(writer, Nals(Filled(0x65, 9)), UnitFlags.Key);
        Assert.Equal([0x67, 0x68, 0x65], Payloads(writer.Ssrc).Select(packet => (int)packet.Payload[0]));
        Write(writer, Nals([0x67, 1, 2], Filled(0x65, 9)), UnitFlags.Key);
        Assert.Equal([0x67, 0x65], Payloads(writer.Ssrc).Select(packet => (int)packet.Payload[0]));
        Write(writer, Nals(Filled(0x41, 9)));
        Assert.Single(Payloads(writer.Ssrc));
    }

    [Fact]
    public void Time_stamps_follow_presentation_times_and_a_report_ties_them_to_the_wall_clock()
    {
        RtpTrackWriter writer = new(Video(Codec.H264), 96, new RtpStart(7, 65_535, uint.MaxValue - 1000, 4));
        Write(writer, Nals(Filled(0x41, 9)), frame: 0);
        Assert.Equal(uint.MaxValue - 1000, Timestamp());
        Write(writer, Nals(Filled(0x41, 9)), frame: 1);
        Assert.Equal(unchecked(uint.MaxValue - 1000 + 3600), Timestamp());
        UtcInstant now = Start + MediaSpan.FromMilliseconds(140);
        _packets.Clear();
        Rtcp.AddReport(_packets, 5, writer, now, "cam0@CAM_L", isBye: true);
        ReadOnlySpan<byte> report = _packets[0].Span;
        Assert.Equal((0x80, 200, 7u), (report[0], report[1], BinaryPrimitives.ReadUInt32BigEndian(report[4..])));
        Assert.Equal(1_700_000_000 + 2_208_988_800, BinaryPrimitives.ReadUInt32BigEndian(report[8..]));
        Assert.Equal(0.14, BinaryPrimitives.ReadUInt32BigEndian(report[12..]) / 4294967296.0, 6);

        // 100 ms after the second picture's capture.
        Assert.Equal(unchecked(uint.MaxValue - 1000 + 3600 + 9000), BinaryPrimitives.ReadUInt32BigEndian(report[16..]));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(report[20..]));
        Assert.Equal(0, report.Length % 4);
    }

    [Fact]
    public void A_time_line_made_anew_goes_on_by_the_capture_instant()
    {
        RtpTrackWriter writer = new(Video(Codec.H264), 96, new RtpStart(7, 1, 0, 0));
        Write(writer, Nals(Filled(0x41, 9)), frame: 0);
        writer.Break();
        Write(writer, Nals(Filled(0x41, 9)), frame: 25, ticks: 1_000_000);
        Assert.Equal(90_000u, Timestamp());
    }

    private static TrackFormat Video(Codec codec) =>
        new()
        {
            Codec = codec,
            Timescale = Timescale.Mpeg,
            Video = new VideoFormat { Width = 64, Height = 64 },
        };

    private void Write(RtpTrackWriter writer, byte[] unit, UnitFlags flags = UnitFlags.None, int frame = 0, long? ticks = null)
    {
        UnitBlock block = _pool.Rent(unit.Length);
        unit.CopyTo(block.Bytes, 0);
        MediaTime time = new(ticks ?? frame * 3600);
        _packets.Clear();
        writer.Write(
            new AccessUnit
            {
                Block = block,
                Offset = 0,
                Length = unit.Length,
                Track = 0,
                DecodeTime = time,
                PresentationTime = time,
                Capture = Start + MediaSpan.FromMilliseconds(40 * frame),
                Flags = flags,
            },
            _packets
        );
        block.Release();
        Assert.Equal(0, _pool.RentedBytes);
    }

    /// <summary>Payloads with their markers; headers and interleaving are held to the standard on the way.</summary>
    private List<(byte[] Payload, bool Marker)> Payloads(uint ssrc)
    {
        List<(byte[] Payload, bool Marker)> payloads = [];
        ReadOnlySpan<byte> all = _packets.Interleaved.Span;
        ushort? last = null;
        for (int i = 0; i < _packets.Count; i++)
        {
            ReadOnlySpan<byte> packet = _packets[i].Span;
            Assert.Equal((byte)'$', all[0]);
            Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(all[2..]));
            Assert.True(packet.SequenceEqual(all.Slice(4, packet.Length)));
            all = all[(4 + packet.Length)..];
            ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
            Assert.Equal((ushort)((last ?? sequence - 1) + 1), sequence);
            last = sequence;
            Assert.Equal((0x80, ssrc), (packet[0], BinaryPrimitives.ReadUInt32BigEndian(packet[8..])));
            Assert.InRange(packet.Length, RtpTrackWriter.HeaderBytes + 1, RtpTrackWriter.LargestPacket);
            payloads.Add((packet[RtpTrackWriter.HeaderBytes..].ToArray(), (packet[1] & 0x80) != 0));
        }

        Assert.Equal([.. Enumerable.Repeat(false, payloads.Count - 1), true], payloads.Select(packet => packet.Marker));
        Assert.True(all.IsEmpty);
        return payloads;
    }

    private uint Timestamp() => BinaryPrimitives.ReadUInt32BigEndian(_packets[0].Span[4..]);

    private static byte[] Filled(byte first, int length, byte second = 9) =>
        [first, second, .. Enumerable.Range(2, length - 2).Select(i => (byte)i)];

    private static byte[] Nals(params byte[][] nals) =>
        [.. nals.SelectMany(nal => (byte[])[.. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(nal.Length)), .. nal])];

    private static byte[] Obu(ObuType type, int length) =>
        WithSize([(byte)((int)type << 3), .. Enumerable.Range(0, length).Select(i => (byte)i)]);

    private static byte[] WithSize(byte[] element)
    {
        byte[] size = new byte[Leb128.Length((uint)element.Length - 1)];
        Leb128.Write(size, (uint)element.Length - 1);
        return [(byte)(element[0] | 2), .. size, .. element[1..]];
    }
}
