using System.Net;
using System.Net.Sockets;
using Rig.Media;
using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

/// <summary>UDP and TCP, with ffmpeg as the sender.</summary>
public sealed class NetworkSourceTests(Clips clips) : IClassFixture<Clips>
{
    [Fact]
    public async Task A_sender_over_tcp_is_recorded_whole_and_its_end_is_the_sources_end()
    {
        using var acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<ToolResult> sender = SendAsync($"tcp://127.0.0.1:{acceptor.Port}", "mpegts", "-re -readrate 8");
        var output = new RecordingOutput();
        await using ISource source = await acceptor.AcceptAsync(new SourceContext(), CancellationToken.None);

        await source.RunAsync(output, CancellationToken.None);

        Assert.Equal(0, (await sender).ExitCode);
        Assert.Equal(Clips.Pictures, output.Video.Count);
        Assert.Empty(output.Faults);
    }

    [Fact]
    public async Task Every_sender_that_connects_becomes_a_source_of_its_own()
    {
        using var acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<ToolResult>[] senders =
        [
            .. Enumerable.Range(0, 3).Select(_ => SendAsync($"tcp://127.0.0.1:{acceptor.Port}", "mpegts", "-readrate 100")),
        ];
        var outputs = new List<RecordingOutput>();
        foreach (Task<ToolResult> _ in senders)
        {
            await using ISource source = await acceptor.AcceptAsync(new SourceContext(), CancellationToken.None);
            outputs.Add(new RecordingOutput());
            await source.RunAsync(outputs[^1], CancellationToken.None);
        }

        await Task.WhenAll(senders);
        Assert.All(outputs, output => Assert.Equal(Clips.Pictures, output.Video.Count));
    }

    [Fact]
    public async Task A_listening_sender_is_called()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Task serve = ServeAsync(listener, await File.ReadAllBytesAsync(clips.Ts));

        RecordingOutput output = await SourceRun.ToEndAsync($"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");

        await serve;
        Assert.Equal(Clips.Pictures, output.Video.Count);
    }

    [Fact]
    public async Task A_sender_that_is_not_there_is_named_with_what_to_check()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() =>
            SourceRun.ToEndAsync($"tcp://127.0.0.1:{FreePort(ProtocolType.Tcp)}")
        );

        Assert.Contains("Check that the sender runs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_what_to_do()
    {
        using var taken = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        taken.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var failure = await Assert.ThrowsAsync<SourceException>(() => SourceRun.ToEndAsync($"udp://:{port}"));

        Assert.Contains("choose another port", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp", "mpegts")]
    [InlineData("rtp", "rtp_mpegts")]
    public async Task A_transport_stream_over_udp_is_recorded_with_or_without_rtp(string scheme, string format)
    {
        int port = FreePort(ProtocolType.Udp);
        var output = new RecordingOutput();
        await using ISource source = BuiltInSources.Registry().Create($"udp://:{port}", new SourceContext());
        using var stop = new CancellationTokenSource();
        Task run = source.RunAsync(output, stop.Token);

        ToolResult sent = await SendAsync($"{scheme}://127.0.0.1:{port}?pkt_size=1316", format, "-re -readrate 8");
        await output.WhenUnits(Clips.Pictures + 40).WaitAsync(TimeSpan.FromSeconds(20));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.True(sent.ExitCode == 0, sent.Errors);
        Assert.InRange(output.Video.Count, Clips.Pictures - 1, Clips.Pictures); // the last is whole only when the next begins
        Assert.DoesNotContain(output.Faults, fault => fault.Kind is StreamFaultKind.PacketLost or StreamFaultKind.Garbage);
        Assert.True(source.Statistics.Packets > 20);
    }

    [Fact]
    public async Task Datagrams_that_are_neither_are_counted()
    {
        int port = FreePort(ProtocolType.Udp);
        var output = new RecordingOutput();
        await using ISource source = BuiltInSources.Registry().Create($"udp://:{port}", new SourceContext());
        using var stop = new CancellationTokenSource();
        Task run = source.RunAsync(output, stop.Token);
        using var sender = new UdpClient();
        while (!output.Faults.Any(fault => fault.Kind == StreamFaultKind.Garbage))
        {
            await sender.SendAsync("good evening"u8.ToArray(), "127.0.0.1", port);
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(source.Statistics.Faults[StreamFaultKind.Garbage] > 0);
    }

    [Theory]
    [InlineData("tcp://host", "no port")]
    [InlineData("udp://:0", "no port")]
    [InlineData("udp://:70000", "no port")]
    [InlineData("udp://camera:5000", "not an IP address")]
    [InlineData("udp://:5000?interface=eth0", "IP address of this machine")]
    [InlineData("tcp:5000", "no port")]
    [InlineData("tcp://:5000?buffer=3", "no options")]
    public void A_wrong_address_is_told_what_would_be_right(string source, string remedy)
    {
        var failure = Assert.Throws<SourceException>(() => BuiltInSources.Registry().Create(source, new SourceContext()));

        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_listening_tcp_source_has_a_listener()
    {
        var scheme = new TcpScheme();

        Assert.Equal(5000, scheme.FindListener(SourceUri.Parse("tcp://:5000"))!.Port);
        Assert.Null(scheme.FindListener(SourceUri.Parse("tcp://host:5000")));
        Assert.Null(scheme.FindListener(SourceUri.Parse("udp://:5000")));
    }

    private static async Task ServeAsync(Socket listener, byte[] bytes)
    {
        using Socket connection = await listener.AcceptAsync();
        await connection.SendAsync(bytes);
        connection.Shutdown(SocketShutdown.Both);
    }

    private Task<ToolResult> SendAsync(string to, string format, string pace) =>
        Tool.RunAsync("ffmpeg", null, $"-v error {pace.Replace("-re ", "")} -i {clips.Ts} -c copy -f {format} {to}".Split(' '));

    private static int FreePort(ProtocolType protocol)
    {
        SocketType type = protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream;
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
