using System.Net;
using System.Net.NetworkInformation;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>How a node starts and ends.</summary>
public sealed class LifeTests
{
    private const string Camera = """cam0.source = "test:640x360@25" """;

    [Theory]
    [InlineData("node.id = A\nrecording.rotatoin = 5m", 2, "recording.rotatoin")]
    [InlineData("node.id = A\n\nrecording.rotation = 5 parsecs", 3, "recording.rotation")]
    [InlineData("log { highWatermark = 50%\nlowWatermark = 60% }", 2, "log.lowWatermark")]
    [InlineData("cameras.cam0.source = \"nonsense:0\"", 1, "cameras.cam0.source")]
    [InlineData("cameras.cam0.name = X", 1, "cameras.cam0")]
    public async Task A_wrong_configuration_stops_the_start_with_file_line_and_key(string text, int line, string key)
    {
        string folder = Directory.CreateTempSubdirectory("rig-e2e-").FullName;
        string file = Path.Combine(folder, "wrong.conf");
        await File.WriteAllTextAsync(file, text);
        (int code, _, string errors) = await Programs.RunAsync(Programs.Node, "node", file);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(2, code);
        Assert.Contains($"{file}:{line}", errors, StringComparison.Ordinal);
        Assert.Contains(key, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_listens_on_loopback_only_unless_told_otherwise()
    {
        await using RunningNode node = await RunningNode.StartAsync(Camera);
        int port = node.Http.BaseAddress!.Port;
        IPEndPoint[] listeners =
        [
            .. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port),
        ];
        Assert.NotEmpty(listeners);
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener}"));
    }

    [Fact]
    public async Task Told_to_end_a_node_ends_cleanly_and_its_session_goes_on_at_the_next_start()
    {
        await using RunningNode node = await RunningNode.StartAsync(Camera);
        await node.StreamingAsync();
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = "TERM" });
        await node.RecordedAsync("cam0", 50);
        DateTimeOffset told = TimeProvider.System.GetUtcNow();
        Assert.Equal(0, await node.TerminateAsync());
        Assert.DoesNotContain("xception", node.Output, StringComparison.Ordinal);

        CameraReport before = await MediaFacts.VerifyAsync(node.Files("TERM", "cam0"), started.Start);
        MediaFacts.NothingMissing(before);
        Assert.InRange(told - before.Last!.Value, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(0.5));

        await node.StartAgainAsync();
        await node.UntilAsync(
            "the session goes on",
            status => status.Session?.SessionId == "TERM" && status.Cameras[0].Recorder.Frames > 25
        );
        Manifest manifest = (await node.FinishAsync("TERM"))["cam0"];
        CameraReport after = await MediaFacts.VerifyAsync(node.Files("TERM", "cam0"), started.Start);
        Assert.Equal((2, 0, 0), (after.Files.Count, after.Duplicated, after.OutOfOrder));
        MediaFacts.HolesAreNamed(after, manifest, TimeSpan.FromSeconds(1 / 25.0), gap => gap.Cause == "process_restart");
    }

    [Fact]
    public async Task A_session_that_ended_does_not_come_back()
    {
        await using RunningNode node = await RunningNode.StartAsync(Camera);
        await node.StreamingAsync();
        await node.StartAsync(new StartSession { SessionId = "ENDED" });
        await node.RecordedAsync("cam0", 25);
        await node.FinishAsync("ENDED");
        await node.TerminateAsync();
        await node.StartAgainAsync();
        Assert.Null((await node.StreamingAsync()).Session);
    }
}
