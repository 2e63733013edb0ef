using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.Node.Configuration;
using Rig.Node.Hosting;
using Rig.Node.Tests.Configuration;
using Rig.Streams.Sources;

namespace Rig.Node.Tests.Http;

/// <summary>The routes of the whole rig on one node alone: the same way as in a rig of many.</summary>
public sealed class RigRoutesTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private WebApplication? _node;

    public async Task InitializeAsync()
    {
        string file = Path.Combine(_folder.Root, "node.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            node { id = ALONE, data = "{{_folder.Root}}" }
            http.port = 0
            rtsp.port = 0
            gates { clockBlock = warn, diskWarn = 2%, diskBlock = 1%, temperatureBlock = 150 }
            cameras { cam0.source = "test:640x360@25", cam1.source = "test:640x360@25" }
            """
        );
        ConfigurationStore store = ConfigurationStore.Open(new ConfigurationSetup { File = file, Schemes = BuiltInSources.All() });
        _node = NodeHost.Build(store, TimeProvider.System);
        await _node.StartAsync();
        _http.BaseAddress = new Uri(_node.Urls.First());
        await UntilAsync(rig => Cameras(rig).All(camera => camera.Ingest.State == IngestState.Streaming && camera.Log.SpanSeconds > 0.5));
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node!.StopAsync();
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_rig_is_shown_with_its_member_its_coordinator_and_its_session()
    {
        RigStatus rig = await GetAsync("/api/v1/rig", RigJson.Default.RigStatus);
        Assert.Equal(("ALONE", "embedded", true), (rig.AnsweredBy, rig.Cluster.Engine, rig.Cluster.Reachable));
        Assert.Equal(("ALONE", CoordinatorState.Active), (rig.Cluster.Coordinator, rig.Cluster.CoordinatorState));
        Assert.Null(rig.Session);
        (HttpStatusCode code, SessionOutcome started) = await PostAsync("/api/v1/start", """{ "sessionId": "SHOWN" }""");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal(["ALONE/cam0", "ALONE/cam1"], started.Cameras.Select(camera => camera.Camera));
        rig = await UntilAsync(shown => shown.Outcomes.Count == 2);
        Assert.Equal(("SHOWN", SessionState.Recording), (rig.Session!.SessionId, rig.Session.State));
        Assert.Equal(SessionState.Finished, (await PostAsync("/api/v1/stop", "{}")).Outcome.State);
        Assert.Null((await UntilAsync(shown => shown.Session is null)).Session);
    }

    [Fact]
    public async Task Some_cameras_refused_is_a_mixed_answer()
    {
        using HttpResponseMessage paused = await _http.PostAsync("/api/v1/cameras/ALONE/cam1/pause", null);
        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        await UntilAsync(rig => Cameras(rig).Any(camera => camera.Ingest.State == IngestState.Paused));
        (HttpStatusCode code, SessionOutcome mixed) = await PostAsync("/api/v1/start", """{ "sessionId": "MIXED" }""");
        Assert.Equal(HttpStatusCode.MultiStatus, code);
        Assert.Equal([CameraResult.Recording, CameraResult.Refused], mixed.Cameras.Select(camera => camera.Result));
        await PostAsync("/api/v1/stop", "{}");
    }

    [Fact]
    public async Task A_local_start_and_stop_are_this_nodes_own_and_the_rig_learns_of_them()
    {
        (_, SessionOutcome started) = await PostAsync("/api/v1/start", """{ "sessionId": "OWN", "local": true }""");
        Assert.Equal("OWN-ALONE", started.SessionId);
        await UntilAsync(rig => rig.Session?.SessionId == "OWN-ALONE");
        (_, SessionOutcome stopped) = await PostAsync("/api/v1/stop", """{ "local": true }""");
        Assert.All(stopped.Cameras, camera => Assert.Equal(CameraResult.Stopped, camera.Result));
        await UntilAsync(rig => rig.Session is null);
    }

    [Theory]
    [InlineData("/api/v1/cameras/cam0")]
    [InlineData("/api/v1/cameras/ALONE/cam0")]
    [InlineData("/api/v1/cameras/ALONE%2Fcam0")]
    public async Task A_camera_is_found_by_its_id_here_and_in_the_rig(string path) =>
        Assert.Equal(
            ("ALONE", "cam0"),
            await GetAsync(path, RigJson.Default.CameraStatus) is var camera ? (camera.Node, camera.Id) : default
        );

    [Theory]
    [InlineData("/api/v1/cameras/NOBODY/cam0")]
    [InlineData("/api/v1/actors?node=NOBODY")]
    [InlineData("/logs?node=NOBODY")]
    public async Task What_only_an_absent_node_could_answer_is_refused_and_says_why(string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync(path);
        Problem problem = (await answer.Content.ReadFromJsonAsync(RigJson.Default.Problem))!;
        Assert.Equal((502, ProblemCodes.NodeUnreachable), (problem.Status, problem.Code));
        Assert.Contains("NOBODY", problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(problem.Remedy);
    }

    [Fact]
    public async Task Actors_and_log_are_shown_of_the_node_that_is_named()
    {
        ActorNode root = await GetAsync("/api/v1/actors?node=ALONE", RigJson.Default.ActorNode);
        string[] names = [.. root.Children.Select(child => child.Name)];
        Assert.All((string[])["cameras", "session", "cluster", "coordinator", "health"], name => Assert.Contains(name, names));
        Assert.NotNull((await GetAsync("/logs?node=ALONE&limit=5", RigJson.Default.LogPage)).Lines);
    }

    [Theory]
    [InlineData("NOBODY", 404)]
    [InlineData("ALONE", 409)]
    public async Task Only_a_lost_member_can_be_struck_off(string node, int status)
    {
        using StringContent body = new($$"""{ "node": "{{node}}" }""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync("/api/v1/cluster/down", body);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static IEnumerable<CameraStatus> Cameras(RigStatus rig) => rig.Members.SelectMany(member => member.Status?.Cameras ?? []);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type) => (await _http.GetFromJsonAsync(path, type))!;

    private async Task<(HttpStatusCode Code, SessionOutcome Outcome)> PostAsync(string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return (answer.StatusCode, JsonSerializer.Deserialize(text, RigJson.Default.SessionOutcome)!);
    }

    private async Task<RigStatus> UntilAsync(Func<RigStatus, bool> condition)
    {
        using CancellationTokenSource limit = new(Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            RigStatus rig = await GetAsync("/api/v1/rig", RigJson.Default.RigStatus);
            if (condition(rig))
            {
                return rig;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
