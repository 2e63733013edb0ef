using Rig.Media.Time;
using Rig.Streams.Tests.Sources;
using Rig.Streams.Tests.TestCamera;
using Rig.Streams.Verification;

namespace Rig.Streams.Tests.Verification;

public sealed class FileVerifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rig-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_whole_file_is_clean_and_its_start_and_drift_are_measured()
    {
        (string file, IReadOnlyList<KeptUnit> units) = await RecordAsync("a.mp4", "test:640x160@25", 0, 100);
        UtcInstant t0 = units[0].Capture - MediaSpan.FromMilliseconds(25);

        VerificationReport report = await new FileVerifier().VerifyAsync(
            [
                [file],
            ],
            t0
        );

        FileReport found = report.Cameras[0].Files[0];
        Assert.True(report.IsClean);
        Assert.Equal((100L, 0L, 0L, 0L), (found.Frames, found.Missing, found.Duplicated, found.Undecodable));
        Assert.Equal(units[0].Capture.ToDateTimeOffset(), found.First);
        Assert.Equal(units[^1].Capture.ToDateTimeOffset(), found.Last);
        Assert.Equal(25, found.FrameRate!.Value, 3);
        Assert.Equal(0, found.PresentationStart!.Value, 3);
        Assert.Equal(25, found.StartAfterT0Ms!.Value, 3);
        Assert.Equal(0, found.DriftPpm!.Value, 1.0);
    }

    [Fact]
    public async Task Segments_are_joined_and_what_lies_between_them_is_found()
    {
        (string first, _) = await RecordAsync("1.mp4", "test:640x160@25?gop=5", 0, 50);
        (string second, _) = await RecordAsync("2.mp4", "test:640x160@25?gop=5", 50, 50);
        (string late, _) = await RecordAsync("3.mp4", "test:640x160@25?gop=5", 60, 40);
        (string early, _) = await RecordAsync("4.mp4", "test:640x160@25?gop=5", 45, 55);
        var verifier = new FileVerifier();

        VerificationReport whole = await verifier.VerifyAsync([
            [first, second],
        ]);
        VerificationReport hole = await verifier.VerifyAsync([
            [first, late],
        ]);
        VerificationReport twice = await verifier.VerifyAsync([
            [first, early],
        ]);

        Assert.True(whole.IsClean);
        Assert.Equal((10L, 0L), (hole.Cameras[0].Missing, hole.Cameras[0].Duplicated));
        Assert.All(hole.Cameras[0].Files, file => Assert.Equal(0, file.Missing));
        Assert.Equal((0L, 5L), (twice.Cameras[0].Missing, twice.Cameras[0].Duplicated));
        Assert.False(twice.IsClean);
    }

    [Fact]
    public async Task Cameras_are_compared_by_their_first_frames_and_their_drift()
    {
        (string first, _) = await RecordAsync("1.mp4", "test:640x160@25", 0, 250);
        (string second, _) = await RecordAsync("2.mp4", "test:640x160@25?drift=1000ppm&gop=25", 25, 225);

        VerificationReport report = await new FileVerifier().VerifyAsync([
            [first],
            [second],
        ]);

        Assert.Equal(1000, report.FirstFrameSpreadMs!.Value, 5.0);
        Assert.Equal(1000, report.DriftSpreadPpm!.Value, 5.0);
    }

    [Theory]
    [InlineData("nothing.mp4", "no such file")]
    [InlineData("garbage.mp4", "")]
    public async Task A_file_that_cannot_be_read_is_an_error_of_that_file(string name, string error)
    {
        string file = Path.Combine(_folder, "garbage.mp4");
        await File.WriteAllBytesAsync(file, new byte[5000]);

        VerificationReport report = await new FileVerifier().VerifyAsync([
            [Path.Combine(_folder, name)],
        ]);

        Assert.False(report.IsClean);
        Assert.Contains(error, report.Cameras[0].Files[0].Error!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_without_a_stamp_are_counted_as_such()
    {
        string file = Path.Combine(_folder, "other.mp4");
        string[] arguments =
        [
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=640x360:r=25:d=1",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            file,
        ];
        await Tool.RunAsync("ffmpeg", null, arguments);

        VerificationReport report = await new FileVerifier().VerifyAsync([
            [file],
        ]);

        Assert.Equal((25L, 25L), (report.Cameras[0].Frames, report.Cameras[0].Undecodable));
        Assert.False(report.IsClean);
    }

    [Fact]
    public void Lost_repeated_and_late_stamps_are_told_apart()
    {
        StampFindings findings = StampFindings.Of([
            .. new[] { 0, 1, 2, 2, 5, 4, 6, 7, 8, 9, 10, 11, 12 }.Select(Frame),
            new StampedFrame(1, UtcInstant.Unknown),
        ]);

        Assert.Equal((1L, 1L, 1L, 1L), (findings.Missing, findings.Duplicated, findings.OutOfOrder, findings.Undecodable));
    }

    private static StampedFrame Frame(int number) =>
        new(number / 30.0, UtcInstant.FromMicroseconds(1_772_366_400_000_000 + (number * 33_333L)));

    private async Task<(string File, IReadOnlyList<KeptUnit> Units)> RecordAsync(string name, string source, int skip, int count)
    {
        RecordingOutput output = await TestCameraRun.Of(source, TimeSpan.FromSeconds(((skip + count) / 25.0) + 0.02));
        IReadOnlyList<KeptUnit> units = [.. output.Video.Skip(skip).Take(count)];
        Assert.Equal(count, units.Count);
        string file = Path.Combine(_folder, name);
        await Tool.RunAsync("ffmpeg", AnnexB.Of(units), "-v", "error", "-f", "h264", "-r", "25", "-i", "pipe:0", "-c", "copy", file);
        return (file, units);
    }
}
