using Rig.Media;
using Rig.Media.Units;
using Rig.Streams.Processes;
using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

/// <summary>What is read from outside without a process or a socket.</summary>
public sealed class ParsingTests
{
    [Theory]
    [InlineData("ffmpeg -i 'a b' c", new[] { "ffmpeg", "-i", "a b", "c" })]
    [InlineData("a \"b 'c'\"d\\ e ''", new[] { "a", "b 'c'd e", "" })]
    [InlineData("   ", new string[0])]
    [InlineData("'open", null)]
    public void A_command_line_is_cut_as_a_shell_would(string text, string[]? words) => Assert.Equal(words, CommandLine.Split(text));

    [Theory]
    [InlineData("0000000109F0", StreamKind.H264)]
    [InlineData("0000000167640028", StreamKind.H264)]
    [InlineData("000000014001", StreamKind.H265)]
    [InlineData("00000146015000000001420101", StreamKind.H265)]
    [InlineData("444B494600002000", StreamKind.Ivf)]
    [InlineData("FFD8FFE0", StreamKind.Jpeg)]
    public void A_stream_is_known_by_its_first_bytes(string bytes, object kind) =>
        Assert.Equal((StreamKind)kind, StreamDetector.Detect(Convert.FromHexString(bytes)));

    [Fact]
    public void A_transport_stream_is_known_by_its_rhythm_from_any_offset()
    {
        byte[] bytes = new byte[1000];
        for (int i = 77; i < bytes.Length; i += 188)
        {
            bytes[i] = 0x47;
        }

        Assert.Equal(StreamKind.MpegTs, StreamDetector.Detect(bytes));
        Assert.Null(StreamDetector.Detect(bytes.AsSpan(0, 400)));
    }

    [Theory]
    [InlineData("4711", 2, null)]
    [InlineData("8021000A000000000000000047FF", 2, 10)]
    [InlineData("8121000A00000000000000000000000147FF", 2, 10)]
    [InlineData("9021000A0000000000000000BEDE00010000000047FF", 2, 10)]
    [InlineData("A021000A000000000000000047FF0002", 2, 10)]
    [InlineData("8021", 0, null)]
    [InlineData("9021000A0000000000000000BEDEFFFF", 0, null)]
    [InlineData("A021000A0000000000000000FF", 0, null)]
    [InlineData("00", 0, null)]
    [InlineData("", 0, null)]
    public void Rtp_is_taken_off(string datagram, int length, int? sequence)
    {
        ReadOnlySpan<byte> payload = RtpFrame.Payload(Convert.FromHexString(datagram), out int? read);

        Assert.Equal((length, sequence), (payload.Length, read));
        Assert.True(payload.IsEmpty || payload[0] == 0x47);
    }

    [Fact]
    public void Any_bytes_in_any_pieces_are_survived()
    {
        var random = new Random(7);
        for (int run = 0; run < 30; run++)
        {
            var output = new RecordingOutput();
            using var demuxer = new DetectingDemuxer(output, new BlockPool());
            byte[] bytes = new byte[random.Next(1, 200_000)];
            random.NextBytes(bytes);
            for (int at = 0; at < bytes.Length; )
            {
                int piece = Math.Min(random.Next(1, 70_000), bytes.Length - at);
                demuxer.Push(bytes.AsSpan(at, piece), default);
                at += piece;
            }

            demuxer.Flush();
            Assert.True(bytes.Length < 65_536 || output.Faults.Count > 0 || demuxer.Kind is not null);
        }
    }

    [Theory]
    [InlineData("30", 30, 1)]
    [InlineData("29.97", 30000, 1001)]
    [InlineData("59.94", 60000, 1001)]
    [InlineData("23.976", 24000, 1001)]
    [InlineData("12.5", 12500, 1000)]
    [InlineData("30000/1001", 30000, 1001)]
    public void Rates_of_the_field_are_exact(string text, int numerator, int denominator) =>
        Assert.Equal(
            (numerator, denominator),
            (SourceOptions.ReadRate(text)!.Value.Numerator, SourceOptions.ReadRate(text)!.Value.Denominator)
        );

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1/0")]
    [InlineData("NaN")]
    [InlineData("100000/1")]
    [InlineData("fast")]
    public void Other_rates_are_refused(string text) => Assert.Null(SourceOptions.ReadRate(text));
}
