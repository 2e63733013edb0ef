using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>The main job: start, some seconds, stop; judged by our verifier, by ffprobe and by a browser.</summary>
public sealed class RecordingTests(ThreeCameras recorded) : IClassFixture<ThreeCameras>
{
    private static readonly TimeSpan LongestFrame = TimeSpan.FromSeconds(1 / 25.0);

    [Fact]
    public void Every_camera_records_from_T0_and_stops_at_T1()
    {
        Assert.Equal(
            recorded.Manifests.Keys.Order(StringComparer.Ordinal).Select(camera => $"E2E/{camera}"),
            recorded.Started.Cameras.Select(camera => camera.Camera).Order(StringComparer.Ordinal)
        );
        Assert.All(recorded.Started.Cameras, camera => Assert.Equal((CameraResult.Recording, 0.0), (camera.Result, camera.OffsetMs)));
        Assert.All(recorded.Stopped.Cameras, camera => Assert.Equal(CameraResult.Stopped, camera.Result));
        Assert.All(
            recorded.Manifests.Values,
            manifest => Assert.Equal((recorded.Started.Start, recorded.Stopped.End), (manifest.Start, manifest.End))
        );
    }

    [Fact]
    public async Task Verify_finds_nothing_missing_and_nothing_twice()
    {
        (int code, string output, string errors) = await Programs.RunAsync(
            Programs.Node,
            ["verify", "--json", recorded.FileOf("cam0"), recorded.FileOf("cam1")]
        );
        Assert.True(code == 0, $"{output}{errors}");
        VerificationReport report = JsonSerializer.Deserialize<VerificationReport>(output, JsonSerializerOptions.Web)!;
        Assert.All(report.Cameras, MediaFacts.NothingMissing);
        Assert.InRange(report.FirstFrameSpreadMs!.Value, 0, LongestFrame.TotalMilliseconds);
        foreach (CameraReport camera in report.Cameras)
        {
            Assert.InRange(camera.First!.Value - recorded.Started.Start, TimeSpan.Zero, LongestFrame);
            Assert.InRange(recorded.Stopped.End!.Value - camera.Last!.Value, TimeSpan.Zero, LongestFrame);
        }
    }

    [Theory]
    [InlineData("cam0")]
    [InlineData("cam1")]
    [InlineData("clip")]
    public async Task Manifest_verifier_and_ffprobe_count_the_same_frames(string camera)
    {
        Manifest manifest = recorded.Manifests[camera];
        long frames = await Probe.FramesAsync(recorded.FileOf(camera));
        Assert.Equal(frames, manifest.Frames);
        Assert.Equal(frames, manifest.Segments.Single().Frames);
        Assert.Equal(frames, (await MediaFacts.VerifyAsync([recorded.FileOf(camera)])).Frames);
    }

    [Theory]
    [InlineData("cam0")]
    [InlineData("cam1")]
    [InlineData("clip")]
    public async Task A_file_lasts_from_T0_to_T1(string camera)
    {
        double wanted = (recorded.Stopped.End!.Value - recorded.Started.Start).TotalSeconds;
        double frame = 1 / recorded.Manifests[camera].Fps!.Value;
        Assert.InRange(await Probe.DurationAsync(recorded.FileOf(camera)), wanted - frame, wanted + frame);
        Assert.InRange(recorded.Manifests[camera].DurationSeconds, wanted - frame, wanted + frame);
    }

    [Theory]
    [InlineData("cam0", 25)]
    [InlineData("cam1", 30)]
    public async Task The_timecode_track_holds_the_time_of_day_of_the_start(string camera, int rate)
    {
        string[] parts = (await Probe.TimecodeAsync(recorded.FileOf(camera))).Split(':', ';');
        int[] numbers = [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        TimeSpan timecode = new TimeSpan(numbers[0], numbers[1], numbers[2]) + TimeSpan.FromSeconds((double)numbers[3] / rate);
        TimeSpan frame = TimeSpan.FromSeconds(1.0 / rate);
        Assert.InRange(recorded.Started.Start.TimeOfDay - timecode, -frame, frame);
    }

    [Theory]
    [InlineData("cam0")]
    [InlineData("cam1")]
    [InlineData("clip")]
    public async Task A_mark_is_a_chapter_of_every_file_and_an_entry_of_every_manifest(string camera)
    {
        Assert.Equal("Goal", recorded.Manifests[camera].Marks.Single().Name);
        Assert.Contains("Goal", await Probe.ChaptersAsync(recorded.FileOf(camera)));
    }

    [Fact]
    public async Task The_manifest_tells_what_an_editor_needs()
    {
        Manifest manifest = recorded.Manifests["cam1"];
        Assert.Equal(
            ("Right", "h264", "aac", 30.0, "1280x720"),
            (manifest.Position, manifest.VideoCodec, manifest.AudioCodec, manifest.Fps, manifest.Resolution!.Formatted)
        );
        Assert.Equal("A against B", manifest.Metadata["match"]);
        Assert.Empty(manifest.Gaps);
        byte[] bytes = await File.ReadAllBytesAsync(recorded.FileOf("cam1"));
        Segment segment = manifest.Segments.Single();
        Assert.Equal((bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes))), (segment.Bytes, segment.Sha256));
    }

    [Theory]
    [InlineData("cam0", 640)]
    [InlineData("cam1", 1280)]
    [InlineData("clip", 0)]
    public async Task A_file_seeks_and_plays_in_a_browser(string camera, int width)
    {
        Uri address = new(
            recorded.Node.Http.BaseAddress!,
            $"/recordings/{ThreeCameras.Session}/{Path.GetFileName(recorded.FileOf(camera))}"
        );
        Playback playback = await Browser.SeekAsync(address, 3.1);
        Assert.Null(playback.Error);
        double wanted = (recorded.Stopped.End!.Value - recorded.Started.Start).TotalSeconds;
        Assert.InRange(playback.Duration, wanted - 0.05, wanted + 0.05);
        Assert.Equal(3.1, playback.SoughtTo, 3);
        Assert.InRange(playback.PlayedTo, 3.1, wanted);
        Assert.True(width == 0 || playback.Width == width);
    }
}
