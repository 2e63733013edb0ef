using System.Text;
using Rig.Media.Rtsp;

namespace Rig.Media.Tests.Rtsp;

public sealed class RtspParserTests
{
    private const string Describe =
        "DESCRIBE rtsp://127.0.0.1:8554/cam0?token=a%20b RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\nuser-agent: Lavf60\r\n\r\n";

    [Fact]
    public void A_request_is_read_with_its_headers_whatever_their_case()
    {
        Assert.Equal(RtspPiece.Request, RtspParser.Read(Bytes(Describe + "PLAY"), out int consumed, out RtspRequest? request));
        Assert.Equal((Describe.Length, "DESCRIBE", 2), (consumed, request!.Method, request.Sequence));
        Assert.Equal(("/cam0", "?token=a%20b"), request.Target);
        Assert.Equal(("application/sdp", "Lavf60"), (request.Header("accept"), request.Header("User-Agent")));
    }

    [Fact]
    public void Every_beginning_of_a_request_is_incomplete_and_nothing_else()
    {
        byte[] whole = Bytes(Describe);
        Assert.All(
            Enumerable.Range(0, whole.Length),
            length =>
            {
                Assert.Equal(RtspPiece.Incomplete, RtspParser.Read(whole.AsSpan(0, length), out int consumed, out RtspRequest? request));
                Assert.Equal((0, null), (consumed, request));
            }
        );
    }

    [Fact]
    public void Interleaved_packets_bodies_and_empty_lines_lie_between_requests()
    {
        byte[] stream =
        [
            .. "\r\n"u8,
            .. "$\u0001\0\u0003abc"u8,
            .. Bytes("SET_PARAMETER * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 5\r\n\r\nhello"),
            .. Bytes(Describe),
        ];
        List<string> read = [];
        for (int at = 0; at < stream.Length; )
        {
            RtspPiece piece = RtspParser.Read(stream.AsSpan(at), out int consumed, out RtspRequest? request);
            Assert.True(consumed > 0, $"{piece} at {at}");
            read.Add(request?.Method ?? $"{piece}");
            at += consumed;
        }

        Assert.Equal(["Interleaved", "Interleaved", "Interleaved", "SET_PARAMETER", "DESCRIBE"], read);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("describe rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n")]
    [InlineData("DESCRIBE rtsp://a/b c RTSP/1.0\r\n\r\n")]
    [InlineData("DESCRIBE rtsp://a/b RTSP/1.0\r\nno colon\r\n\r\n")]
    [InlineData("DESCRIBE rtsp://a/b RTSP/1.0\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("DESCRIBE rtsp://a/b RTSP/1.0\r\nContent-Length: 4097\r\n\r\n")]
    [InlineData("DESCRIBE rtsp://a/b RTSP/1.0\r\nContent-Length: 99999999999\r\n\r\n")]
    public void What_no_player_sends_is_malformed(string text) =>
        Assert.Equal(RtspPiece.Malformed, RtspParser.Read(Bytes(text), out _, out _));

    [Fact]
    public void A_head_without_end_is_malformed_at_the_limit()
    {
        byte[] endless = Bytes("OPTIONS * RTSP/1.0\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 2000)));
        Assert.Equal(RtspPiece.Incomplete, RtspParser.Read(endless.AsSpan(0, RtspParser.LargestHead - 1), out _, out _));
        Assert.Equal(RtspPiece.Malformed, RtspParser.Read(endless.AsSpan(0, RtspParser.LargestHead), out _, out _));
        byte[] many = Bytes("OPTIONS * RTSP/1.0\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", RtspParser.MostHeaders)) + "\r\n");
        Assert.Equal(RtspPiece.Malformed, RtspParser.Read(many, out _, out _));
    }

    [Fact]
    public void Mutated_and_random_bytes_are_survived_within_the_limits()
    {
        byte[] sample =
        [
            .. Bytes(Describe),
            .. "$\0\0\u0004abcd"u8,
            .. Bytes("SETUP rtsp://a/b/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n"),
        ];
        for (int seed = 0; seed < 20_000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = [.. sample];
            for (int change = random.Next(1, 8); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Survive(bytes.AsSpan(0, random.Next(bytes.Length + 1)), seed);
        }
    }

    [Theory]
    [InlineData("RTP/AVP/TCP;unicast;interleaved=2-3", 2, null)]
    [InlineData("RTP/AVP/TCP;unicast", 6, null)]
    [InlineData("RTP/AVP;unicast;client_port=5000-5001", null, 5000)]
    [InlineData("RTP/AVP/UDP;unicast;client_port=5000-5001;mode=\"PLAY\"", null, 5000)]
    [InlineData("RTP/AVP;multicast,RTP/AVP/TCP;unicast;interleaved=0-1", 0, null)]
    [InlineData("RTP/SAVP;unicast;client_port=5000-5001,RTP/AVP/TCP;interleaved=4-5", 4, null)]
    public void The_first_transport_that_is_served_is_taken(string header, int? channel, int? port) =>
        Assert.Equal(new RtspTransport((byte?)channel, port), RtspTransport.Read(header, 6));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("RTP/AVP;multicast")]
    [InlineData("RTP/AVP;unicast")]
    [InlineData("RTP/AVP;unicast;client_port=0-1")]
    [InlineData("RTP/AVP;unicast;client_port=65535-65536")]
    [InlineData("RTP/AVP;unicast;client_port=-5")]
    [InlineData("RTP/AVP/TCP;interleaved=255-256")]
    public void Other_transports_are_refused(string? header) => Assert.Null(RtspTransport.Read(header, 0));

    [Fact]
    public void The_digest_of_the_standards_example_matches_and_no_other()
    {
        // RFC 2617 3.5.
        const string Header =
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
            + "qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        DigestAnswer answer = DigestAnswer.Read(Header, "GET")!;
        Assert.Equal(("Mufasa", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093"), (answer.User, answer.Realm, answer.Nonce));
        Assert.True(answer.Matches(DigestAnswer.Secret("Mufasa", "testrealm@host.com", "Circle Of Life")));
        Assert.False(answer.Matches(DigestAnswer.Secret("Mufasa", "testrealm@host.com", "circle of life")));
        Assert.False(DigestAnswer.Read(Header, "PLAY")!.Matches(DigestAnswer.Secret("Mufasa", "testrealm@host.com", "Circle Of Life")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Digest username=\"a\"")]
    [InlineData("Digest username=\"a, realm=b")]
    [InlineData("Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", algorithm=SHA-256")]
    [InlineData("Digest a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,n=1,o=1,p=1,q=1")]
    public void What_is_no_digest_answer_is_none(string? header) => Assert.Null(DigestAnswer.Read(header, "DESCRIBE"));

    private static void Survive(ReadOnlySpan<byte> bytes, int seed)
    {
        while (true)
        {
            RtspPiece piece = RtspParser.Read(bytes, out int consumed, out RtspRequest? request);
            Assert.True(consumed <= bytes.Length && (request is not null) == (piece == RtspPiece.Request), $"seed {seed}");
            if (request is not null)
            {
                _ = request.Target;
                _ = RtspTransport.Read(request.Header("Transport"), 0);
                _ = DigestAnswer.Read(request.Header("Accept"), request.Method)?.Matches("x");
            }

            if (piece is RtspPiece.Incomplete or RtspPiece.Malformed)
            {
                Assert.Equal(0, consumed);
                return;
            }

            Assert.True(consumed > 0, $"seed {seed}: no progress");
            bytes = bytes[consumed..];
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
