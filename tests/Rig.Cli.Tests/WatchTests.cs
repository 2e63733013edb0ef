using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Tests;

/// <summary>Watching into a pipe: every event once, also over a broken connection.</summary>
public sealed class WatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_are_printed_as_they_come_and_after_a_break_from_the_last_one(bool json)
    {
        var connections = new List<string?>();
        RequestDelegate events = async context =>
        {
            connections.Add(context.Request.Headers["Last-Event-ID"]);
            context.Response.ContentType = "text/event-stream";
            var second = connections.Count > 1;
            await WriteAsync(context, second ? 3 : 1, second ? Marked("three") : Marked("one"));
            await WriteAsync(context, second ? 4 : 2, second ? Marked("four") : Marked("two"));
            await context.Response.WriteAsync("id: 2\ndata: {\"topic\":\"of.the.future\"}\n\n");
            await WriteAsync(context, 2, new RecordingProgress("cam0", "S", 1, 1, 0) { Time = TestRun.Now, Node = "N" });
        };
        await using var node = await TestNode.StartAsync(
            ("GET /api/v1/rig", TestNode.Json(Answers.Alone, RigJson.Default.RigStatus)),
            ("GET /api/v1/events", events)
        );
        using var stop = new CancellationTokenSource();
        var output = new TestRun.WatchedWriter(text =>
        {
            if (text.Contains("four", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        string[] args = json ? ["watch", "--json", "--node", node.Url] : ["watch", "--node", node.Url];
        var run = await TestRun.Of(args, _ => null, output: output, cancellation: stop.Token);
        Assert.Equal(ExitCode.Ok, run.Code);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Equal("{\"topic\":\"of.the.future\"}", lines[2]);
        Assert.Equal([null, "2"], connections.Take(2));
        Assert.Equal(
            ["one", "two", "three", "four"],
            lines
                .Where((_, i) => i != 2)
                .Select(line =>
                    json ? ((MarkAdded)JsonSerializer.Deserialize(line, RigJson.Default.RigEvent)!).Mark.Name : line.Split(' ')[^3]
                )
        );
    }

    [Fact]
    public async Task A_terminal_shows_the_status_with_the_newest_events_below()
    {
        await using var node = await TestNode.StartAsync(
            ("GET /api/v1/rig", TestNode.Json(Answers.Alone, RigJson.Default.RigStatus)),
            (
                "GET /api/v1/events",
                async context =>
                {
                    context.Response.ContentType = "text/event-stream";
                    await WriteAsync(context, 1, Marked("kick-off"));
                    await context.Response.Body.FlushAsync();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            )
        );
        using var stop = new CancellationTokenSource();
        var output = new TestRun.WatchedWriter(text =>
        {
            if (text.Contains("kick-off", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        var run = await TestRun.Of(["watch", "--node", node.Url], _ => null, output: output, terminal: true, cancellation: stop.Token);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("Goal [left]", run.Output, StringComparison.Ordinal);
        Assert.Contains("mark.added", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_event_has_words()
    {
        RigEvent[] events =
        [
            new CameraStateChanged("cam0", IngestState.Streaming, IngestState.NoSignal, "stalled") { Time = TestRun.Now, Node = "N" },
            new RecordingStarted("cam0", "S", TestRun.Now, 120) { Time = TestRun.Now, Node = "N" },
            new CameraDisconnected("cam0", "ended") { Time = TestRun.Now, Node = "N" },
        ];
        Assert.Equal(
            [
                "14:30:00.000Z  camera.state          N       cam0: streaming -> no_signal: stalled",
                "14:30:00.000Z  recording.start       N       cam0 in S, 120 ms late",
                "14:30:00.000Z  camera.disconnected   N       cam0: ended",
            ],
            events.Select(happened => Rig.Cli.Output.EventText.Line(happened))
        );
    }

    private static MarkAdded Marked(string name) => new("S", new Mark(name, TestRun.Now)) { Time = TestRun.Now, Node = "N" };

    private static Task WriteAsync(HttpContext context, int id, RigEvent happened) =>
        context.Response.WriteAsync(
            $"id: {id}\nevent: {happened.Topic}\ndata: {JsonSerializer.Serialize(happened, RigJson.Default.RigEvent)}\n\n"
        );
}
