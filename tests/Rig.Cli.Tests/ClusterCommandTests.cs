using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Json;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;

namespace Rig.Cli.Tests;

/// <summary>The commands for the rig as a whole: <c>status</c>, <c>cluster</c>, <c>actor</c>, <c>log</c>.</summary>
public sealed class ClusterCommandTests
{
    private static Task<TestNode> RigAsync(RigStatus rig) =>
        TestNode.StartAsync(("GET /api/v1/rig", TestNode.Json(rig, RigJson.Default.RigStatus)));

    [Fact]
    public async Task Status_of_a_rig_shows_every_node_their_cameras_and_where_they_disagree()
    {
        await using var node = await RigAsync(Answers.Three);
        var run = await TestRun.Of(node, "status");
        Assert.Equal(ExitCode.Ok, run.Code);
        foreach (
            var part in (string[])
                [
                    "rig pitch  etcd  coordinator CAM_L (active)  seen from CAM_L",
                    "session DEMO-1  recording",
                    "CAM_L/cam0",
                    "no connection",
                    "unreachable",
                    "failed",
                    "≠ CAM_R failed 75 s ago. Look at its power and network.",
                ]
        )
        {
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Status_of_one_node_says_why_it_cannot_be_had()
    {
        await using var node = await RigAsync(Answers.Three);
        var run = await TestRun.Of(node, "status", "CAM_L");
        Assert.StartsWith("CAM_L  development", run.Output, StringComparison.Ordinal);
        run = await TestRun.Of(node, "status", "CAM_C");
        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.Contains("CAM_L could not ask CAM_C: no connection.", run.Error, StringComparison.Ordinal);
        run = await TestRun.Of(node, "status", "CAM_X");
        Assert.Equal(ExitCode.Refused, run.Code);
        Assert.Contains("It has CAM_L, CAM_C, CAM_R.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "degraded: etcd answers, coordinator CAM_L, 1 of 3 members reached", ExitCode.Partly)]
    [InlineData("leader", "CAM_L", ExitCode.Ok)]
    [InlineData("members", "CAM_C", ExitCode.Ok)]
    [InlineData("show", "rig pitch", ExitCode.Ok)]
    public async Task Cluster_answers(string word, string part, ExitCode code)
    {
        await using var node = await RigAsync(Answers.Three);
        var run = await TestRun.Of(node, "cluster", word);
        Assert.Equal(code, run.Code);
        Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rig_where_all_is_well_is_healthy()
    {
        await using var node = await RigAsync(Answers.Alone);
        var run = await TestRun.Of(node, "cluster", "status");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.StartsWith("healthy:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_unreachable_strikes_off_the_lost_ones_only()
    {
        await using var node = await TestNode.StartAsync(
            ("GET /api/v1/rig", TestNode.Json(Answers.Three, RigJson.Default.RigStatus)),
            ("POST /api/v1/cluster/down", TestNode.Json(new ClusterChanged([], ""), RigJson.Default.ClusterChanged))
        );
        var run = await TestRun.Of(node, "cluster", "down-unreachable");
        Assert.Equal("CAM_C, CAM_R: Struck off.", run.Output.TrimEnd());
        Assert.Equal(["{\"node\":\"CAM_C\"}", "{\"node\":\"CAM_R\"}"], node.Requests.Where(r => r.Body.Length > 0).Select(r => r.Body));
    }

    [Fact]
    public async Task Leave_means_the_asked_node_unless_another_is_named()
    {
        await using var node = await TestNode.StartAsync(
            ("GET /api/v1/rig", TestNode.Json(Answers.Three, RigJson.Default.RigStatus)),
            ("POST /api/v1/cluster/leave", TestNode.Json(new ClusterChanged(["CAM_L"], "Left."), RigJson.Default.ClusterChanged))
        );
        Assert.Equal("CAM_L: Left.", (await TestRun.Of(node, "cluster", "leave")).Output.TrimEnd());
        await TestRun.Of(node, "cluster", "leave", "CAM_R");
        Assert.Equal(["{\"node\":\"CAM_L\"}", "{\"node\":\"CAM_R\"}"], node.Requests.Where(r => r.Body.Length > 0).Select(r => r.Body));
    }

    [Fact]
    public async Task Join_sends_the_token_and_shows_a_refusal()
    {
        var refusal = new Problem
        {
            Status = 403,
            Code = "token_expired",
            Title = "The token has expired",
            Remedy = "Make a new one: rig lighthouse token",
        };
        await using var node = await TestNode.StartAsync(("POST /api/v1/cluster/join", TestNode.Refuse(refusal)));
        var run = await TestRun.Of(node, "cluster", "join", "http://10.0.0.2:9110", "--token", "T");
        Assert.Equal(ExitCode.Refused, run.Code);
        Assert.Contains("Make a new one", run.Error, StringComparison.Ordinal);
        Assert.Equal("{\"lighthouse\":\"http://10.0.0.2:9110\",\"token\":\"T\"}", node.Requests[0].Body);
    }

    [Fact]
    public async Task The_hierarchy_of_actors_is_a_tree()
    {
        var root = new ActorNode(
            "user",
            "Guardian",
            [new ActorNode("cameras", "CameraSupervisor", [new ActorNode("cam0", "CameraActor", [])])]
        );
        await using var node = await TestNode.StartAsync(("GET /api/v1/actors", TestNode.Json(root, RigJson.Default.ActorNode)));
        var run = await TestRun.Of(node, "actor", "hierarchy", "CAM_L");
        Assert.Equal(["user Guardian", "└── cameras CameraSupervisor", "    └── cam0 CameraActor"], run.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task The_log_is_shown_oldest_first_and_followed_by_number()
    {
        var asked = new List<string>();
        RequestDelegate logs = context =>
        {
            asked.Add(context.Request.QueryString.Value!);
            var first = asked.Count == 1;
            LogLine Line(long number) => new(number, TestRun.Now, "warning", "Rig", $"line {number}");
            var page = new LogPage(first ? [Line(2), Line(1)] : [Line(3)]);
            return context.Response.WriteAsync(JsonSerializer.Serialize(page, RigJson.Default.LogPage));
        };
        await using var node = await TestNode.StartAsync(("GET /logs", logs));
        using var stop = new CancellationTokenSource();
        var output = new TestRun.WatchedWriter(text =>
        {
            if (text.Contains("line 3", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        var run = await TestRun.Of(["log", "tail", "CAM_L", "--node", node.Url], _ => null, output: output, cancellation: stop.Token);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Equal(["line 1", "line 2", "line 3"], run.Output.TrimEnd().Split('\n').Take(3).Select(line => line[^6..]));
        Assert.Equal(["?node=CAM_L&limit=10", "?node=CAM_L&limit=200&after=2"], asked.Take(2));
    }

    [Fact]
    public async Task Watching_a_rig_shows_the_events_of_every_node_through_the_one_that_is_asked()
    {
        await using var node = await TestNode.StartAsync(
            ("GET /api/v1/events", Marks("CAM_L", "CAM_R")),
            ("GET /api/v1/rig", TestNode.Json(Answers.Alone, RigJson.Default.RigStatus))
        );
        using var stop = new CancellationTokenSource();
        var output = new TestRun.WatchedWriter(text =>
        {
            if (text.Contains("CAM_L", StringComparison.Ordinal) && text.Contains("CAM_R", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        var run = await TestRun.Of(["watch", "--node", node.Url], _ => null, output: output, cancellation: stop.Token);
        Assert.Equal(ExitCode.Ok, run.Code);
    }

    private static RequestDelegate Marks(params string[] nodes) =>
        async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (string node in nodes)
            {
                RigEvent mark = new MarkAdded("S", new Rig.Contracts.Sessions.Mark("goal", TestRun.Now))
                {
                    Time = TestRun.Now,
                    Node = node,
                };
                await context.Response.WriteAsync($"id: 1\ndata: {JsonSerializer.Serialize(mark, RigJson.Default.RigEvent)}\n\n");
            }

            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
}
