using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rig.Contracts.Access;
using Rig.Contracts.Events;
using Rig.Node.Events;
using Rig.Node.Tests.Rights;

namespace Rig.Node.Tests.Rpc;

/// <summary>JSON-RPC as a client sees it.</summary>
[Collection(RightsNode.Name)]
public sealed class RpcTests(RightsNode node)
{
    [Fact]
    public async Task A_client_finds_cameras_records_marks_and_lists()
    {
        await using RpcClient client = await ConnectAsync();
        Assert.Equal("pong", (await client.CallAsync("ping")).GetString());
        Assert.Equal("GUARDED", (await client.CallAsync("get_status")).GetProperty("nodeId").GetString());
        await StreamsAsync(client);
        JsonElement cameras = await client.CallAsync("get_camera_list");
        Assert.Equal((1, 1), (cameras.GetProperty("total").GetInt32(), cameras.GetProperty("connected").GetInt32()));
        Assert.Equal("cam0", (await client.CallAsync("get_camera_status", """["cam0"]""")).GetProperty("id").GetString());
        Assert.Equal(
            "cam0",
            (await client.CallAsync("get_camera_status", """{ "device": "GUARDED/cam0" }""")).GetProperty("id").GetString()
        );

        JsonElement subscribed = await client.CallAsync("subscribe_events", """{ "topics": ["recording.*", "mark.added"] }""");
        Assert.True(subscribed.GetProperty("subscribed").GetBoolean());
        JsonElement started = await client.CallAsync("start_recording", """{ "camera": "cam0", "sessionId": "BY-RPC" }""");
        Assert.Equal("BY-RPC", started.GetProperty("sessionId").GetString());
        Assert.Equal("cam0", (await client.EventAsync("recording.start")).GetProperty("camera").GetString());
        await client.CallAsync("add_mark", """{ "name": "Goal" }""");
        Assert.Equal("Goal", (await client.EventAsync("mark.added")).GetProperty("mark").GetProperty("name").GetString());
        JsonElement again = await client.RefusedAsync("start_recording", """{ "sessionId": "OTHER" }""");
        Assert.Equal(
            (-31409, "session_running"),
            (again.GetProperty("code").GetInt32(), again.GetProperty("data").GetProperty("code").GetString())
        );
        await client.CallAsync("stop_recording");
        Assert.Equal("BY-RPC", (await client.EventAsync("recording.stop")).GetProperty("sessionId").GetString());
        JsonElement none = await client.RefusedAsync("stop_recording");
        Assert.Equal(-31409, none.GetProperty("code").GetInt32());

        JsonElement recordings = await client.CallAsync("list_recordings", """{ "take": 5 }""");
        Assert.Contains("BY-RPC", recordings.GetRawText(), StringComparison.Ordinal);
        Assert.True((await client.CallAsync("get_subscription_stats")).GetProperty("delivered").GetInt64() >= 3);
        Assert.False((await client.CallAsync("unsubscribe_events")).GetProperty("subscribed").GetBoolean());
    }

    [Fact]
    public async Task Streams_are_named_by_the_address_that_the_client_knows()
    {
        await using RpcClient client = await ConnectAsync();
        await StreamsAsync(client);
        JsonElement urls = await client.CallAsync("get_stream_url", """{ "camera": "cam0" }""");
        string at = $"127.0.0.1:{node.Address.Port}";
        Assert.Equal(
            [
                $"ws://{at}/live/cam0",
                $"http://{at}/hls/cam0/index.m3u8",
                "rtsp://127.0.0.1:8554/cam0",
                $"http://{at}/mjpeg/cam0",
                $"http://{at}/snapshot/cam0.jpg",
            ],
            ((string[])["live", "hls", "rtsp", "mjpeg", "snapshot"]).Select(name => urls.GetProperty(name).GetString()!)
        );
        JsonElement status = await client.CallAsync("get_stream_status", """{ "camera": "cam0" }""");
        Assert.Equal(("active", true), (status.GetProperty("status").GetString(), status.GetProperty("ready").GetBoolean()));
        JsonElement metrics = await client.CallAsync("get_metrics");
        Assert.True(metrics.GetProperty("cameras").GetProperty("cam0").GetProperty("units").GetInt64() > 0);
    }

