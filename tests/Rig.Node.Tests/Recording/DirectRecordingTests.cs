using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Rig.Node.Commands;
using Rig.Node.Recording;

namespace Rig.Node.Tests.Recording;

/// <summary>What <c>rig record</c> refuses before and while it records.</summary>
public sealed class DirectRecordingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("--session", "a/b", "letters")]
    [InlineData("--session", "..", "letters")]
    [InlineData("--duration", "-1", "--duration takes more than 0")]
    [InlineData("--duration", "1e300", "at most")]
    [InlineData("--rotate", "0", "--rotate takes more than 0")]
    [InlineData("--rotate", "NaN", "--rotate takes more than 0")]
    public void A_wrong_option_is_refused_with_what_is_allowed(string option, string value, string says)
    {
        ParseResult parsed = RecordCommand.Create().Parse(["test:", "--dir", "out", option, value]);
        Assert.Contains(says, Assert.Single(parsed.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Right_options_are_taken() =>
        Assert.Empty(
            RecordCommand.Create().Parse(["test:", "--dir", "out", "--session", "A-1.b", "--duration", "2.5", "--rotate", "0.03"]).Errors
        );

    [Fact]
    public async Task Senders_beyond_the_limit_are_turned_away_and_the_others_stay()
    {
        string folder = Directory.CreateTempSubdirectory("rig-direct-").FullName;
        using var stop = new CancellationTokenSource();
        using var console = new LineConsole();
        DirectRecordingOptions options = new()
        {
            Sources = [$"tcp://:{FreePort()}"],
            Folder = folder,
            SessionId = "S",
            MostSenders = 1,
        };
        await using DirectRecording recording = new(options, TimeProvider.System, TextWriter.Synchronized(console));
        Task<bool> run = recording.RunAsync(stop.Token);
        string waiting = await console.LineAsync(line => line.StartsWith("waiting for senders on port ", StringComparison.Ordinal));
        var server = new IPEndPoint(IPAddress.Loopback, int.Parse(waiting.Split(' ')[^1], null));
        using Socket first = await CallAsync(server);
        await console.LineAsync(line => line.StartsWith("cam0: tcp", StringComparison.Ordinal));
        using Socket second = await CallAsync(server);
        await console.LineAsync(line => line.Contains("turned away, 1 senders", StringComparison.Ordinal));
        Assert.Equal(0, await second.ReceiveAsync(new byte[1]).WaitAsync(Patience));
        Assert.False(first.Poll(0, SelectMode.SelectRead), "The first sender stays.");
        await stop.CancelAsync();
        Assert.False(await run.WaitAsync(Patience), "Nothing was recorded.");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The scheme takes no port 0: one that the system gave a moment ago.</summary>
    private static int FreePort()
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static async Task<Socket> CallAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server);
        return socket;
    }
}
