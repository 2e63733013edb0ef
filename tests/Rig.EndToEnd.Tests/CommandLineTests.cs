using System.Diagnostics;
using System.Text.Json;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Operations;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests;

/// <summary>The program <c>rig</c> against a node.</summary>
public sealed class CommandLineTests : IAsyncLifetime
{
    private RunningNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await RunningNode.StartAsync(
            """
            cam0.source = "test:640x360@25"
            cam1.source = "test:640x360@30"
            """
        );
        await _node.StreamingAsync(logSeconds: 1);
    }

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task A_session_is_run_from_the_command_line()
    {
        NodeStatus status = JsonSerializer.Deserialize(await RigAsync(0, "status", "E2E", "--json"), RigJson.Default.NodeStatus)!;
        Assert.Equal(2, status.Cameras.Count);
        Assert.Contains("cam0", await RigAsync(0, "status"), StringComparison.Ordinal);
        Assert.Contains("cam1", await RigAsync(0, "cameras"), StringComparison.Ordinal);

        SessionOutcome started = JsonSerializer.Deserialize(
            await RigAsync(0, "start", "--session", "DEMO", "--json"),
            RigJson.Default.SessionOutcome
        )!;
        Assert.All(started.Cameras, camera => Assert.Equal(CameraResult.Recording, camera.Result));
        await RigAsync(3, "start", "--session", "OTHER");
        await RigAsync(0, "mark", "Goal");
        await _node.RecordedAsync("cam0", 50);
        SessionOutcome stopped = JsonSerializer.Deserialize(await RigAsync(0, "stop", "--json"), RigJson.Default.SessionOutcome)!;
        Assert.All(stopped.Cameras, camera => Assert.Equal(CameraResult.Stopped, camera.Result));
        await RigAsync(3, "stop");

        RecordingsPage page = JsonSerializer.Deserialize(
            await RigAsync(0, "recordings", "DEMO", "--json"),
            RigJson.Default.RecordingsPage
        )!;
        Assert.Equal("Goal", page.Sessions.Single().Cameras[0].Marks.Single().Name);
        Assert.Contains("DEMO", await RigAsync(0, "recordings"), StringComparison.Ordinal);
        await RigAsync(3, "recordings", "NONE");

        string[] files = [.. _node.Files("DEMO", "cam0"), .. _node.Files("DEMO", "cam1")];
        VerificationReport report = JsonSerializer.Deserialize<VerificationReport>(
            await RigAsync(0, ["verify", "--json", .. files]),
            JsonSerializerOptions.Web
        )!;
        Assert.All(report.Cameras, MediaFacts.NothingMissing);
    }

    [Fact]
    public async Task The_configuration_is_read_and_changed_from_the_command_line()
    {
        Assert.Contains("30m", await RigAsync(0, "config", "get", "recording.rotation"), StringComparison.Ordinal);
        await RigAsync(0, "config", "set", "recording.rotation=5m");
        Assert.Contains("5m", await RigAsync(0, "config", "get", "recording.rotation"), StringComparison.Ordinal);
        await RigAsync(3, "config", "set", "recording.rotation=banana");
        await RigAsync(0, "config", "revert", "recording.rotation");
        Assert.Contains("30m", await RigAsync(0, "config", "get", "recording.rotation"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_self_test_passes_from_the_command_line()
    {
        SelfTestReport report = JsonSerializer.Deserialize(await RigAsync(0, "selftest", "--json"), RigJson.Default.SelfTestReport)!;
        Assert.True(report.Passed);
    }

    [Theory]
    [InlineData(2, "start", "--no-such-option")]
    [InlineData(2, "nonsense")]
    [InlineData(4, "status", "--node", "http://127.0.0.1:1")]
    [InlineData(0, "--help")]
    public async Task The_exit_code_tells_what_went_wrong(int code, params string[] words) => await RigAsync(code, words);

    [Fact]
    public async Task Verify_fails_for_a_file_that_is_none()
    {
        string file = Path.Combine(_node.Folder, "NONE_cam0_20260101_000000.mp4");
        await File.WriteAllTextAsync(file, "not a film");
        await RigAsync(1, "verify", file);
    }

    private async Task<string> RigAsync(int expected, params string[] words)
    {
        ProcessStartInfo start = new(Programs.Cli, words)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RIG_NODE"] = _node.Http.BaseAddress!.ToString();
        start.Environment["RIG_NODE_EXE"] = Programs.Node;
        (int code, string output, string errors) = await Programs.RunAsync(start);
        Assert.True(code == expected, $"rig {string.Join(' ', words)} ended with {code}: {output}{errors}");
        return output;
    }
}
