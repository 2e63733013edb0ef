using System.Net;
using System.Text.Json;
using Rig.Contracts.Cameras;
using Rig.Contracts.Configuration;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>Settings changed while the node runs.</summary>
[Collection(ApiNode.Name)]
public sealed class ConfigurationTests(ApiNode fixture)
{
    private RunningNode Node => fixture.Node;

    [Fact]
    public async Task A_live_setting_acts_at_once_and_is_taken_back()
    {
        long version = (await ViewAsync()).Version;
        ConfigurationChanged changed = await SetAsync("recording.rotation", "2s");
        Assert.Equal((version + 1, "recording.rotation"), (changed.Version, changed.Applied.Single()));
        Assert.Empty(changed.Pending);
        Setting setting = (await ViewAsync()).Settings.Single(each => each.Key == "recording.rotation");
        Assert.Equal(("2s", "live"), (setting.Value, setting.Applies));

        await Node.StartAsync(new StartSession { SessionId = "ROTATED" });
        await Node.UntilAsync("a second file is begun", status => status.Cameras.All(camera => camera.Recorder.Segments >= 2));
        await Node.StopAsync();

        (HttpStatusCode code, string body) = await Node.PostAsync($"/api/v1/config/revert/{version}", "");
        Assert.True(code == HttpStatusCode.OK, body);
        Assert.Equal(setting.Default, (await ViewAsync()).Settings.Single(each => each.Key == "recording.rotation").Value);
    }

    [Fact]
    public async Task A_trial_changes_nothing()
    {
        long version = (await ViewAsync()).Version;
        (_, string body) = await Node.PostAsync("/api/v1/config", """{ "set": { "log.preRoll": "5s" }, "dryRun": true }""");
        Assert.NotEmpty(JsonSerializer.Deserialize(body, RigJson.Default.ConfigurationChanged)!.Restarted);
        Assert.Equal(version, (await ViewAsync()).Version);
    }

    [Fact]
    public async Task A_camera_that_records_is_changed_only_afterwards()
    {
        await Node.StartAsync(new StartSession { SessionId = "BUSY", Cameras = ["cam0"] });
        await Node.RecordedAsync("cam0", 25);
        ConfigurationChanged changed = await SetAsync("cameras.cam0.source", "test:1280x720@25");
        Assert.Equal(["cameras.cam0.source"], changed.Pending.Keys);
        CameraStatus during = await Node.CameraAsync("cam0");
        Assert.Equal(("640x360", RecorderState.Recording), (during.Ingest.Resolution!.Formatted, during.Recorder.State));
        await Node.StopAsync();
        await Node.UntilAsync("the new source streams", status => status.Cameras[0].Ingest.Resolution?.Formatted == "1280x720");

        ConfigurationChanged back = await SetAsync("cameras.cam0.source", null);
        Assert.Equal(["cam0"], back.Restarted);
        await Node.UntilAsync(
            "the old source streams",
            status => status.Cameras[0].Ingest is { State: IngestState.Streaming, Resolution.Formatted: "640x360" }
        );
    }

    [Fact]
    public async Task A_setting_of_the_node_waits_for_its_next_start()
    {
        ConfigurationChanged changed = await SetAsync("http.port", "18080");
        Assert.Equal(["http.port"], changed.Pending.Keys);
        await SetAsync("http.port", null);
    }

    private Task<ConfigurationView> ViewAsync() => Node.GetAsync("/api/v1/config", RigJson.Default.ConfigurationView);

    private async Task<ConfigurationChanged> SetAsync(string key, string? value)
    {
        ConfigurationChange change = new() { Set = new Dictionary<string, string?> { [key] = value } };
        (HttpStatusCode code, string body) = await Node.PostAsync(
            "/api/v1/config",
            JsonSerializer.Serialize(change, RigJson.Default.ConfigurationChange)
        );
        Assert.True(code == HttpStatusCode.OK, body);
        return JsonSerializer.Deserialize(body, RigJson.Default.ConfigurationChanged)!;
    }
}
