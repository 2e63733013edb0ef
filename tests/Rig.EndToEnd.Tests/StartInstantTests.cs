using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>T0 is what the operator meant, however late the command comes.</summary>
public sealed class StartInstantTests
{
    private const string Cameras = """
        cam0.source = "test:640x360@25"
        cam1.source = "test:640x360@30"
        """;

    [Fact]
    public async Task A_recording_with_pre_roll_begins_exactly_that_long_before_the_press()
    {
        await using RunningNode node = await RunningNode.StartAsync(Cameras);
        await node.StreamingAsync(logSeconds: 7);
        DateTimeOffset press = Now();
        SessionOutcome started = await node.StartAsync(
            new StartSession
            {
                SessionId = "PRE",
                RequestedAt = press,
                PreRollSeconds = 5,
            }
        );
        Assert.Equal(press.AddSeconds(-5), started.Start);
        Assert.All(started.Cameras, camera => Assert.Equal(CameraResult.Recording, camera.Result));
        await BeginsAtT0Async(node, "PRE", started.Start);
    }

    [Fact]
    public async Task A_start_that_was_delayed_by_two_seconds_still_begins_at_the_press()
    {
        await using RunningNode node = await RunningNode.StartAsync(Cameras);
        await node.StreamingAsync(logSeconds: 4);
        DateTimeOffset press = Now().AddSeconds(-2);
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = "LATE", RequestedAt = press });
        Assert.Equal(press, started.Start);
        Assert.All(started.Cameras, camera => Assert.Equal(CameraResult.Recording, camera.Result));
        await BeginsAtT0Async(node, "LATE", started.Start);
    }

    [Fact]
    public async Task A_start_beyond_the_memory_begins_at_its_first_key_picture_and_says_how_late()
    {
        await using RunningNode node = await RunningNode.StartAsync(Cameras);
        await node.StreamingAsync();
        DateTimeOffset press = Now();
        SessionOutcome started = await node.StartAsync(
            new StartSession
            {
                SessionId = "BEYOND",
                RequestedAt = press,
                PreRollSeconds = 9,
            }
        );
        Assert.Equal(press.AddSeconds(-9), started.Start);
        Assert.All(started.Cameras, camera => Assert.Equal(CameraResult.Late, camera.Result));
        await node.RecordedAsync("cam0", 25);
        IReadOnlyDictionary<string, Manifest> manifests = await node.FinishAsync("BEYOND");
        foreach ((string camera, Manifest manifest) in manifests)
        {
            CameraReport report = await MediaFacts.VerifyAsync(node.Files("BEYOND", camera));
            MediaFacts.NothingMissing(report);
            Assert.Equal((report.First!.Value - started.Start).TotalMilliseconds, manifest.LateMs!.Value, 1.0);
        }
    }

    [Fact]
    public async Task A_start_in_the_future_begins_then()
    {
        await using RunningNode node = await RunningNode.StartAsync(Cameras);
        await node.StreamingAsync();
        DateTimeOffset at = Now().AddSeconds(3);
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = "FUTURE", At = at });
        Assert.Equal(at, started.Start);
        await BeginsAtT0Async(node, "FUTURE", at);
    }

    [Fact]
    public async Task A_session_with_a_duration_ends_by_itself_at_that_picture()
    {
        await using RunningNode node = await RunningNode.StartAsync(Cameras);
        await node.StreamingAsync(logSeconds: 2);
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = "TIMED", DurationSeconds = 3 });
        await node.UntilAsync("the session ended", status => status.Session is null);
        IReadOnlyDictionary<string, Manifest> manifests = await node.ManifestsAsync("TIMED", manifest => manifest.Complete);
        Assert.All(manifests.Values, manifest => Assert.Equal(started.Start.AddSeconds(3), manifest.End));
        Assert.Equal((75L, 90L), (manifests["cam0"].Frames, manifests["cam1"].Frames));
        foreach (string camera in manifests.Keys)
        {
            CameraReport report = await MediaFacts.VerifyAsync(node.Files("TIMED", camera));
            MediaFacts.NothingMissing(report);
            Assert.InRange(report.Last!.Value, started.Start, started.Start.AddSeconds(3));
            Assert.Equal(3, await Probe.DurationAsync(node.Files("TIMED", camera)[0]), 0.04);
        }
    }

    private static async Task BeginsAtT0Async(RunningNode node, string session, DateTimeOffset t0)
    {
        await node.RecordedAsync("cam0", 40);
        IReadOnlyDictionary<string, Manifest> manifests = await node.FinishAsync(session);
        foreach (Manifest manifest in manifests.Values)
        {
            Assert.Equal((t0, null), (manifest.Start, manifest.LateMs));
            CameraReport report = await MediaFacts.VerifyAsync(node.Files(session, manifest.Camera), t0);
            MediaFacts.NothingMissing(report);
            double afterT0 = report.Files[0].StartAfterT0Ms!.Value;
            Assert.InRange(afterT0, 0, 1000 / manifest.Fps!.Value);

            // The picture is shown as long after the file's beginning as it was taken after T0: the edit list is exact.
            Assert.Equal(afterT0 / 1000, report.Files[0].PresentationStart!.Value, 0.0001);
        }
    }

    /// <summary>Instants travel in whole microseconds.</summary>
    private static DateTimeOffset Now()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
