using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests.Live;

/// <summary>Players that nobody here wrote play every output.</summary>
[Collection(nameof(LiveNode))]
public sealed partial class LivePlayerTests(LiveNode live)
{
    public static TheoryData<string, string> Outputs =>
        new()
        {
            { "mp4", "cam0" },
            { "hls", "cam0" },
            { "rtsp-tcp", "cam0" },
            { "rtsp-udp", "cam0" },
        };

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Ffmpeg_gets_every_picture_once(string output, string camera)
    {
        string file = Path.Combine(live.Node.Folder, $"{output}-{Guid.NewGuid()}.mp4");
        await Programs.OutputAsync("ffmpeg", [.. Input(output, camera), "-map", "0:v", "-frames:v", "60", "-c", "copy", file]);
        VerificationReport report = await new FileVerifier().VerifyAsync([
            [file],
        ]);
        CameraReport result = Assert.Single(report.Cameras);
        Assert.InRange(result.Frames, 59, 60);
        Assert.Equal((0L, 0L, 0L, 0L), (result.Missing, result.Duplicated, result.OutOfOrder, result.Undecodable));
    }

    [Theory]
    [InlineData("mp4", "cam0", "h264,aac")]
    [InlineData("hls", "cam0", "h264,aac")]
    [InlineData("rtsp-tcp", "cam0", "h264,aac")]
    [InlineData("mp4", "hevc", "hevc")]
    [InlineData("hls", "hevc", "hevc")]
    [InlineData("rtsp-tcp", "hevc", "hevc")]
    [InlineData("mp4", "opus", "h264,opus")]
    [InlineData("hls", "opus", "h264,opus")]
    [InlineData("rtsp-udp", "opus", "h264,opus")]
    [InlineData("mp4", "av1", "av1")]
    [InlineData("hls", "av1", "av1")]
    public async Task Ffmpeg_decodes_every_codec_without_complaint(string output, string camera, string codecs)
    {
        string file = Path.Combine(live.Node.Folder, $"{Guid.NewGuid()}.nut");
        string[] all = codecs.Contains(',', StringComparison.Ordinal) ? ["-map", "0:v", "-map", "0:a"] : ["-map", "0:v"];
        (int code, _, string errors) = await Programs.RunAsync(
            "ffmpeg",
            [.. Input(output, camera), .. all, "-t", "2", "-c:v", "rawvideo", "-c:a", "pcm_s16le", "-y", file]
        );
        Assert.True(code == 0 && errors.Length == 0, $"{code}: {errors}");
        string decoded = await Programs.OutputAsync(
            "ffprobe",
            "-v",
            "error",
            "-count_packets",
            "-show_entries",
            "stream=codec_type,nb_read_packets",
            "-of",
            "csv=p=0",
            file
        );
        Assert.Equal(codecs.Split(',').Length, decoded.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        string source = await Programs.OutputAsync(
            "ffprobe",
            [.. Input(output, camera, probe: true), "-show_entries", "stream=codec_name", "-of", "csv=p=0"]
        );
        Assert.Equal(
            codecs.Split(',').Order(),
            source.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim(',')).Distinct().Order()
        );
    }

    [Theory]
    [InlineData("rtspsrc location={0}cam0 protocols=tcp ! rtph264depay ! h264parse ! avdec_h264")]
    [InlineData("rtspsrc location={0}cam0 protocols=udp ! rtph264depay ! h264parse ! avdec_h264")]
    [InlineData("rtspsrc location={0}hevc protocols=tcp ! rtph265depay ! h265parse ! avdec_h265")]
    [InlineData("rtspsrc location={0}opus protocols=tcp ! application/x-rtp,media=audio ! rtpopusdepay ! opusdec")]
    public async Task GStreamer_plays(string pipeline)
    {
        string text = string.Format(CultureInfo.InvariantCulture, pipeline, live.Rtsp) + " ! fakesink num-buffers=20";
        (int code, string output, string errors) = await Programs.RunAsync("gst-launch-1.0", ["-q", "-e", .. text.Split(' ')]);
        Assert.True(code == 0 && !errors.Contains("ERROR", StringComparison.Ordinal), $"{code}: {output}{errors}");
    }

