using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Rig.Contracts.Problems;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests.Live;

/// <summary>The WebSocket as <c>docs/reference/live.md</c> describes it.</summary>
[Collection(nameof(LiveNode))]
public sealed class LiveSocketTests(LiveNode live)
{
    [Fact]
    public async Task It_gives_format_initialization_time_and_then_every_picture_once_from_a_key_picture_on()
    {
        using LiveClient client = await LiveClient.ConnectAsync(live.Http, "/live/cam0");
        JsonElement format = (await client.NextAsync()).Text!.Value;
        Assert.Equal(("format", "start", 1), (Text(format, "type"), Text(format, "reason"), format.GetProperty("generation").GetInt32()));
        Assert.StartsWith("video/mp4; codecs=\"avc1.", Text(format, "mime"), StringComparison.Ordinal);
        Assert.Equal(["video", "audio"], format.GetProperty("tracks").EnumerateArray().Select(track => Text(track, "kind")));
        byte[] init = (await client.NextAsync()).Binary!;
        Assert.Equal("ftyp", Encoding.ASCII.GetString(init, 4, 4));
        JsonElement time = (await client.NextAsync()).Text!.Value;
        Assert.Equal("time", Text(time, "type"));

        string file = Path.Combine(live.Node.Folder, $"{Guid.NewGuid()}.mp4");
        await using (FileStream stream = File.Create(file))
        {
            await stream.WriteAsync(init);
            for (int fragment = 0; fragment < 200; )
            {
                (JsonElement? text, byte[]? binary) = await client.NextAsync();
                if (binary is not null)
                {
                    Assert.Contains(Encoding.ASCII.GetString(binary, 4, 4), (string[])["moof", "prft"]);
                    await stream.WriteAsync(binary);
                    fragment++;
                }
                else
                {
                    Assert.Equal("time", Text(text!.Value, "type"));
                }
            }
        }

        VerificationReport report = await new FileVerifier().VerifyAsync([
            [file],
        ]);
        CameraReport camera = Assert.Single(report.Cameras);
        Assert.True(camera.Frames > 40, $"{camera.Frames} frames");
        Assert.Equal((0L, 0L, 0L, 0L), (camera.Missing, camera.Duplicated, camera.OutOfOrder, camera.Undecodable));

        // The stamp inside the first picture is what the time message says of its media time.
        string times = await Programs.OutputAsync(
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v",
            "-show_entries",
            "packet=pts_time",
            "-of",
            "csv=p=0",
            file
        );
        double start = double.Parse(times.Split('\n')[0].Trim(','), CultureInfo.InvariantCulture);
        DateTimeOffset said = DateTimeOffset.UnixEpoch.AddMicroseconds(
            time.GetProperty("utcUs").GetInt64() + ((start - time.GetProperty("media").GetDouble()) * 1e6)
        );
        Assert.InRange((camera.First!.Value - said).TotalMilliseconds, -2, 2);
        Assert.Equal(
            time.GetProperty("utc").GetDateTimeOffset(),
            DateTimeOffset.UnixEpoch.AddMicroseconds(time.GetProperty("utcUs").GetInt64())
        );
    }

    [Fact]
    public async Task Sound_is_left_out_when_asked()
    {
        using LiveClient client = await LiveClient.ConnectAsync(live.Http, "/live/E2E/cam0?audio=false");
        JsonElement format = await client.NextAsync("format");
        Assert.Equal("video", Text(Assert.Single(format.GetProperty("tracks").EnumerateArray()), "kind"));
        Assert.DoesNotContain("mp4a", Text(format, "mime"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ping_is_answered_with_the_nodes_time_and_other_messages_are_passed_over()
    {
        using LiveClient client = await LiveClient.ConnectAsync(live.Http, "/live/cam0");
        await client.SendAsync("nonsense");
        await client.SendAsync("""{"type":"other"}""");
        await client.SendAsync("""{"type":"ping","id":42}""");
        JsonElement pong = await client.NextAsync("pong");
        Assert.Equal(42, pong.GetProperty("id").GetInt64());
        DateTimeOffset answered = DateTimeOffset.UnixEpoch.AddMicroseconds(pong.GetProperty("utcUs").GetInt64());
        Assert.InRange((TimeProvider.System.GetUtcNow() - answered).TotalMinutes, -1, 1);
    }

    [Fact]
    public async Task A_message_that_no_page_sends_ends_the_connection()
    {
        using LiveClient client = await LiveClient.ConnectAsync(live.Http, "/live/cam0");
        await client.SendAsync(new string('x', 5000));
        (JsonElement? text, byte[]? binary) message;
        do
        {
            message = await client.NextAsync();
        } while (message.text is not null || message.binary is not null);
    }

    [Fact]
    public async Task A_slow_page_is_told_what_it_missed_and_another_one_misses_nothing()
    {
        using LiveClient slow = await LiveClient.ConnectAsync(live.Http, "/live/large");
        using LiveClient quick = await LiveClient.ConnectAsync(live.Http, "/live/large");
        using CancellationTokenSource enough = new();
        Task<long> quickDrops = CountDropsAsync(quick, enough.Token);

        // 64 KB fifty times a second are 26 Mbit/s of the camera's 40.
        using PeriodicTimer sips = new(TimeSpan.FromMilliseconds(20));
        JsonElement? drop = null;
        MemoryStream text = new();
        while (drop is null)
        {
            var part = await slow.SipAsync(text);
            drop = part is { } message && Text(message, "type") == "drop" ? message : null;
            await sips.WaitForNextTickAsync();
        }

        Assert.Equal(("lag", true), (Text(drop.Value, "cause"), drop.Value.GetProperty("units").GetInt64() > 0));
        await enough.CancelAsync();
        Assert.Equal(0, await quickDrops);
    }

    [Theory]
    [InlineData("/live/nope", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    [InlineData("/live/nope.mp4", HttpStatusCode.NotFound, ProblemCodes.UnknownCamera)]
    [InlineData("/live/OTHER/cam0.mp4", HttpStatusCode.NotFound, ProblemCodes.NotFound)]
    [InlineData("/hls/nope/index.m3u8", HttpStatusCode.NotFound, ProblemCodes.UnknownCamera)]
    [InlineData("/hls/cam0/nope", HttpStatusCode.NotFound, ProblemCodes.NotFound)]
    [InlineData("/hls/cam0/seg_999999.mp4", HttpStatusCode.NotFound, ProblemCodes.NotFound)]
    [InlineData("/hls/cam0/part_999999_0.mp4", HttpStatusCode.NotFound, ProblemCodes.NotFound)]
    [InlineData("/hls/cam0/index.m3u8?_HLS_part=1", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    [InlineData("/hls/cam0/index.m3u8?_HLS_msn=x", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    [InlineData("/hls/cam0/index.m3u8?_HLS_msn=999999", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest)]
    public async Task What_is_not_there_is_refused_with_a_problem(string path, HttpStatusCode status, string code)
    {
        Problem problem = await live.Node.RefusedAsync(HttpMethod.Get, path);
        Assert.Equal((status, code), ((HttpStatusCode)problem.Status, problem.Code));
    }

    private static async Task<long> CountDropsAsync(LiveClient client, CancellationToken enough)
    {
        long drops = 0;
        while (!enough.IsCancellationRequested)
        {
            drops += (await client.NextAsync()).Text is { } message && Text(message, "type") == "drop" ? 1 : 0;
        }

        return drops;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
