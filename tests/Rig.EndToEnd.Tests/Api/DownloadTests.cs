using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>Catalogue, downloads, and deleting what was copied for certain.</summary>
[Collection(ApiNode.Name)]
public sealed class DownloadTests(ApiNode fixture)
{
    private RunningNode Node => fixture.Node;

    [Fact]
    public async Task A_download_has_ranges_a_tag_and_a_digest()
    {
        Segment segment = (await RecordAsync("LOADED"))["cam0"].Segments.Single();
        string path = $"/recordings/LOADED/{segment.File}";
        byte[] onDisk = await File.ReadAllBytesAsync(Node.Files("LOADED", "cam0").Single());
        using HttpResponseMessage whole = await Node.Http.GetAsync(path);
        Assert.Equal(onDisk, await whole.Content.ReadAsByteArrayAsync());
        Assert.Equal("video/mp4", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"sha-256={Convert.ToBase64String(SHA256.HashData(onDisk))}", whole.Headers.GetValues("Digest").Single());

        using HttpRequestMessage middle = new(HttpMethod.Get, path)
        {
            Headers = { Range = new RangeHeaderValue(1000, 1999), IfRange = new RangeConditionHeaderValue(whole.Headers.ETag!) },
        };
        using HttpResponseMessage part = await Node.Http.SendAsync(middle);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(onDisk[1000..2000], await part.Content.ReadAsByteArrayAsync());

        using HttpRequestMessage again = new(HttpMethod.Get, path) { Headers = { IfNoneMatch = { whole.Headers.ETag! } } };
        using HttpResponseMessage unchanged = await Node.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using HttpRequestMessage beyond = new(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(onDisk.Length + 1, null) } };
        using HttpResponseMessage refused = await Node.Http.SendAsync(beyond);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);

        using HttpRequestMessage head = new(HttpMethod.Head, path);
        using HttpResponseMessage size = await Node.Http.SendAsync(head);
        Assert.Equal(onDisk.Length, size.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Only_a_file_whose_copy_was_confirmed_is_deleted()
    {
        IReadOnlyDictionary<string, Manifest> manifests = await RecordAsync("COPIED");
        Segment copied = manifests["cam0"].Segments.Single();
        string file = $"COPIED/{copied.File}";

        Problem wrong = await Node.RefusedAsync(HttpMethod.Post, "/api/v1/recordings/confirm", Confirmation(file, new string('0', 64)));
        Assert.Equal((409, ProblemCodes.HashMismatch), (wrong.Status, wrong.Code));
        Assert.Null(Node.Manifest("COPIED", "cam0").Segments.Single().Offloaded);

        (HttpStatusCode code, string body) = await Node.PostAsync("/api/v1/recordings/confirm", Confirmation(file, copied.Sha256!));
        Assert.True(code == HttpStatusCode.OK, body);
        await Node.ManifestsAsync("COPIED", manifest => manifest.Camera != "cam0" || manifest.Segments.Single().Offloaded?.By == "editor");

        (_, body) = await Node.PostAsync("/api/v1/recordings/delete-offloaded", "");
        DeletedOffloaded deleted = JsonSerializer.Deserialize(body, RigJson.Default.DeletedOffloaded)!;
        Assert.Equal((1, copied.Bytes), (deleted.Files, deleted.Bytes));
        Assert.Empty(Node.Files("COPIED", "cam0"));
        Assert.Single(Node.Files("COPIED", "cam1"));
        await Node.ManifestsAsync("COPIED", manifest => manifest.Camera != "cam0" || manifest.Segments.Single().Deleted is not null);
    }

    [Fact]
    public async Task The_catalogue_lists_sessions_newest_first()
    {
        await RecordAsync("OLDER");
        await RecordAsync("NEWER");
        RecordingsPage page = await Node.GetAsync("/api/v1/recordings", RigJson.Default.RecordingsPage);
        string[] sessions = [.. page.Sessions.Select(session => session.SessionId)];
        Assert.True(Array.IndexOf(sessions, "NEWER") < Array.IndexOf(sessions, "OLDER"));
        RecordedSession newer = page.Sessions.Single(session => session.SessionId == "NEWER");
        Assert.Equal((string[])["cam0", "cam1"], newer.Cameras.Select(camera => camera.Camera).Order(StringComparer.Ordinal));
        Assert.Equal(newer.Cameras.Sum(camera => camera.Segments.Sum(segment => segment.Bytes)), newer.Bytes);
        Assert.Empty(page.Broken);
    }

    private async Task<IReadOnlyDictionary<string, Manifest>> RecordAsync(string session)
    {
        await Node.StartAsync(new StartSession { SessionId = session });
        await Node.RecordedAsync("cam0", 26);
        return await Node.FinishAsync(session);
    }

    private static string Confirmation(string file, string hash) =>
        JsonSerializer.Serialize(
            new ConfirmOffload
            {
                File = file,
                Sha256 = hash,
                By = "editor",
            },
            RigJson.Default.ConfirmOffload
        );
}
