using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rig.Media.Rtsp;
using Rig.Streams.Live;
using Rig.Streams.Live.Rtsp;
using Rig.Streams.Log;
using Rig.Streams.Tests.Log;

namespace Rig.Streams.Tests.Live;

/// <summary>The server over real sockets, asked as players ask and as nobody should.</summary>
public sealed class RtspServerTests : IAsyncLifetime
{
    private const string Tcp = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";

    private readonly CameraLogs _logs = new();
    private readonly LogFixture _camera = new();
    private readonly LiveHub _hub;
    private readonly Doorkeeper _access = new();
    private readonly RtspServer _server;

    public RtspServerTests()
    {
        _logs.Put("cam0", _camera.Log);
        _camera.WriteFrames(0, 15);
        _hub = new LiveHub(_logs, new LiveOptions(), TimeProvider.System);
        _server = RtspServer.Start(
            new RtspServerOptions
            {
                NodeId = "CAM_L",
                Port = 0,
                Connections = 8,
            },
            _hub,
            _access,
            TimeProvider.System
        );
    }

    private string Address => $"rtsp://{_server.EndPoint}/cam0";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.Equal(0, _server.GetStatistics().Failed);
        Assert.Empty(_hub.GetStatistics().Viewers);
        _hub.Dispose();
        _camera.Dispose();
    }

    [Fact]
    public async Task A_player_describes_sets_up_plays_and_ends()
    {
        using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
        var options = await client.AskAsync("OPTIONS", "*");
        Assert.Contains("DESCRIBE", options.Headers["Public"], StringComparison.Ordinal);
        var description = await client.AskAsync("DESCRIBE", Address, "Accept: application/sdp");
        Assert.Equal((200, "application/sdp"), (description.Status, description.Headers["Content-Type"]));
        Assert.Contains("a=rtpmap:96 H264/90000\r\n", description.Body, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:97 mpeg4-generic/48000/2\r\n", description.Body, StringComparison.Ordinal);
        var setup = await client.AskAsync("SETUP", $"{Address}/trackID=0", Tcp);
        Assert.StartsWith("RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=", setup.Headers["Transport"], StringComparison.Ordinal);
        string session = $"Session: {setup.Headers["Session"].Split(';')[0]}";
        var play = await client.AskAsync("PLAY", Address, session);
        Assert.Equal(200, play.Status);
        Assert.Contains($"url={Address}/trackID=0;seq=", play.Headers["RTP-Info"], StringComparison.Ordinal);

        (byte channel, byte[] report) = await client.PacketAsync();
        Assert.Equal((1, 200), (channel, report[1]));
        uint? timestamp = null;
        for (int frame = 10; frame < 15; frame++)
        {
            (channel, byte[] packet) = await client.PacketAsync();
            Assert.Equal(0, channel);
            uint now = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));
            Assert.Equal(now, timestamp is { } last ? last + 3600 : now);
            timestamp = now;
        }

        _camera.Write(15);
        await client.PacketAsync();
        Assert.Equal(1, _hub.GetStatistics().Viewers["cam0"]);
        Assert.Equal(200, (await client.AskAsync("GET_PARAMETER", Address, session)).Status);
        Assert.Equal(200, (await client.AskAsync("TEARDOWN", Address, session)).Status);
        Assert.Empty(_hub.GetStatistics().Viewers);
        Assert.Equal(454, (await client.AskAsync("PLAY", Address, session)).Status);
    }

    [Fact]
    public async Task Packets_go_by_udp_to_the_client_that_asked_from_the_ports_it_was_told()
    {
        using UdpClient rtp = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)rtp.Client.LocalEndPoint!).Port;
        using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
        var setup = await client.AskAsync(
            "SETUP",
            $"rtsp://{_server.EndPoint}/CAM_L/cam0/trackID=0",
            $"Transport: RTP/AVP;unicast;client_port={port}-{port + 1};destination=192.0.2.1"
        );
        Assert.Equal(200, setup.Status);
        await client.AskAsync("PLAY", Address, $"Session: {setup.Headers["Session"].Split(';')[0]}");
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        UdpReceiveResult got = await rtp.ReceiveAsync(limit.Token);
        Assert.Contains($"server_port={got.RemoteEndPoint.Port}-", setup.Headers["Transport"], StringComparison.Ordinal);
        Assert.Equal((0x80, 96), (got.Buffer[0], got.Buffer[1] & 0x7F));
    }

    [Theory]
    [InlineData("DESCRIBE", "/nope", "", 404)]
    [InlineData("DESCRIBE", "/CAM_R/cam0", "", 404)]
    [InlineData("DESCRIBE", "", "", 404)]
    [InlineData("SETUP", "/cam0/trackID=7", Tcp, 404)]
    [InlineData("SETUP", "/cam0/trackID=x", Tcp, 404)]
    [InlineData("SETUP", "/cam0/trackID=0", "Transport: RTP/AVP;multicast", 461)]
    [InlineData("SETUP", "/cam0/trackID=0", "", 461)]
    [InlineData("PLAY", "/cam0", "Session: 123", 454)]
    [InlineData("PAUSE", "/cam0", "", 454)]
    [InlineData("RECORD", "/cam0", "", 501)]
    public async Task A_request_that_cannot_be_served_is_answered_by_its_status(string method, string path, string header, int status)
    {
        using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
        var answer = await client.AskAsync(method, $"rtsp://{_server.EndPoint}{path}", header.Length > 0 ? [header] : []);
        Assert.Equal(status, answer.Status);
        Assert.Equal(200, (await client.AskAsync("OPTIONS", "*")).Status);
    }

    [Fact]
    public async Task Who_does_not_prove_himself_is_challenged_and_gets_in_with_the_right_digest_only()
    {
        _access.Password = "secret";
        using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
        var challenge = await client.AskAsync("DESCRIBE", Address);
        Assert.Equal(401, challenge.Status);
        string nonce = challenge.Headers["WWW-Authenticate"].Split("nonce=\"")[1].Split('"')[0];
        Assert.Equal(401, (await client.AskAsync("DESCRIBE", Address, Digest("DESCRIBE", nonce, "wrong"))).Status);
        Assert.Equal(401, (await client.AskAsync("DESCRIBE", Address, Digest("DESCRIBE", "of another connection", "secret"))).Status);
        Assert.Equal(401, (await client.AskAsync("SETUP", $"{Address}/trackID=0", Tcp)).Status);
        Assert.Equal(200, (await client.AskAsync("DESCRIBE", Address, Digest("DESCRIBE", nonce, "secret"))).Status);
        Assert.Equal(200, (await client.AskAsync("SETUP", $"{Address}/trackID=0", Tcp)).Status);
        Assert.Equal(401, (await client.AskAsync("DESCRIBE", $"rtsp://{_server.EndPoint}/other")).Status);
    }

    [Fact]
    public async Task A_token_in_the_address_lets_in_and_guessing_ends_the_connection()
    {
        _access.Password = "secret";
        using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
        Assert.Equal(200, (await client.AskAsync("DESCRIBE", $"{Address}?token=secret")).Status);
        using RtspClient guesser = await RtspClient.ConnectAsync(_server.EndPoint);
        for (int guess = 0; guess < 5; guess++)
        {
            Assert.Equal(401, (await guesser.AskAsync("DESCRIBE", $"{Address}?token={guess}")).Status);
        }

        Assert.Equal("", await guesser.EndAsync());
        Assert.Equal(5, _server.GetStatistics().Unproven);
    }

    [Fact]
    public async Task Garbage_is_refused_counted_and_harms_nobody_else()
    {
        byte[][] garbage =
        [
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            [.. Enumerable.Repeat((byte)'A', 100_000)],
            Encoding.ASCII.GetBytes($"OPTIONS * RTSP/1.0\r\n{string.Concat(Enumerable.Repeat("A: b\r\n", 100))}\r\n"),
        ];
        foreach (byte[] bytes in garbage)
        {
            using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
            await client.SendAsync(bytes);
            await client.EndAsync();
        }

        Assert.Equal(garbage.Length, _server.GetStatistics().Malformed);
        using RtspClient good = await RtspClient.ConnectAsync(_server.EndPoint);
        Assert.Equal(200, (await good.AskAsync("DESCRIBE", Address)).Status);
    }

    [Fact]
    public async Task Mutated_requests_never_bring_the_server_down()
    {
        byte[] sample = Encoding.ASCII.GetBytes(
            $"DESCRIBE {Address} RTSP/1.0\r\nCSeq: 1\r\n\r\nSETUP {Address}/trackID=0 RTSP/1.0\r\nCSeq: 2\r\n{Tcp}\r\n\r\nPLAY {Address} RTSP/1.0\r\nCSeq: 3\r\nSession: 1\r\n\r\n"
        );
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            byte[] bytes = [.. sample];
            for (int change = random.Next(1, 10); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
            try
            {
                await client.SendAsync(bytes);
            }
            catch (IOException)
            {
                // Refused while it was still being sent.
            }
        }

        using RtspClient good = await RtspClient.ConnectAsync(_server.EndPoint);
        Assert.Equal(200, (await good.AskAsync("DESCRIBE", Address)).Status);
    }

    [Fact]
    public async Task One_address_gets_half_of_the_places()
    {
        List<RtspClient> clients = [];
        for (int i = 0; i < 4; i++)
        {
            clients.Add(await RtspClient.ConnectAsync(_server.EndPoint));
            await clients[i].AskAsync("OPTIONS", "*");
        }

        using (RtspClient refused = await RtspClient.ConnectAsync(_server.EndPoint))
        {
            Assert.Equal("", await refused.EndAsync());
        }

        clients.ForEach(client => client.Dispose());
        Assert.Equal(1, _server.GetStatistics().Refused);
    }

    [Fact]
    public async Task A_stream_that_is_no_longer_what_was_described_ends()
    {
        using RtspClient client = await RtspClient.ConnectAsync(_server.EndPoint);
        var setup = await client.AskAsync("SETUP", $"{Address}/trackID=0", Tcp);
        await client.AskAsync("PLAY", Address, $"Session: {setup.Headers["Session"].Split(';')[0]}");
        await client.PacketAsync();
        _camera.Log.OnFormat(LogFixture.Video, LogFixture.VideoFormat() with { Codec = Rig.Media.Formats.Codec.H265 });
        _camera.Write(20, key: true);
        await client.EndAsync();
        Assert.Empty(_hub.GetStatistics().Viewers);
    }

    private string Digest(string method, string nonce, string password)
    {
        string secret = DigestAnswer.Secret("viewer", _access.Realm, password);
        string request = Hash($"{method}:{Address}");
        string response = Hash($"{secret}:{nonce}:{request}");
        return $"Authorization: Digest username=\"viewer\", realm=\"{_access.Realm}\", nonce=\"{nonce}\", uri=\"{Address}\", response=\"{response}\"";
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Lets in everybody, or who knows the one password.</summary>
    private sealed class Doorkeeper : IMediaAccess
    {
        public string Realm => "Test rig";

        public string? Password { get; set; }

        public ValueTask<MediaVerdict> AskAsync(MediaQuestion question, CancellationToken cancellation)
        {
            bool may =
                Password is not { } password
                || question.Token == password
                || (question.Digest is { User: "viewer" } digest && digest.Matches(DigestAnswer.Secret("viewer", Realm, password)));
            return ValueTask.FromResult(may ? MediaVerdict.Granted : MediaVerdict.Unproven);
        }
    }
}
