using Rig.Contracts.Cameras;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>Sources misbehave, all in one session; each fault is counted and named, and the camera beside them loses nothing.</summary>
public sealed class SourceFaultTests : IAsyncLifetime
{
    private const string Session = "FAULTS";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1 / 25.0);

    private readonly Dictionary<string, CameraReport> _reports = new(StringComparer.Ordinal);
    private RunningNode _node = null!;

    public async Task InitializeAsync()
    {
        string folder = Directory.CreateTempSubdirectory("rig-e2e-").FullName;
        string clip = await Clips.MakeAsync(folder, 30);
        string mixed = await GarbageMixerAsync(folder, clip);
        _node = await RunningNode.StartAsync(
            $$"""
            good.source = "test:640x360@25"
            stalls.source = "test:640x360@25?stall=4s@6s"
            resizes.source = "test:640x360@25?resize=1280x720@6s"
            jumps.source = "test:640x360@25?jump=20s@6s"
            loses.source = "test:640x360@25?loss=5%"
            dies.source = "exec:ffmpeg -v error -nostdin -re -i {{clip}} -t 6 -c copy -f mpegts pipe:1"
            garbage.source = "exec:sh {{mixed}}"
            """,
            "ingest { retryMin = 200 ms, retryMax = 1s }",
            folder
        );
    }

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_fault_of_a_source_is_named_and_its_neighbours_lose_nothing()
    {
        await _node.UntilAsync(
            "every camera streams",
            status => status.Cameras.All(camera => camera.Ingest.State == IngestState.Streaming)
        );
        SessionOutcome started = await _node.StartAsync(new StartSession { SessionId = Session });
        Assert.All(started.Cameras, camera => Assert.Contains(camera.Result, (CameraResult[])[CameraResult.Recording, CameraResult.Late]));
        await _node.RecordedAsync("good", 25 * 16);
        IReadOnlyList<CameraStatus> cameras = (await _node.StatusAsync()).Cameras;
        IReadOnlyDictionary<string, Manifest> manifests = await _node.FinishAsync(Session);

        foreach (string camera in manifests.Keys)
        {
            _reports[camera] = await MediaFacts.VerifyAsync(_node.Files(Session, camera));
        }

        Assert.Multiple(
            () => GoodLosesNothing(manifests["good"]),
            () => StallIsAGap(manifests["stalls"]),
            () => NewSizeIsANewFile(manifests["resizes"]),
            () => JumpIsNamed(manifests["jumps"], cameras.Single(camera => camera.Id == "jumps")),
            () => LostUnitsAreMissingAndNothingIsTwice(manifests["loses"], cameras.Single(camera => camera.Id == "loses")),
            () => EndedSourceIsStartedAgain(manifests["dies"], cameras.Single(camera => camera.Id == "dies")),
            () => GarbageIsCounted(manifests["garbage"], cameras.Single(camera => camera.Id == "garbage"))
        );
    }

    private void GoodLosesNothing(Manifest manifest)
    {
        CameraReport report = Verify(manifest);
        MediaFacts.NothingMissing(report);
        Assert.Equal((manifest.Frames, 0), (report.Frames, manifest.Gaps.Count));
    }

    private void StallIsAGap(Manifest manifest)
    {
        CameraReport report = Verify(manifest);
        Plays(report);
        Assert.Contains(manifest.Gaps, gap => gap.To - gap.From >= TimeSpan.FromSeconds(2));
        MediaFacts.HolesAreNamed(report, manifest, Period, _ => true);
    }

    private void NewSizeIsANewFile(Manifest manifest)
    {
        CameraReport report = Verify(manifest);
        MediaFacts.NothingMissing(report);
        Assert.True(manifest.Segments.Count >= 2);
        FormatChange change = manifest.FormatChanges[0];
        Assert.Contains("640x360", change.From, StringComparison.Ordinal);
        Assert.Contains("1280x720", change.To, StringComparison.Ordinal);
    }

    private void JumpIsNamed(Manifest manifest, CameraStatus camera)
    {
        CameraReport report = Verify(manifest);
        Plays(report);
        Assert.Contains("discontinuity", manifest.Gaps.Select(gap => gap.Cause).Concat(camera.Ingest.Faults.Keys));
        Assert.InRange(manifest.Frames, 25 * 14, 25 * 18);
    }

    private void LostUnitsAreMissingAndNothingIsTwice(Manifest manifest, CameraStatus camera)
    {
        CameraReport report = Verify(manifest);
        Assert.All(report.Files, file => Assert.Null(file.Error));
        Assert.Equal(0, report.Duplicated);
        Assert.True(report.Missing > 0, "The camera really loses pictures.");
        Assert.NotEmpty(camera.Ingest.Faults);
    }

    private void EndedSourceIsStartedAgain(Manifest manifest, CameraStatus camera)
    {
        Plays(Verify(manifest));
        Assert.True(camera.Ingest.Restarts >= 1, "A source that ended is started again.");
        Assert.NotEmpty(manifest.Gaps);
        Assert.True(manifest.Frames > 25 * 9, $"{manifest.Frames} frames: the recording goes on after each end.");
    }

    private void GarbageIsCounted(Manifest manifest, CameraStatus camera)
    {
        CameraReport report = Verify(manifest);
        Assert.True(report.Frames > 25 * 8, $"{report.Frames} frames");
        Assert.True(camera.Ingest.Faults.Values.Sum() > 0);
    }

    private static void Plays(CameraReport report)
    {
        Assert.All(report.Files, file => Assert.Null(file.Error));
        Assert.Equal((0, 0), (report.Duplicated, report.OutOfOrder));
    }

    private CameraReport Verify(Manifest manifest) => _reports[manifest.Camera];

    /// <summary>A program that writes the clip in half seconds, with bytes of no meaning after each.</summary>
    private static async Task<string> GarbageMixerAsync(string folder, string clip)
    {
        byte[] bytes = await File.ReadAllBytesAsync(clip);
        int part = bytes.Length / 60;
        for (int index = 0; index < 60; index++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"part{index:00}"), bytes.AsSpan(index * part, part).ToArray());
        }

        string script = Path.Combine(folder, "mixer");
        await File.WriteAllTextAsync(
            script,
            $"""
            for part in {folder}/part*; do cat $part; head -c 700 /dev/urandom; sleep 0.5; done

            """
        );
        return script;
    }
}
