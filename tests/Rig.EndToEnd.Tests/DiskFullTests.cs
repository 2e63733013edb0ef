using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>The disk of the recordings runs full in the middle of a session.</summary>
public sealed class DiskFullTests
{
    private const string Session = "FULL";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1 / 25.0);

    [MountFact]
    public async Task While_the_memory_holds_it_a_full_disk_costs_nothing()
    {
        await RunAsync(
            logBytes: "100MB",
            whileFull: node =>
                node.UntilAsync("the disk was full for some seconds", status => status.Cameras[0].Recorder.SecondsSinceDurable > 3),
            judge: (report, manifest) =>
            {
                MediaFacts.NothingMissing(report);
                Assert.Empty(manifest.Gaps);
            }
        );
    }

    [MountFact]
    public async Task Beyond_the_memory_a_full_disk_costs_a_named_gap_and_the_recording_goes_on()
    {
        await RunAsync(
            logBytes: "4MB",
            whileFull: node => node.UntilAsync("the memory overflowed", status => status.Cameras[0].Recorder.DroppedUnits > 50),
            judge: (report, manifest) =>
            {
                Assert.All(report.Files, file => Assert.Null(file.Error));
                Assert.Equal((0, 0, 0), (report.Duplicated, report.OutOfOrder, report.Undecodable));
                Assert.True(report.Missing > 0);
                SegmentGap[] gaps = [.. manifest.Gaps];
                Assert.NotEmpty(gaps);
                MediaFacts.HolesAreNamed(report, manifest, Period, gap => gap.Cause.StartsWith("memory_used_up", StringComparison.Ordinal));
                Assert.Equal(report.Missing, gaps.Sum(gap => gap.Units));
            }
        );
    }

    private static async Task RunAsync(string logBytes, Func<RunningNode, Task> whileFull, Action<CameraReport, Manifest> judge)
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(megabytes: 40);
        await using RunningNode node = await RunningNode.StartAsync(
            """
            cam0.source = "test:640x360@25?bitrate=8M"
            """,
            $$"""
            log.cameraBytes = {{logBytes}}
            recording.allocationStep = 1MiB
            """,
            recordings: disk.Path
        );
        await node.StreamingAsync();
        await disk.LeaveAsync(megabytes: 5);
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = Session, Force = true });
        Assert.Equal(CameraResult.Recording, started.Cameras.Single().Result);

        await node.UntilAsync("an alarm names the full disk", status => status.Cameras[0].Recorder.LastError is not null);
        await whileFull(node);
        Assert.Equal(Session, (await node.StatusAsync()).Session!.SessionId);
        disk.Free();
        await node.UntilAsync(
            "the recording goes on by itself",
            status => status.Cameras[0].Recorder is { LastError: null, SecondsSinceDurable: < 3 }
        );
        long frames = (await node.CameraAsync("cam0")).Recorder.Frames;
        await node.RecordedAsync("cam0", frames + 50);
        Manifest manifest = (await node.FinishAsync(Session))["cam0"];
        CameraReport report = await MediaFacts.VerifyAsync(node.Files(Session, "cam0"), started.Start);
        Assert.Equal(report.Frames, manifest.Frames);
        judge(report, manifest);
    }
}
