using System.Formats.Tar;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests.Pictures;

/// <summary>Spans of recordings as they are given out, judged by ffmpeg and by the stamp in each picture.</summary>
[Collection(RecordedSession.Name)]
public sealed class PlaybackTests(RecordedSession session)
{
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1 / 25.0);

    private RunningNode Node => session.Node;

    [Theory]
    [InlineData("cam0", 0, 3.0)]
    [InlineData("cam0", 1.37, 3.2)]
    [InlineData("cam1", 1.37, 3.2)]
    public async Task A_plain_cut_begins_and_ends_at_its_instants_over_the_ends_of_files(string camera, double after, double seconds)
    {
        (string file, _) = await session.FetchAsync(session.Span(camera, after, seconds, "mp4"));
        CameraReport report = await MediaFacts.VerifyAsync([file]);
        MediaFacts.NothingMissing(report);
        DateTimeOffset start = session.Start.AddSeconds(after);
        Assert.InRange(report.First!.Value, start.AddMilliseconds(-0.001), start + Frame);
        Assert.InRange(report.Last!.Value, start.AddSeconds(seconds) - Frame, start.AddSeconds(seconds));
        Assert.InRange(await Probe.DurationAsync(file), seconds - 0.08, seconds + 0.08);
        double offset = (report.First.Value - start).TotalSeconds;
        Assert.InRange(report.Files[0].PresentationStart!.Value, offset - 0.002, offset + 0.002);
    }

    [Fact]
    public async Task A_fragmented_cut_begins_with_the_key_picture_before_its_start_and_says_when_that_was()
    {
        (string file, HttpResponseMessage answer) = await session.FetchAsync(session.Span("cam0", 2.6, 2, "fmp4"));
        CameraReport report = await MediaFacts.VerifyAsync([file]);
        MediaFacts.NothingMissing(report);
        DateTimeOffset said = DateTimeOffset.Parse(answer.Headers.GetValues("X-Recording-Start").Single(), CultureInfo.InvariantCulture);
        Assert.InRange((report.First!.Value - said).TotalMilliseconds, -0.01, 0.01);
        Assert.InRange(said, session.Start.AddSeconds(1.5), session.Start.AddSeconds(2.6));
        Assert.InRange(report.Files[0].PresentationStart!.Value, 0, 0.001);
        Assert.Contains("moof", await Boxes(file));
    }

    [Fact]
    public async Task Sound_goes_along_and_starts_with_the_picture()
    {
        (string file, _) = await session.FetchAsync(session.Span("cam0", 1, 3, "mp4"));
        string streams = await Programs.OutputAsync(
            "ffprobe",
            "-v",
            "error",
            "-show_entries",
            "stream=codec_name,duration",
            "-of",
            "csv=p=0",
            file
        );
        string sound = streams.Split('\n').Single(line => line.StartsWith("aac", StringComparison.Ordinal));
        Assert.InRange(double.Parse(sound.Split(',')[1], CultureInfo.InvariantCulture), 2.9, 3.1);
    }

    [Fact]
    public async Task A_part_of_a_cut_is_that_part_of_it()
    {
        string path = session.Span("cam1", 0.5, 4, "mp4");
        byte[] whole = await Node.Http.GetByteArrayAsync(path);
        using HttpRequestMessage head = new(HttpMethod.Head, path);
        using HttpResponseMessage described = await Node.Http.SendAsync(head);
        Assert.Equal(whole.Length, described.Content.Headers.ContentLength);
        (long From, long To)[] parts = [(0, 99), (whole.Length / 3, whole.Length / 2), (whole.Length - 500, whole.Length - 1)];
        foreach ((long from, long to) in parts)
        {
            await Check(whole, path, from, to);
        }
    }

    [Fact]
    public async Task What_was_recorded_is_listed_as_spans_between_the_gaps()
    {
        IReadOnlyList<PlaybackEntry> whole = await Node.GetAsync("/list?path=cam0", RigJson.Default.PlaybackEntryList);
        PlaybackEntry one = Assert.Single(whole);
        Assert.InRange((one.Start - session.Start).TotalMilliseconds, -0.01, 0.01);
        Assert.InRange(one.Duration, 5, 30);
        using HttpResponseMessage played = await Node.Http.GetAsync(new Uri(one.Url).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, played.StatusCode);

        IReadOnlyList<PlaybackEntry> parted = await Node.GetAsync("/list?path=E2E/cam2", RigJson.Default.PlaybackEntryList);
        Assert.Equal(2, parted.Count);
        SegmentGap gap = session.Manifests["cam2"].Gaps.Single();
        Assert.InRange(parted[0].Start.AddSeconds(parted[0].Duration), gap.From, gap.From + (2 * Frame));
        Assert.Equal(gap.To, parted[1].Start);
    }

    [Fact]
    public async Task A_cut_over_a_gap_keeps_the_time_and_names_the_gap()
    {
        double length = (session.Manifests["cam2"].End!.Value - session.Start).TotalSeconds;
        (string file, HttpResponseMessage answer) = await session.FetchAsync(session.Span("cam2", 0, length, "mp4"));
        SegmentGap gap = session.Manifests["cam2"].Gaps.Single();
        string named = answer.Headers.GetValues("X-Recording-Gaps").Single();
        DateTimeOffset[] ends = [.. named.Split('/').Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture))];
        Assert.InRange(ends[0], gap.From - Frame, gap.From + Frame);
        Assert.InRange(ends[1], gap.To!.Value - Frame, gap.To.Value + Frame);
        Assert.Contains("(gap)", await Probe.ChaptersAsync(file));
        Assert.InRange(await Probe.DurationAsync(file), length - 0.1, length + 0.1);
        CameraReport report = await MediaFacts.VerifyAsync([file]);
        Assert.InRange(report.DriftPpm ?? 0, -500, 500);
    }

    [Fact]
    public async Task The_index_of_a_session_has_every_camera_with_its_spans_marks_and_gaps()
    {
        PlaybackIndex index = await Node.GetAsync($"/api/v1/playback/{RecordedSession.Id}", RigJson.Default.PlaybackIndex);
        Assert.Equal(["E2E/cam0", "E2E/cam1", "E2E/cam2"], index.Cameras.Select(camera => camera.Path));
        Assert.Equal("kick-off", Assert.Single(index.Marks).Name);
        Assert.False(index.Growing);
        Assert.Equal([1, 1, 2], index.Cameras.Select(camera => camera.Spans.Count));
        Assert.All(index.Cameras, camera => Assert.Single(camera.LockViews));
        Assert.All(index.Cameras, camera => Assert.InRange((camera.Spans[0].Start - index.Start).TotalMilliseconds, -0.01, 0.01));
    }

    [Fact]
    public async Task All_cameras_of_a_span_come_in_one_archive_and_begin_in_the_same_frame()
    {
        string start = Uri.EscapeDataString(session.Start.AddSeconds(0.5).ToString("O"));
        (string tar, _) = await session.FetchAsync(
            $"/api/v1/playback/{RecordedSession.Id}/export?start={start}&duration=1.5&cameras=cam0,E2E/cam1",
            ".tar"
        );
        string folder = Directory.CreateDirectory(tar + "-out").FullName;
        await TarFile.ExtractToDirectoryAsync(tar, folder, overwriteFiles: false);
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(folder, RecordedSession.Id)).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        VerificationReport report = await new FileVerifier().VerifyAsync([.. files.Select(file => (IReadOnlyList<string>)[file])]);
        Assert.True(report.IsClean);
        Assert.InRange(report.FirstFrameSpreadMs!.Value, 0, 40);
        string listed = await Programs.OutputAsync("tar", "-tf", tar);
        Assert.Equal(2, listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("/get?path=cam0&start=2020-01-01T00:00:00Z&duration=5", ProblemCodes.NoRecording)]
    [InlineData("/get?path=cam9&start=2020-01-01T00:00:00Z&duration=5", ProblemCodes.NoRecording)]
    [InlineData("/get?path=cam0&start=2020-01-01T00:00:00Z&duration=-5", ProblemCodes.InvalidRequest)]
    [InlineData("/get?path=cam0&start=2020-01-01T00:00:00Z&duration=NaN", ProblemCodes.InvalidRequest)]
    [InlineData("/get?path=cam0&start=2020-01-01T00:00:00Z&duration=1e8", ProblemCodes.InvalidRequest)]
    [InlineData("/get?path=cam0&start=2020-01-01T00:00:00Z&duration=5&format=avi", ProblemCodes.InvalidRequest)]
    [InlineData("/get?path=cam0&start=yesterday&duration=5", ProblemCodes.InvalidRequest)]
    [InlineData("/get?path=../cam0&start=2020-01-01T00:00:00Z&duration=5", ProblemCodes.NotFound)]
    [InlineData("/list?path=cam9", ProblemCodes.NotFound)]
    [InlineData("/api/v1/playback/NEVER", ProblemCodes.NotFound)]
    [InlineData("/api/v1/playback/NEVER/export", ProblemCodes.NotFound)]
    public async Task What_cannot_be_given_out_is_refused_with_a_reason(string path, string code) =>
        Assert.Equal(code, (await Node.RefusedAsync(HttpMethod.Get, path)).Code);

    private async Task Check(byte[] whole, string path, long from, long to)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Range = new RangeHeaderValue(from, to);
        using HttpResponseMessage part = await Node.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(whole[(int)from..((int)to + 1)], await part.Content.ReadAsByteArrayAsync());
    }

    private static async Task<string> Boxes(string file) => System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
}
