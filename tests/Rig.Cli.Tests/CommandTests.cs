using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rig.Contracts.Cameras;
using Rig.Contracts.Configuration;
using Rig.Contracts.Json;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Tests;

/// <summary>What each command asks a node, shows, and ends with.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Status_shows_cameras_health_session_and_what_is_wrong()
    {
        await using var node = await TestNode.StartAsync(("GET /api/v1/rig", TestNode.Json(Answers.Alone, RigJson.Default.RigStatus)));
        var run = await TestRun.Of(node, "status");
        Assert.Equal(ExitCode.Ok, run.Code);
        foreach (
            var part in (string[])
                [
                    "DEMO  development  0.1.0  up 1:02:05",
                    "disk 512 GB free (51 %, about 4210 min)",
                    "clock +0.31 ms (chrony)",
                    "session DEMO-1  recording  1:15",
                    "Goal [left]",
                    "1280x720",
                    "30.0/30",
                    "8.12 Mbit/s",
                    "0.4 s ago",
                    "76.0 MB",
                    "no_signal",
                    "12 in 1 gaps",
                    "block signal cam1: no signal for 12 s, needed a picture in the last 2 s. Check the cable.",
                    "! cam1: No signal: check the cable.",
                ]
        )
        {
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Json_is_what_the_node_said()
    {
        await using var node = await TestNode.StartAsync(("GET /api/v1/rig", TestNode.Json(Answers.Alone, RigJson.Default.RigStatus)));
        var run = await TestRun.Of(node, "--json", "status");
        Assert.Equal(JsonSerializer.Serialize(Answers.Alone, RigJson.Indented.RigStatus), run.Output.TrimEnd());
        run = await TestRun.Of(node, "--json", "status", "DEMO");
        Assert.Equal(JsonSerializer.Serialize(Answers.Status, RigJson.Indented.NodeStatus), run.Output.TrimEnd());
    }

    [Fact]
    public async Task The_environment_names_the_node_unless_the_command_does()
    {
        await using var node = await TestNode.StartAsync(("GET /api/v1/rig", TestNode.Json(Answers.Alone, RigJson.Default.RigStatus)));
        var address = node.Url["http://".Length..];
        Assert.Equal(ExitCode.Ok, (await TestRun.Of(["status"], name => name == "RIG_NODE" ? address : null)).Code);
        Assert.Equal(ExitCode.Usage, (await TestRun.Of("status", "--node", "ftp://x")).Code);
    }

    [Fact]
    public async Task Start_sends_every_option_and_shows_each_camera()
    {
        var outcome = Answers.Outcome(("cam0", CameraResult.Recording), ("cam1", CameraResult.Late));
        await using var node = await TestNode.StartAsync(("POST /api/v1/start", TestNode.Json(outcome, RigJson.Default.SessionOutcome)));
        var run = await TestRun.Of(
            node,
            [
                "start",
                "--session",
                "DEMO-1",
                "--cameras",
                "cam0,cam1",
                "--pre-roll",
                "5s",
                "--duration",
                "1.5h",
                "--require-all",
                "--force",
                "--meta",
                "home=Lions",
            ]
        );
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("DEMO-1: recording from 14:28:45.000Z", run.Output, StringComparison.Ordinal);
        Assert.Contains("late", run.Output, StringComparison.Ordinal);
        var sent = JsonSerializer.Deserialize(node.Requests.Single().Body, RigJson.Default.StartSession)!;
        Assert.Equal(["cam0", "cam1"], sent.Cameras!);
        Assert.Equal(
            ("DEMO-1", 5.0, 5400.0, true, true),
            (sent.SessionId, sent.PreRollSeconds, sent.DurationSeconds, sent.RequireAll, sent.Force)
        );
        Assert.Equal("Lions", sent.Metadata!["home"]);
        Assert.Equal(TestRun.Now, sent.RequestedAt);
        Assert.Equal(32, sent.RequestId!.Length);
    }

    [Fact]
    public async Task Start_at_an_instant_reads_any_offset()
    {
        var outcome = Answers.Outcome(("cam0", CameraResult.Recording));
        await using var node = await TestNode.StartAsync(("POST /api/v1/start", TestNode.Json(outcome, RigJson.Default.SessionOutcome)));
        await TestRun.Of(node, "start", "--at", "2026-03-01T15:30:00.25+01:00");
        var sent = JsonSerializer.Deserialize(node.Requests.Single().Body, RigJson.Default.StartSession)!;
        Assert.Equal(TestRun.Now.AddMilliseconds(250), sent.At);
        Assert.Null(sent.Cameras);
    }

    [Theory]
    [InlineData(207, CameraResult.Recording, CameraResult.Refused, ExitCode.Partly)]
    [InlineData(200, CameraResult.Recording, CameraResult.Recording, ExitCode.Ok)]
    [InlineData(200, CameraResult.Stopped, CameraResult.Stopped, ExitCode.Ok)]
    [InlineData(207, CameraResult.Failed, CameraResult.Timeout, ExitCode.Failed)]
    internal async Task The_exit_code_tells_whether_all_some_or_no_cameras_did(
        int status,
        CameraResult first,
        CameraResult second,
        ExitCode expected
    )
    {
        var outcome = Answers.Outcome(("cam0", first), ("cam1", second));
        await using var node = await TestNode.StartAsync(
            ("POST /api/v1/stop", TestNode.Json(outcome, RigJson.Default.SessionOutcome, status))
        );
        Assert.Equal(expected, (await TestRun.Of(node, "stop")).Code);
        Assert.Equal(expected, (await TestRun.Of(node, "stop", "--json", "--session", "DEMO-1")).Code);
    }

    [Fact]
    public async Task A_refusal_names_title_detail_gates_and_remedy()
    {
        var problem = new Problem
        {
            Title = "No camera may record",
            Status = 412,
            Code = ProblemCodes.GatesFailed,
            Detail = "1 gate blocks.",
            Remedy = "Mend it, or start with force as admin.",
            Gates = [Answers.Gate],
            Outcome = Answers.Outcome(("cam1", CameraResult.Refused)),
        };
        await using var node = await TestNode.StartAsync(("POST /api/v1/start", TestNode.Refuse(problem)));
        var run = await TestRun.Of(node, "start");
        Assert.Equal((ExitCode.Refused, ""), (run.Code, run.Output));
        Assert.Equal(
            """
            rig: No camera may record (gates_failed)
              1 gate blocks.
              signal cam1: no signal for 12 s, needed a picture in the last 2 s. Check the cable.
              cam1: refused
              Mend it, or start with force as admin.

            """,
            run.Error
        );
    }

    [Theory]
    [InlineData(404, ExitCode.Refused)]
    [InlineData(500, ExitCode.Failed)]
    internal async Task A_server_that_is_no_node_is_shown_by_its_status(int status, ExitCode expected)
    {
        await using var node = await TestNode.StartAsync(
            (
                "GET /api/v1/rig",
                context =>
                {
                    context.Response.StatusCode = status;
                    return context.Response.WriteAsync("<html>no node</html>");
                }
            )
        );
        var run = await TestRun.Of(node, "status");
        Assert.Equal(expected, run.Code);
        Assert.Contains($"answered {status}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_a_failure()
    {
        await using var node = await TestNode.StartAsync(("GET /api/v1/rig", context => context.Response.WriteAsync("hello")));
        var run = await TestRun.Of(node, "status");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("cannot read", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("watch")]
    [InlineData("stop")]
    public async Task A_node_that_is_not_there_is_named_with_how_to_start_one(string command)
    {
        string gone;
        await using (var node = await TestNode.StartAsync())
        {
            gone = node.Url;
        }

        var run = await TestRun.Of(command, "--node", gone);
        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.Contains($"No node answers at {gone}", run.Error, StringComparison.Ordinal);
        Assert.Contains("rig up", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mark_sends_the_press_and_shows_the_mark()
    {
        await using var node = await TestNode.StartAsync(
            ("POST /api/v1/marks", TestNode.Json(new Mark("Goal", TestRun.Now), RigJson.Default.Mark))
        );
        var run = await TestRun.Of(node, "mark", "Goal");
        Assert.Equal("14:30:00.000Z  Goal", run.Output.TrimEnd());
        Assert.Equal(
            new AddMark { Name = "Goal", At = TestRun.Now },
            JsonSerializer.Deserialize(node.Requests.Single().Body, RigJson.Default.AddMark)
        );
    }

    [Fact]
    public async Task Cameras_are_listed_and_one_is_shown_with_its_faults()
    {
        await using var node = await TestNode.StartAsync(
            (
                "GET /api/v1/cameras",
                TestNode.Json<IReadOnlyList<CameraStatus>>([Answers.Recording, Answers.Dark], RigJson.Default.CameraStatusList)
            ),
            ("GET /api/v1/cameras/cam1", TestNode.Json(Answers.Dark, RigJson.Default.CameraStatus))
        );
        Assert.Contains("streaming", (await TestRun.Of(node, "cameras")).Output, StringComparison.Ordinal);
        var one = (await TestRun.Of(node, "cameras", "cam1")).Output;
        foreach (
            var part in (string[])["v4l2:/dev/video0", "packet_lost 7", "No HDMI signal", "ffmpeg: Inappropriate ioctl", "! No signal"]
        )
        {
            Assert.Contains(part, one, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Snapshot_shows_each_camera_s_picture_or_why_there_is_none_and_fetches_them()
    {
        SnapshotInfo picture = new()
        {
            Camera = "cam0",
            Node = "CAM_L",
            Capture = TestRun.Now,
            Width = 1920,
            Height = 1080,
            Bytes = 210_000,
            Source = SnapshotSource.Warm,
            ElapsedMs = 41.5,
            File = "cam0_20260301_143000_000000.jpg",
            Url = "/snapshots/CAM_L/cam0_20260301_143000_000000.jpg",
        };
        Problem none = new()
        {
            Title = "There is no picture",
            Status = 503,
            Code = ProblemCodes.NoPicture,
            Detail = "No picture has come from cam1.",
        };
        SnapshotsTaken taken = new(TestRun.Now, [new("CAM_L/cam0", picture), new("CAM_R/cam1", Problem: none)]);
        await using var node = await TestNode.StartAsync(
            ("POST /api/v1/snapshots", TestNode.Json(taken, RigJson.Default.SnapshotsTaken, 207)),
            ("GET /snapshots/CAM_L/cam0_20260301_143000_000000.jpg", context => context.Response.WriteAsync("a picture"))
        );
        string folder = Directory.CreateTempSubdirectory("rig-cli-").FullName;
        try
        {
            var run = await TestRun.Of(node, "snapshot", "--to", folder, "--width", "1280");
            Assert.Equal(ExitCode.Partly, run.Code);
            Assert.Contains("CAM_L/cam0", run.Output, StringComparison.Ordinal);
            Assert.Contains("No picture has come from cam1.", run.Output, StringComparison.Ordinal);
            Assert.Contains("\"width\":1280", node.Requests[0].Body, StringComparison.Ordinal);
            Assert.Equal("a picture", await File.ReadAllTextAsync(Path.Combine(folder, "CAM_L_cam0_20260301_143000_000000.jpg")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Recordings_are_listed_and_one_session_shows_files_gaps_and_marks()
    {
        await using var node = await TestNode.StartAsync(
            ("GET /api/v1/recordings", TestNode.Json(Answers.Recordings, RigJson.Default.RecordingsPage))
        );
        var list = (await TestRun.Of(node, "recordings")).Output;
        Assert.Contains("DEMO-1", list, StringComparison.Ordinal);
        Assert.Contains("0 of 1", list, StringComparison.Ordinal);
        Assert.Contains("! X/x.json: is no JSON", list, StringComparison.Ordinal);
        var one = (await TestRun.Of(node, "recordings", "DEMO-1")).Output;
        Assert.Contains("DEMO-1_cam0_20260301_142845.mp4", one, StringComparison.Ordinal);
        Assert.Contains("cam0: gap from 14:28:45.000Z to 14:28:46.000Z: log_full, 30 units", one, StringComparison.Ordinal);
        Assert.Contains("mark 14:28:55.000Z Goal", one, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, (await TestRun.Of(node, "recordings", "OTHER")).Code);
    }

    [Theory]
    [InlineData(true, ExitCode.Ok)]
    [InlineData(false, ExitCode.Failed)]
    internal async Task A_self_test_ends_with_its_result(bool passed, ExitCode expected)
    {
        var camera = new CameraSelfTest
        {
            Camera = "cam0",
            Passed = passed,
            Frames = 300,
            DecodedFrames = passed ? 300 : 0,
            Errors = passed ? [] : ["The disk is read-only. Mount it for writing."],
        };
        var report = new SelfTestReport(passed, TestRun.Now, 10.2, [camera]);
        await using var node = await TestNode.StartAsync(("POST /api/v1/selftest", TestNode.Json(report, RigJson.Default.SelfTestReport)));
        var run = await TestRun.Of(node, "selftest");
        Assert.Equal(expected, run.Code);
        Assert.Contains(passed ? "passed in 10.2 s" : "! cam0: The disk is read-only.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_shows_what_differs_from_the_reference_and_where_from()
    {
        var view = new ConfigurationView(
            3,
            [
                new Setting("recording.rotation", "10m", "30m", "override", "live", "Length of a file."),
                new Setting("recording.fragment", "500ms", "500ms", "reference.conf:1:2", "live", null),
                new Setting("http.port", "8080", "8080", "reference.conf:3:4", "node", null),
            ]
        );
        await using var node = await TestNode.StartAsync(("GET /api/v1/config", TestNode.Json(view, RigJson.Default.ConfigurationView)));
        Assert.Equal(
            "recording.rotation = 10m  # override; default 30m\n    Length of a file.\nrecording.fragment = 500ms\n",
            (await TestRun.Of(node, "config", "get", "recording", "--describe")).Output
        );
        Assert.Equal(ExitCode.Refused, (await TestRun.Of(node, "config", "get", "rec")).Code);
    }

    [Fact]
    public async Task Config_changes_and_takes_back()
    {
        var changed = new ConfigurationChanged(
            4,
            ["recording.rotation"],
            ["cam1"],
            new Dictionary<string, string> { ["http.port"] = "the node must be started again" }
        );
        var answer = TestNode.Json(changed, RigJson.Default.ConfigurationChanged);
        await using var node = await TestNode.StartAsync(("POST /api/v1/config", answer), ("POST /api/v1/config/revert/3", answer));
        var set = await TestRun.Of(
            node,
            "config",
            "set",
            "recording.rotation=10m",
            "cameras.c=null",
            "a=b=c",
            "--if-version",
            "3",
            "--dry-run"
        );
        Assert.Equal(
            "version 4 (nothing was changed)\n  recording.rotation: in force\n  cam1: restarted\n  http.port: waits: the node must be started again\n",
            set.Output
        );
        await TestRun.Of(node, "config", "revert", "recording");
        var earlier = await TestRun.Of(node, "config", "revert", "--to", "3");
        Assert.StartsWith("version 4\n", earlier.Output, StringComparison.Ordinal);
        var sent = node
            .Requests.Take(2)
            .Select(request => JsonSerializer.Deserialize(request.Body, RigJson.Default.ConfigurationChange)!)
            .ToList();
        Assert.Equal(("10m", "null", "b=c"), (sent[0].Set["recording.rotation"], sent[0].Set["cameras.c"], sent[0].Set["a"]));
        Assert.Equal((3L, true), (sent[0].IfVersion, sent[0].DryRun));
        Assert.Null(sent[1].Set["recording"]);
    }
}
