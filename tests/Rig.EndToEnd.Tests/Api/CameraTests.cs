using System.Net;
using System.Text.Json;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Recordings;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>Single cameras: pause and resume, and the routes of the R58 recorder.</summary>
[Collection(ApiNode.Name)]
public sealed class CameraTests(ApiNode fixture)
{
    private RunningNode Node => fixture.Node;

    [Fact]
    public async Task A_paused_camera_sends_nothing_until_it_is_resumed()
    {
        (HttpStatusCode code, string body) = await Node.PostAsync("/api/v1/cameras/cam1/pause", "");
        Assert.True(code == HttpStatusCode.OK, body);
        await Node.UntilAsync("cam1 is paused", status => status.Cameras[1].Ingest.State == IngestState.Paused);
        Assert.Equal(IngestState.Streaming, (await Node.CameraAsync("cam0")).Ingest.State);
        long units = (await Node.CameraAsync("cam1")).Ingest.Units;
        (code, body) = await Node.PostAsync("/api/v1/cameras/cam1/resume", "");
        Assert.True(code == HttpStatusCode.OK, body);
        await Node.UntilAsync(
            "cam1 streams again",
            status => status.Cameras[1].Ingest is { State: IngestState.Streaming } ingest && ingest.Units > units
        );
    }

    [Fact]
    public async Task The_R58_routes_answer_in_its_shapes()
    {
        using JsonDocument ingest = JsonDocument.Parse(await Node.Http.GetStringAsync("/api/ingest/status"));
        JsonElement camera = ingest.RootElement.GetProperty("cameras").GetProperty("cam0");
        Assert.Equal(("streaming", true), (camera.GetProperty("status").GetString(), camera.GetProperty("has_signal").GetBoolean()));
        Assert.Equal(
            (640, 360),
            (
                camera.GetProperty("resolution").GetProperty("width").GetInt32(),
                camera.GetProperty("resolution").GetProperty("height").GetInt32()
            )
        );
        Assert.True(camera.TryGetProperty("stream_url", out _));
        JsonElement summary = ingest.RootElement.GetProperty("summary");
        Assert.Equal(
            (2, 2, 0),
            (
                summary.GetProperty("total").GetInt32(),
                summary.GetProperty("streaming").GetInt32(),
                summary.GetProperty("no_signal").GetInt32()
            )
        );

        using JsonDocument preview = JsonDocument.Parse(await Node.Http.GetStringAsync("/api/preview/status"));
        Assert.Equal("streaming", preview.RootElement.GetProperty("cameras").GetProperty("cam1").GetString());
    }

    [Fact]
    public async Task One_camera_after_the_other_joins_and_leaves_a_session_by_the_R58_routes()
    {
        R58RecordAnswer first = await RecordAsync("start", "cam0");
        await Node.RecordedAsync("cam0", 25);
        R58RecordAnswer second = await RecordAsync("start", "cam1");
        Assert.Equal(("recording", first.SessionId), (second.Status, second.SessionId));
        await Node.RecordedAsync("cam1", 30);
        Assert.Equal("stopped", (await RecordAsync("stop", "cam0")).Status);
        Assert.NotNull((await Node.StatusAsync()).Session);
        await RecordAsync("stop", "cam1");
        await Node.UntilAsync("the session ended", status => status.Session is null);
        IReadOnlyDictionary<string, Manifest> manifests = await Node.ManifestsAsync(first.SessionId!, manifest => manifest.Complete);
        Assert.True(manifests["cam1"].StartLocal > manifests["cam0"].StartLocal);
        foreach (string camera in manifests.Keys)
        {
            MediaFacts.NothingMissing(await MediaFacts.VerifyAsync(Node.Files(first.SessionId!, camera)));
        }
    }

    private async Task<R58RecordAnswer> RecordAsync(string verb, string camera)
    {
        (HttpStatusCode code, string body) = await Node.PostAsync($"/record/{verb}/{camera}", "");
        Assert.True(code == HttpStatusCode.OK, body);
        return JsonSerializer.Deserialize(body, RigJson.Default.R58RecordAnswer)!;
    }
}