    [Theory]
    [InlineData("get_camera_status", """{ "camera": "cam9" }""", -31404)]
    [InlineData("get_camera_status", """{ "camera": "NOBODY/cam0" }""", -31502)]
    [InlineData("get_camera_status", """{ "camera": "a/b/c" }""", -32602)]
    [InlineData("get_camera_status", """{ "camera": 7 }""", -32602)]
    [InlineData("get_camera_status", "{}", -32602)]
    [InlineData("get_camera_status", """["cam0", "cam1"]""", -32602)]
    [InlineData("get_camera_status", """{ "camera": "\ud800" }""", -32602)]
    [InlineData("start_recording", """{ "preRollSeconds": "long" }""", -32602)]
    [InlineData("list_recordings", """{ "take": 1.5 }""", -32602)]
    [InlineData("add_mark", """{ "name": "x", "at": "yesterday" }""", -32602)]
    [InlineData("rm_rf", "{}", -32601)]
    public async Task What_cannot_be_done_is_refused_with_its_code(string method, string parameters, int code)
    {
        await using RpcClient client = await ConnectAsync();
        JsonElement error = await client.RefusedAsync(method, parameters);
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.NotEqual("", error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("start_recording", Role.Viewer)]
    [InlineData("stop_recording", Role.Viewer)]
    [InlineData("add_mark", Role.Viewer)]
    [InlineData("take_snapshot", Role.Viewer)]
    [InlineData("stop_streaming", Role.Viewer)]
    public async Task A_role_that_does_not_suffice_is_told_which_does(string method, Role role)
    {
        await using RpcClient client = await RpcClient.ConnectAsync(node.Address, (await node.TokenAsync(role)).Token!);
        JsonElement error = await client.RefusedAsync(method, """{ "camera": "cam0", "name": "x" }""");
        Assert.Equal(
            (-31403, "not_allowed"),
            (error.GetProperty("code").GetInt32(), error.GetProperty("data").GetProperty("code").GetString())
        );
        Assert.Contains("operator", error.GetProperty("data").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Past_the_gates_goes_an_admin_alone()
    {
        await using RpcClient client = await RpcClient.ConnectAsync(node.Address, (await node.TokenAsync(Role.Operator)).Token!);
        Assert.Equal(-31403, (await client.RefusedAsync("start_recording", """{ "force": true }""")).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_batch_is_answered_as_one_and_notifications_not_at_all()
    {
        await using RpcClient client = await ConnectAsync();
        JsonElement answers = await client.AskAsync(
            """
            [
              { "jsonrpc": "2.0", "id": 1, "method": "ping" },
              { "jsonrpc": "2.0", "method": "ping" },
              { "jsonrpc": "2.0", "id": "two", "method": "nothing" },
              { "foo": "boo" }, 1,
              { "jsonrpc": "2.0", "id": null, "method": "ping", "params": [] }
            ]
            """
        );
        Assert.Equal(
            ["1", "\"two\"", "null", "null", "null"],
            answers.EnumerateArray().Select(answer => answer.GetProperty("id").GetRawText())
        );
        Assert.Equal(
            [0, -32601, -32600, -32600, 0],
            answers
                .EnumerateArray()
                .Select(answer => answer.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetInt32() : 0)
        );
        await client.SendAsync("""[{ "jsonrpc": "2.0", "method": "ping" }]""");
        Assert.Equal("pong", (await client.CallAsync("ping")).GetString());
    }

    [Fact]
    public async Task What_is_no_JSON_is_answered_and_the_connection_goes_on()
    {
        await using RpcClient client = await ConnectAsync();
        foreach (
            string text in (string[])
                ["", "{", "[", "[]", "nul", "\"text\"", new string('[', 200), """{"jsonrpc":"2.0","id":[1],"method":"ping"}"""]
        )
        {
            JsonElement answer = await client.AskAsync(text);
            Assert.Contains(answer.GetProperty("error").GetProperty("code").GetInt32(), (int[])[-32700, -32600]);
            Assert.Equal(JsonValueKind.Null, answer.GetProperty("id").ValueKind);
        }

        JsonElement many = await client.AskAsync($"[{string.Join(',', Enumerable.Repeat("1", 10_000))}]");
        Assert.Equal(-32600, many.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("pong", (await client.CallAsync("ping")).GetString());
    }

    [Theory]
    [InlineData(WebSocketCloseStatus.MessageTooBig)]
    [InlineData(WebSocketCloseStatus.InvalidMessageType)]
    public async Task What_is_no_text_or_too_much_ends_the_connection(WebSocketCloseStatus status)
    {
        await using RpcClient client = await ConnectAsync();
        await (
            status == WebSocketCloseStatus.MessageTooBig
                ? client.SendAsync(new string(' ', 300 << 10))
                : client.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary)
        );
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        ValueWebSocketReceiveResult end = await client.Socket.ReceiveAsync(new byte[1024].AsMemory(), limit.Token);
        Assert.Equal((WebSocketMessageType.Close, status), (end.MessageType, client.Socket.CloseStatus!.Value));
    }

    [Fact]
    public async Task Text_that_is_no_UTF8_ends_the_connection_and_nothing_else()
    {
        await using RpcClient client = await ConnectAsync();
        await using RpcClient other = await ConnectAsync();
        await client.SendAsync([0x22, 0xff, 0xfe, 0x22]);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        Exception? end = await Record.ExceptionAsync(async () => await client.Socket.ReceiveAsync(new byte[1024].AsMemory(), limit.Token));
        Assert.True(end is WebSocketException || client.Socket.CloseStatus == WebSocketCloseStatus.InvalidPayloadData, $"{end}");
        Assert.Equal("pong", (await other.CallAsync("ping")).GetString());
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_told_how_many_events_it_lost_and_holds_up_nobody()
    {
        await using RpcClient slow = await ConnectAsync();
        await slow.CallAsync("subscribe_events", """{ "topics": ["events.*", "config.changed"] }""");
        EventHub hub = node.Node.Services.GetRequiredService<EventHub>();
        string wide = new('x', 2000);
        ConfigurationApplied news = new([wide], []) { Time = TimeProvider.System.GetUtcNow(), Node = "GUARDED" };
        const int sent = 4 * EventBroker.Kept;
        for (int i = 0; i < sent; i++)
        {
            hub.Publish(news);
        }

        hub.Publish(news with { Restarts = ["last"] });
        long got = 0;
        long missed = 0;
        while (true)
        {
            JsonElement message = await slow.ReceiveAsync();
            JsonElement parameters = message.GetProperty("params");
            if (message.GetProperty("method").GetString() == "events.missed")
            {
                missed += parameters.GetProperty("count").GetInt64();
            }
            else if (parameters.GetProperty("restarts").GetArrayLength() == 1)
            {
                break;
            }
            else
            {
                got++;
            }
        }

        Assert.True(missed > 0);
        // Other events of the node may be among those that were skipped.
        Assert.InRange(got + missed, sent, sent + 200);
    }

    [Fact]
    public async Task Requests_run_beside_each_other_and_all_are_answered()
    {
        await using RpcClient client = await ConnectAsync();
        const int calls = 100;
        for (int id = 0; id < calls; id++)
        {
            await client.SendAsync($$"""{ "jsonrpc": "2.0", "id": {{id}}, "method": "{{(id % 3 == 0 ? "get_status" : "ping")}}" }""");
        }

        HashSet<int> answered = [];
        while (answered.Count < calls)
        {
            Assert.True(answered.Add((await client.ReceiveAsync()).GetProperty("id").GetInt32()));
        }
    }

    private Task<RpcClient> ConnectAsync() => RpcClient.ConnectAsync(node.Address, RightsNode.AdminToken);

    private static async Task StreamsAsync(RpcClient client)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!(await client.CallAsync("get_stream_status", """{ "camera": "cam0" }""")).GetProperty("ready").GetBoolean())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
