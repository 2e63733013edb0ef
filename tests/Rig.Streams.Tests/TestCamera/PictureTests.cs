using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Sources;
using Rig.Streams.TestCamera;
using Rig.Streams.Tests.Sources;

namespace Rig.Streams.Tests.TestCamera;

/// <summary>The H.264 that is made without an encoder, judged by decoders.</summary>
public sealed class PictureTests
{
    [Theory]
    [InlineData("test:1280x720@30?gop=7", 20)]
    [InlineData("test:640x160@10", 12)]
    [InlineData("test:854x482@29.97?gop=5", 12)]
    [InlineData("test:1920x1080@60?gop=4", 8)]
    [InlineData("test:640x360@25?bitrate=20M", 8)]
    public async Task A_decoder_shows_the_canvas_sample_for_sample(string source, int pictures)
    {
        TestCameraOptions options = TestCameraOptions.Parse(SourceUri.Parse(source), "cam0");
        (byte[] stream, byte[] expected) = Make(options, pictures);

        ToolResult decoded = await Tool.RunAsync(
            "ffmpeg",
            stream,
            [
                "-v",
                "error",
                "-err_detect",
                "explode",
                "-xerror",
                "-f",
                "h264",
                "-i",
                "pipe:0",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "yuv420p",
                "pipe:1",
            ]
        );

        Assert.Equal("", decoded.Errors);
        Assert.Equal(0, decoded.ExitCode);
        Assert.Equal(expected.Length, decoded.Output.Length);
        Assert.True(expected.AsSpan().SequenceEqual(decoded.Output));
    }

    [Fact]
    public async Task GStreamers_parser_and_decoder_take_every_picture()
    {
        TestCameraOptions options = TestCameraOptions.Parse(SourceUri.Parse("test:1280x720@30?gop=10"), "cam0");
        (byte[] stream, byte[] expected) = Make(options, 25);

        ToolResult decoded = await Tool.RunAsync(
            "gst-launch-1.0",
            stream,
            ["-q", "fdsrc", "fd=0", "!", "h264parse", "!", "avdec_h264", "!", "video/x-raw,format=I420", "!", "fdsink", "fd=1"]
        );

        Assert.Equal(0, decoded.ExitCode);
        Assert.True(expected.AsSpan().SequenceEqual(decoded.Output));
    }

    [Fact]
    public async Task The_stream_is_constrained_baseline_with_its_size_rate_and_colour()
    {
        TestCameraOptions options = TestCameraOptions.Parse(SourceUri.Parse("test:854x482@29.97"), "cam0");
        (byte[] stream, _) = Make(options, 3);

        ToolResult probed = await Tool.RunAsync(
            "ffprobe",
            stream,
            [
                "-v",
                "error",
                "-f",
                "h264",
                "-show_entries",
                "stream=profile,width,height,r_frame_rate,color_space,has_b_frames",
                "-of",
                "default=nw=1",
                "pipe:0",
            ]
        );

        Assert.Equal(
            "profile=Constrained Baseline\nwidth=854\nheight=482\nhas_b_frames=0\ncolor_space=bt709\nr_frame_rate=30000/1001\n",
            probed.Text
        );
    }

    [Theory]
    [InlineData("test:1280x720@30", 1_000_000, 10_000_000)]
    [InlineData("test:640x160@10", 300_000, 4_000_000)]
    [InlineData("test:1920x1080@30?bitrate=50M", 47_000_000, 53_000_000)]
    [InlineData("test:1920x1080@30?bitrate=8M", 7_000_000, 9_000_000)]
    public void The_bit_rate_is_moderate_or_as_asked(string source, int least, int most)
    {
        TestCameraOptions options = TestCameraOptions.Parse(SourceUri.Parse(source), "cam0");
        int pictures = (int)options.Rate.Value * 2;
        (byte[] stream, _) = Make(options, pictures, keepPictures: false);

        Assert.InRange(stream.Length * 8L / 2, least, most);
    }

    private static (byte[] Stream, byte[] Pictures) Make(TestCameraOptions options, int count, bool keepPictures = true)
    {
        using var pictures = new MemoryStream();
        var units = new List<KeptUnit>();
        var pool = new BlockPool();
        using var builder = new UnitBuilder(pool);
        var camera = new TestPicture(options.Width, options.Height, options);
        var grid = new FrameGrid(UtcInstant.FromMicroseconds(1_772_366_400_123_456), options.Rate, driftPpm: 0);
        for (int frame = 0; frame < count; frame++)
        {
            bool key = frame % options.Gop == 0;
            camera.Take(builder, grid.CaptureOf(frame), frame, grid.SinceFirst(frame), key);
            units.Add(
                new KeptUnit(0, builder.Span.ToArray(), 0, 0, UtcInstant.Unknown, key ? UnitFlags.Key : UnitFlags.None, camera.Format)
            );
            builder.Discard();
            if (keepPictures)
            {
                WritePicture(pictures, camera.Canvas);
            }
        }

        return (AnnexB.Of(units), pictures.ToArray());
    }

    private static void WritePicture(MemoryStream stream, Canvas canvas)
    {
        WritePlane(stream, canvas.Luma, canvas.Stride, canvas.Width, canvas.Height);
        WritePlane(stream, canvas.Cb, canvas.ChromaStride, canvas.Width / 2, canvas.Height / 2);
        WritePlane(stream, canvas.Cr, canvas.ChromaStride, canvas.Width / 2, canvas.Height / 2);
    }

    private static void WritePlane(MemoryStream stream, byte[] plane, int stride, int width, int height)
    {
        for (int line = 0; line < height; line++)
        {
            stream.Write(plane, line * stride, width);
        }
    }
}
