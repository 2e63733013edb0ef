using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Operations;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>What the interface says of itself: description, probes, metrics, log, self-test.</summary>
[Collection(ApiNode.Name)]
public sealed partial class DescriptionTests(ApiNode fixture)
{
    private RunningNode Node => fixture.Node;

    [Fact]
    public async Task The_description_lists_every_route()
    {
        string[] routes =
        [
            "GET /api/v1/status",
            "GET /api/v1/cameras",
            "GET /api/v1/cameras/{id}",
            "POST /api/v1/cameras/{id}/pause",
            "POST /api/v1/cameras/{id}/resume",
            "POST /api/v1/start",
            "POST /api/v1/stop",
            "POST /api/v1/marks",
            "GET /api/v1/recordings",
            "POST /api/v1/recordings/confirm",
            "POST /api/v1/recordings/delete-offloaded",
            "GET /recordings/{session}/{file}",
            "GET /api/v1/config",
            "POST /api/v1/config",
            "POST /api/v1/config/revert/{version}",
            "POST /api/v1/selftest",
            "GET /logs",
            "GET /api/v1/events",
            "GET /api/ingest/status",
            "GET /api/preview/status",
            "POST /record/start/{camera}",
            "POST /record/stop/{camera}",
            "GET /live/{camera}",
            "GET /live/{camera}.mp4",
            "GET /hls/{camera}/{file}",
            "GET /metrics",
            "GET /healthz",
            "GET /readyz",
        ];
        using JsonDocument description = JsonDocument.Parse(await Node.Http.GetStringAsync("/openapi/v1.json"));
        HashSet<string> listed =
        [
            .. description
                .RootElement.GetProperty("paths")
                .EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")),
        ];
        Assert.Empty(routes.Except(listed));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task The_probes_answer(string path)
    {
        using HttpResponseMessage answer = await Node.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_metrics_are_Prometheus_text_with_every_camera()
    {
        string text = await Node.Http.GetStringAsync("/metrics");
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines.Where(line => line[0] != '#'), line => Assert.Matches(Sample(), line));
        HashSet<string> typed =
        [
            .. lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]),
        ];
        Assert.All(lines.Where(line => line[0] != '#'), line => Assert.Contains(line.Split('{', ' ')[0], typed));
        foreach (string camera in (string[])["cam0", "cam1"])
        {
            string units = lines.Single(line => line.StartsWith($"rig_camera_units_total{{camera=\"{camera}\"", StringComparison.Ordinal));
            Assert.True(double.Parse(units.Split(' ')[^1], CultureInfo.InvariantCulture) > 0);
        }
    }

    [Fact]
    public async Task The_status_tells_what_the_cameras_send()
    {
        NodeStatus status = await Node.StatusAsync();
        Assert.Equal(("E2E", NodeMode.Production), (status.NodeId, status.Mode));
        Assert.Equal((string[])["cam0", "cam1"], status.Cameras.Select(camera => camera.Id));
        Assert.All(
            status.Cameras,
            camera => Assert.Equal(("640x360", "h264"), (camera.Ingest.Resolution!.Formatted, camera.Ingest.VideoCodec))
        );
        Assert.Equal("aac", status.Cameras[1].Ingest.AudioCodec);
        Assert.True(status.Disk is { Writable: true, FreeBytes: > 0 });
    }

    [Fact]
    public async Task The_log_is_served_from_memory()
    {
        LogPage page = await Node.GetAsync("/logs", RigJson.Default.LogPage);
        Assert.NotNull(page.Lines);
    }

    [Fact]
    public async Task A_self_test_records_decodes_hashes_and_deletes()
    {
        using HttpResponseMessage answer = await Node.Http.PostAsync("/api/v1/selftest?seconds=2", content: null);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        SelfTestReport report = JsonSerializer.Deserialize(text, RigJson.Default.SelfTestReport)!;
        Assert.True(report.Passed, text);
        Assert.All(report.Cameras, camera => Assert.InRange(camera.Frames, 40, 80));
        Assert.All(report.Cameras, camera => Assert.Equal(camera.Frames, camera.DecodedFrames));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Node.Recordings, "selftest*"));
    }

    [GeneratedRegex(
        """^[a-z_][a-z0-9_]*(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? [-+0-9.eE]+$""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Sample();
}