    [Fact]
    public async Task GStreamer_plays_hls_for_as_long_as_one_looks()
    {
        // Its sink tells of every buffer; an endless HLS source does not end with its sink.
        string pipeline =
            $"-v souphttpsrc location={live.Http}hls/cam0/index.m3u8 ! hlsdemux ! qtdemux ! h264parse ! avdec_h264 ! fakesink silent=false";
        using Process player = Process.Start(
            new ProcessStartInfo("gst-launch-1.0", pipeline.Split(' ')) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        try
        {
            int pictures = 0;
            while (pictures < 100)
            {
                string? line = await player.StandardOutput.ReadLineAsync(limit.Token);
                Assert.True(line is not null, "It ended.");
                pictures += line.Contains("last-message = chain", StringComparison.Ordinal) ? 1 : 0;
            }
        }
        finally
        {
            player.Kill();
        }
    }

    [Fact]
    public async Task A_blocking_reload_waits_for_the_part_that_is_asked_for_and_the_part_is_there()
    {
        string before = await PlaylistAsync("");
        (long number, int part) = Hint(before);
        string after = await PlaylistAsync($"?_HLS_msn={number}&_HLS_part={part}");
        Match named = PartName()
            .Matches(after)
            .First(found => Number(found) == number && int.Parse(found.Groups["part"].Value, CultureInfo.InvariantCulture) == part);
        byte[] bytes = await live.Node.Http.GetByteArrayAsync(new Uri(live.Http, $"/hls/cam0/{named.Value}"));
        Assert.Contains("moof", System.Text.Encoding.ASCII.GetString(bytes[..64]), StringComparison.Ordinal);

        // The segment is its parts, one behind the other.
        string whole = await PlaylistAsync($"?_HLS_msn={number}");
        using MemoryStream joined = new();
        foreach (Match found in PartName().Matches(whole).Where(found => Number(found) == number))
        {
            joined.Write(await live.Node.Http.GetByteArrayAsync(new Uri(live.Http, $"/hls/cam0/{found.Value}")));
        }

        Assert.Equal(joined.ToArray(), await live.Node.Http.GetByteArrayAsync(new Uri(live.Http, $"/hls/cam0/seg_{number}.mp4")));
    }

    [Fact]
    public async Task The_multivariant_playlist_names_codecs_and_size()
    {
        string text = await live.Node.Http.GetStringAsync(new Uri(live.Http, "/hls/E2E/cam0/master.m3u8?token=t"));
        Assert.Matches("CODECS=\"avc1\\.[0-9A-F]{6},mp4a\\.40\\.2\",RESOLUTION=640x360,FRAME-RATE=25\\.000", text);
        Assert.EndsWith("index.m3u8?token=t\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_count_viewers_bytes_and_what_they_miss()
    {
        using LiveClient client = await LiveClient.ConnectAsync(live.Http, "/live/cam0");
        await client.NextAsync("time");
        await client.NextAsync();
        string metrics = await live.Node.Http.GetStringAsync(new Uri(live.Http, "/metrics"));
        Assert.Matches("rig_live_camera_viewers\\{camera=\"cam0\"\\} [1-9]", metrics);
        Assert.Matches("rig_live_viewers\\{output=\"socket\"\\} [1-9]", metrics);
        Assert.Matches("rig_live_bytes_total\\{output=\"socket\"\\} [1-9]", metrics);
        Assert.Contains("rig_live_missed_units_total{output=\"socket\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("rig_rtsp_connections", metrics, StringComparison.Ordinal);
    }

    private string[] Input(string output, string camera, bool probe = false)
    {
        string[] quiet = probe ? ["-v", "error"] : ["-v", "error", "-nostdin"];
        return output switch
        {
            "mp4" => [.. quiet, "-i", $"{live.Http}live/{camera}.mp4"],
            "hls" => [.. quiet, "-i", $"{live.Http}hls/{camera}/index.m3u8"],
            "rtsp-tcp" => [.. quiet, "-rtsp_transport", "tcp", "-i", $"{live.Rtsp}{camera}"],
            _ => [.. quiet, "-rtsp_transport", "udp", "-i", $"{live.Rtsp}{camera}"],
        };
    }

    private Task<string> PlaylistAsync(string query) => live.Node.Http.GetStringAsync(new Uri(live.Http, $"/hls/cam0/index.m3u8{query}"));

    private static (long Number, int Part) Hint(string playlist)
    {
        Match hint = PartName().Match(playlist[playlist.IndexOf("#EXT-X-PRELOAD-HINT", StringComparison.Ordinal)..]);
        return (Number(hint), int.Parse(hint.Groups["part"].Value, CultureInfo.InvariantCulture));
    }

    private static long Number(Match part) => long.Parse(part.Groups["number"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"part_(?<number>\d+)_(?<part>\d+)\.mp4", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PartName();
}
