using System.Globalization;
using System.Net;
using System.Text.Json;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Pictures;

/// <summary>Snapshots over the interface.</summary>
[Collection(RecordedSession.Name)]
public sealed class SnapshotTests(RecordedSession session)
{
    private RunningNode Node => session.Node;

    [Fact]
    public async Task A_page_gets_the_newest_picture_and_is_told_when_it_was_taken()
    {
        await Node.StreamingAsync();
        (string file, HttpResponseMessage answer) = await session.FetchAsync("/snapshot/cam0.jpg?width=320", ".jpg");
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
        DateTimeOffset capture = DateTimeOffset.Parse(answer.Headers.GetValues("X-Capture").Single(), CultureInfo.InvariantCulture);
        Assert.InRange(capture, session.Start, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal("mjpeg,320,180", await FactsAsync(file));
        Assert.Equal(HttpStatusCode.OK, (await session.FetchAsync("/snapshot/E2E/cam0.jpg", ".jpg")).Answer.StatusCode);
    }

    [Fact]
    public async Task A_snapshot_that_is_kept_lies_in_its_folder_and_is_told_of()
    {
        await Node.StreamingAsync();
        using HttpResponseMessage events = await Node.Http.GetAsync(
            "/api/v1/events?topics=snapshot.taken",
            HttpCompletionOption.ResponseHeadersRead
        );
        (HttpStatusCode code, string body) = await Node.PostAsync("/api/v1/cameras/cam1/snapshot", """{"quality":60}""");
        Assert.True(code == HttpStatusCode.OK, body);
        SnapshotInfo taken = JsonSerializer.Deserialize(body, RigJson.Default.SnapshotInfo)!;
        (string file, _) = await session.FetchAsync(taken.Url!, ".jpg");
        Assert.Equal(taken.Bytes, new FileInfo(file).Length);
        Assert.Equal("mjpeg,640,360", await FactsAsync(file));
        Assert.True(File.Exists(Path.Combine(Node.Folder, "snapshots", taken.File!)));
        using StreamReader reader = new(await events.Content.ReadAsStreamAsync());
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        string? line;
        do
        {
            line = await reader.ReadLineAsync(limit.Token);
        } while (line is not null && !line.Contains(taken.File!, StringComparison.Ordinal));

        Assert.Contains("snapshot.taken", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_cameras_are_taken_at_one_instant()
    {
        await Node.StreamingAsync(logSeconds: 2);
        DateTimeOffset at = DateTimeOffset.UtcNow.AddSeconds(-1);
        (HttpStatusCode code, string body) = await Node.PostAsync("/api/v1/snapshots", $$"""{"at":"{{at:O}}","keep":false}""");
        Assert.True(code == HttpStatusCode.OK, body);
        SnapshotsTaken taken = JsonSerializer.Deserialize(body, RigJson.Default.SnapshotsTaken)!;
        Assert.Equal(3, taken.Cameras.Count);
        Assert.All(taken.Cameras, camera => Assert.InRange((at - camera.Snapshot!.Capture).TotalMilliseconds, 0, 41));
        Assert.All(taken.Cameras, camera => Assert.Null(camera.Snapshot!.File));
    }

    [Fact]
    public async Task A_lock_view_is_kept_with_the_session_and_in_every_manifest()
    {
        Assert.Equal(RecordedSession.Id, session.LockView.SessionId);
        foreach (SnapshotOutcome camera in session.LockView.Cameras)
        {
            Assert.Equal(HttpStatusCode.OK, (await session.FetchAsync(camera.Snapshot!.Url!, ".jpg")).Answer.StatusCode);
        }

        foreach (Manifest manifest in session.Manifests.Values)
        {
            LockView entry = Assert.Single(manifest.LockViews);
            Assert.Equal(session.LockView.At, entry.At);
            (string file, _) = await session.FetchAsync($"/recordings/{RecordedSession.Id}/{entry.File}", ".jpg");
            byte[] hash = System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file));
            Assert.Equal(entry.Sha256, Convert.ToHexStringLower(hash));
            Assert.InRange((entry.At - entry.Capture!.Value).TotalMilliseconds, 0, 500);
        }
    }

    [Theory]
    [InlineData("/snapshot/cam9.jpg", ProblemCodes.UnknownCamera)]
    [InlineData("/snapshot/cam0.jpg?at=2020-01-01T00:00:00Z", ProblemCodes.NotInLog)]
    [InlineData("/snapshot/cam0.jpg?width=1", ProblemCodes.InvalidRequest)]
    [InlineData("/snapshot/cam0.jpg?quality=101", ProblemCodes.InvalidRequest)]
    [InlineData("/snapshots/E2E/..%2Fnode.conf", ProblemCodes.NotFound)]
    [InlineData("/snapshots/E2E/cam0_20200101_000000_000000.jpg", ProblemCodes.NotFound)]
    public async Task What_is_not_there_is_refused_with_a_reason(string path, string code) =>
        Assert.Equal(code, (await Node.RefusedAsync(HttpMethod.Get, path)).Code);

    private static async Task<string> FactsAsync(string file) =>
        (
            await Programs.OutputAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", file)
        ).Trim();
}
