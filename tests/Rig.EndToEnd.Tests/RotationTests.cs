using System.Globalization;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>However often files are cut, every unit is in exactly one of them.</summary>
public sealed class RotationTests
{
    /// <summary>Two seconds, in the minutes that the option takes.</summary>
    private static readonly string TwoSeconds = (2 / 60.0).ToString("0.000000", CultureInfo.InvariantCulture);

    private static bool IsLong => Environment.GetEnvironmentVariable("RIG_LONG") == "1";

    [Fact]
    public async Task Cut_every_two_seconds_no_picture_of_a_test_camera_is_lost_or_there_twice()
    {
        await using RunningNode node = await RunningNode.StartAsync(
            """
            cam0.source = "test:640x360@25"
            cam1.source = "test:1280x720@30?audio=aac"
            """,
            "recording.rotation = 2s"
        );
        await node.StreamingAsync();
        int seconds = IsLong ? 60 : 20;
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = "CUT" });
        await node.RecordedAsync("cam0", 25 * seconds);
        IReadOnlyDictionary<string, Manifest> manifests = await node.FinishAsync("CUT");
        foreach (Manifest manifest in manifests.Values)
        {
            IReadOnlyList<string> files = node.Files("CUT", manifest.Camera);
            Assert.InRange(files.Count, seconds / 3, seconds);
            Assert.Equal(files.Select(Path.GetFileName), manifest.Segments.Select(segment => segment.File));
            CameraReport report = await MediaFacts.VerifyAsync(files, started.Start);
            MediaFacts.NothingMissing(report);
            Assert.Equal(report.Frames, manifest.Frames);
            Assert.Empty(manifest.Gaps);
        }
    }

    [Fact]
    public async Task Cut_every_two_seconds_a_clip_is_recorded_byte_for_byte()
    {
        string folder = Directory.CreateTempSubdirectory("rig-e2e-").FullName;
        await RecordAndCompareAsync(await Clips.MakeAsync(folder, 20), folder);
    }

    [SharedMediaFact]
    public Task Cut_every_two_seconds_a_broadcast_is_recorded_byte_for_byte() =>
        RecordAndCompareAsync(Clips.Shared!, Directory.CreateTempSubdirectory("rig-e2e-").FullName);

    /// <summary>Plays the clip once, for 20 s at most.</summary>
    private static async Task RecordAndCompareAsync(string clip, string folder)
    {
        try
        {
            string target = Path.Combine(folder, "out");
            await Programs.OutputAsync(
                Programs.Node,
                "record",
                $"file:{clip}",
                "--dir",
                target,
                "--session",
                "CLIP",
                "--rotate",
                TwoSeconds,
                "--duration",
                IsLong ? "60" : "21"
            );
            string[] written =
            [
                .. Directory.EnumerateFiles(target, "CLIP_cam0_*.mp4", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
            ];
            Assert.True(written.Length >= 7, $"{written.Length} files");

            await Probe.EqualAsync(clip, written, atLeast: 25 * 16);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
