using System.Net;
using System.Text;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>Every refusal is problem details with a stable code and says what to do.</summary>
[Collection(ApiNode.Name)]
public sealed class RefusalTests(ApiNode fixture)
{
    private RunningNode Node => fixture.Node;

    [Theory]
    [InlineData("POST", "/api/v1/start", "{ not json", 400, ProblemCodes.InvalidRequest)]
    [InlineData("POST", "/api/v1/start", """{ "preRollSeconds": "long" }""", 400, ProblemCodes.InvalidRequest)]
    [InlineData("POST", "/api/v1/start", """{ "sessionId": "../../etc" }""", 400, ProblemCodes.InvalidRequest)]
    [InlineData("POST", "/api/v1/start", """{ "cameras": ["cam9"] }""", 404, ProblemCodes.UnknownCamera)]
    [InlineData("POST", "/api/v1/stop", "{}", 409, ProblemCodes.NoSession)]
    [InlineData("POST", "/api/v1/marks", """{ "name": "Goal" }""", 409, ProblemCodes.NoSession)]
    [InlineData("GET", "/api/v1/cameras/cam9", null, 404, ProblemCodes.UnknownCamera)]
    [InlineData("POST", "/api/v1/cameras/cam9/pause", null, 404, ProblemCodes.UnknownCamera)]
    [InlineData("GET", "/recordings/NONE/NONE_cam0_20260101_000000.mp4", null, 404, ProblemCodes.NotFound)]
    [InlineData("GET", "/recordings/..%2Fstate/journal.db", null, 404, ProblemCodes.NotFound)]
    [InlineData("GET", "/nothing/here", null, 404, ProblemCodes.NotFound)]
    [InlineData("POST", "/api/v1/config", """{ "set": { "recording.rotation": "banana" } }""", 400, ProblemCodes.ConfigurationInvalid)]
    [InlineData("POST", "/api/v1/config", """{ "set": { "recording.rotatoin": "5m" } }""", 400, ProblemCodes.ConfigurationInvalid)]
    [InlineData(
        "POST",
        "/api/v1/config",
        """{ "set": { "recording.rotation": "5m" }, "ifVersion": 9999 }""",
        409,
        ProblemCodes.ConfigurationInvalid
    )]
    [InlineData("POST", "/api/v1/recordings/confirm", """{ "file": "NONE/x.mp4", "sha256": "00" }""", 404, ProblemCodes.NotFound)]
    [InlineData("POST", "/record/start/cam9", null, 404, ProblemCodes.UnknownCamera)]
    public async Task A_request_that_cannot_be_met_is_refused_with_its_code(
        string method,
        string path,
        string? body,
        int status,
        string code
    )
    {
        Problem problem = await Node.RefusedAsync(new HttpMethod(method), path, body);
        Assert.Equal((status, code), (problem.Status, problem.Code));
        Assert.False(string.IsNullOrWhiteSpace(problem.Title));
        Assert.False(string.IsNullOrWhiteSpace(problem.Remedy));
    }

    [Fact]
    public async Task A_second_session_is_refused_while_one_runs()
    {
        await Node.StartAsync(new StartSession { SessionId = "FIRST" });
        try
        {
            Problem problem = await Node.RefusedAsync(HttpMethod.Post, "/api/v1/start", """{ "sessionId": "SECOND" }""");
            Assert.Equal((409, ProblemCodes.SessionRunning), (problem.Status, problem.Code));
            Assert.Contains("FIRST", problem.Detail!, StringComparison.Ordinal);
            Problem test = await Node.RefusedAsync(HttpMethod.Post, "/api/v1/selftest");
            Assert.Equal((409, ProblemCodes.Recording), (test.Status, test.Code));
        }
        finally
        {
            await Node.StopAsync();
        }
    }

    [Fact]
    public async Task The_same_request_sent_twice_has_one_effect()
    {
        StartSession request = new() { SessionId = "ONCE", RequestId = "press-1" };
        SessionOutcome first = await Node.StartAsync(request);
        SessionOutcome second = await Node.StartAsync(request);
        await Node.StopAsync();
        Assert.Equal((first.SessionId, first.Start), (second.SessionId, second.Start));
    }

    [Fact]
    public async Task A_start_with_no_camera_that_may_record_names_the_gate_its_value_and_its_remedy()
    {
        await Node.PostAsync("/api/v1/cameras/cam0/pause", "");
        try
        {
            await Node.UntilAsync("cam0 is paused", status => status.Cameras[0].Ingest.State == Rig.Contracts.Cameras.IngestState.Paused);
            Problem problem = await Node.RefusedAsync(
                HttpMethod.Post,
                "/api/v1/start",
                """{ "sessionId": "GATED", "cameras": ["cam0"] }"""
            );
            Assert.Equal((412, ProblemCodes.GatesFailed), (problem.Status, problem.Code));
            Assert.All(problem.Gates!, gate => Assert.False(string.IsNullOrWhiteSpace(gate.Remedy)));
            Assert.Contains(problem.Gates!, gate => gate is { Gate: "signal", Camera: "E2E/cam0" });

            (HttpStatusCode code, string mixed) = await Node.PostAsync("/api/v1/start", """{ "sessionId": "MIXED" }""");
            Assert.True(code == HttpStatusCode.MultiStatus, mixed);
            await Node.StopAsync();
            Problem all = await Node.RefusedAsync(HttpMethod.Post, "/api/v1/start", """{ "sessionId": "ALL", "requireAll": true }""");
            Assert.Equal(412, all.Status);
        }
        finally
        {
            await Node.PostAsync("/api/v1/cameras/cam0/resume", "");
            await Node.StreamingAsync();
        }
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused()
    {
        using StringContent large = new(new string(' ', 300 << 10), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Node.Http.PostAsync("/api/v1/start", large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }
}
