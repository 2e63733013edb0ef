using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Sources;
using Rig.Streams.Tests.Sources;
using Rig.Streams.Verification;

namespace Rig.Streams.Tests.TestCamera;

/// <summary>What the test camera needs ffmpeg for.</summary>
public sealed class EncodedTestCameraTests
{
    [Theory]
    [InlineData("codec=h265", Codec.H265, "hevc", false)]
    [InlineData("bframes", Codec.H264, "h264", true)]
    public async Task Pictures_come_back_from_the_encoder_with_their_own_instants(string option, Codec codec, string format, bool reordered)
    {
        RecordingOutput output = await SourceRun.UntilAsync(40, $"test:640x160@25?gop=10&{option}");

        IReadOnlyList<KeptUnit> video = output.Video;
        Assert.Equal(codec, video[0].Format.Codec);
        Assert.Equal(CaptureClock.FrameStamp, video[0].Format.CaptureClock);
        Assert.Equal(reordered, video.Any(unit => unit.Presentation != unit.Decode));
        Assert.All(video.Zip(video.Skip(1)), pair => Assert.True(pair.Second.Decode > pair.First.Decode));
        ToolResult grey = await Tool.RunAsync(
            "ffmpeg",
            AnnexB.Of(video),
            [
                "-v",
                "error",
                "-f",
                format,
                "-i",
                "pipe:0",
                "-vf",
                "crop=640:32:0:0",
                "-vsync",
                "passthrough",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "gray",
                "pipe:1",
            ]
        );
        List<UtcInstant> stamps = [];
        for (int start = 0; start + (640 * 32) <= grey.Output.Length; start += 640 * 32)
        {
            Assert.True(FrameStamp.TryDecode(grey.Output.AsSpan(start, 640 * 32), 640, out UtcInstant stamp));
            stamps.Add(stamp);
        }

        IEnumerable<UtcInstant> expected = video.Select(unit => unit.Capture).Order();
        Assert.Equal(expected.Take(30), stamps.Take(30));
    }

    [Fact]
    public async Task The_tone_comes_as_aac_that_a_decoder_takes_without_a_click()
    {
        var time = new ManualTime();
        var output = new RecordingOutput();
        await using ISource camera = BuiltInSources.Registry().Create("test:640x160@10?audio=aac", new SourceContext { Time = time });
        using var stop = new CancellationTokenSource();
        Task run = camera.RunAsync(output, stop.Token);
        while (time.Waiting == 0)
        {
            await Task.Yield();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (int picture = 0; picture < 200; picture++)
        {
            // Picture by picture: a camera that wakes seconds late leaves out what it has missed.
            time.Advance(TimeSpan.FromMilliseconds(100));
            while (output.Video.Count <= picture)
            {
                patience.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.InRange(output.Audio.Count, 930, 940);
        Assert.All(output.Audio.Select((unit, i) => (unit, i)), pair => Assert.Equal(pair.i * 1024, pair.unit.Presentation));
        ToolResult decoded = await Tool.RunAsync(
            "ffmpeg",
            Adts(output.Audio),
            "-v error -f aac -i pipe:0 -af highpass=f=6000,volumedetect -f null -".Replace("error", "info").Split(' ')
        );
        Assert.Matches("max_volume: -[3-9][0-9]", decoded.Errors);
    }

    [Theory]
    [InlineData("codec=h265&loss=1%")]
    [InlineData("bframes&resize@3s")]
    public void What_an_encoder_would_mend_is_refused(string options) =>
        Assert.Throws<SourceException>(() => BuiltInSources.Registry().Create($"test:1280x720@30?{options}", new SourceContext()));

    private static byte[] Adts(IEnumerable<KeptUnit> units)
    {
        using var stream = new MemoryStream();
        foreach (KeptUnit unit in units)
        {
            int length = unit.Bytes.Length + 7;
            stream.Write([0xFF, 0xF1, 0x4C, (byte)(0x40 | (length >> 11)), (byte)(length >> 3), (byte)((length << 5) | 0x1F), 0xFC]);
            stream.Write(unit.Bytes);
        }

        return stream.ToArray();
    }
}
