using System.Buffers.Binary;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Sources;
using Rig.Streams.TestCamera;
using Rig.Streams.Tests.Sources;
using Rig.Streams.Verification;

namespace Rig.Streams.Tests.TestCamera;

/// <summary>When pictures are taken, and each way to misbehave, on a clock of the test's own.</summary>
public sealed class TestCameraTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Pictures_are_taken_at_multiples_of_the_period_since_1970()
    {
        RecordingOutput output = await TestCameraRun.Of("test:640x160@25", 2 * Second);

        Assert.Equal(50, output.Video.Count);
        Assert.All(output.Video, unit => Assert.Equal(0, unit.Capture.Nanoseconds % 40_000_000));
        Assert.All(
            output.Video.Zip(output.Video.Skip(1)),
            pair => Assert.Equal(40, (pair.Second.Capture - pair.First.Capture).Milliseconds)
        );
        Assert.All(output.Video.Select((unit, i) => (unit, i)), pair => Assert.Equal(pair.i * 3600, pair.unit.Presentation));
        Assert.Equal(CaptureClock.FrameStamp, output.Video[0].Format.CaptureClock);
    }

    [Fact]
    public async Task Cameras_started_at_different_instants_take_their_pictures_at_the_same_ones()
    {
        var early = new ManualTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, 17, TimeSpan.Zero));
        var late = new ManualTime(new DateTimeOffset(2026, 1, 1, 0, 0, 1, 411, TimeSpan.Zero));
        RecordingOutput first = await TestCameraRun.Of("test:640x160@29.97", 3 * Second, early);
        RecordingOutput second = await TestCameraRun.Of("test:640x160@29.97", 1 * Second, late);

        IEnumerable<UtcInstant> instants = first.Video.Select(unit => unit.Capture);

        Assert.All(second.Video, unit => Assert.Contains(unit.Capture, instants));
    }

    [Fact]
    public async Task The_stamp_in_the_picture_is_the_units_capture_instant_through_a_poor_encoder()
    {
        RecordingOutput output = await TestCameraRun.Of("test:1280x720@30", 2 * Second);

        ToolResult poor = await Tool.RunAsync(
            "ffmpeg",
            AnnexB.Of(output.Video),
            [
                "-v",
                "error",
                "-f",
                "h264",
                "-r",
                "30",
                "-i",
                "pipe:0",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-b:v",
                "300k",
                "-f",
                "h264",
                "pipe:1",
            ]
        );
        ToolResult grey = await Tool.RunAsync(
            "ffmpeg",
            poor.Output,
            ["-v", "error", "-f", "h264", "-i", "pipe:0", "-vf", "crop=640:32:0:0", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]
        );

        Assert.Equal(output.Video.Select(unit => unit.Capture), Stamps(grey.Output));
    }

    [Fact]
    public async Task Key_pictures_come_as_often_as_asked()
    {
        RecordingOutput output = await TestCameraRun.Of("test:640x160@10?gop=4", 2 * Second);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 4 == 0), output.Video.Select(unit => unit.IsKey));
    }

    [Fact]
    public async Task A_stall_is_silent_for_its_length_and_ends_with_a_discontinuity()
    {
        RecordingOutput output = await TestCameraRun.Of("test:640x160@10?stall=3s@2s&audio=pcm", 6 * Second);

        var gaps = output.Video.Zip(output.Video.Skip(1), (a, b) => (b.Capture - a.Capture).Seconds).ToList();
        Assert.Equal(3.1, gaps.Max(), 3);
        Assert.Single(gaps, gap => gap > 0.2);
        Assert.Equal(30, output.Video.Count);
        Assert.Single(output.Video, unit => unit.Flags.HasFlag(UnitFlags.Discontinuity));
        Assert.Equal(3.02, output.Audio.Zip(output.Audio.Skip(1), (a, b) => (b.Presentation - a.Presentation) / 48_000.0).Max(), 2);
    }

    [Fact]
    public async Task A_fast_clock_takes_its_pictures_too_soon_and_says_nothing()
    {
        RecordingOutput output = await TestCameraRun.Of("test:640x160@10?drift=200ppm", 100 * Second);

        double byStamp = (output.Video[^1].Capture - output.Video[0].Capture).Seconds;
        double byClock = (output.Video[^1].Presentation - output.Video[0].Presentation) / 90_000.0;
        Assert.Equal(200, ((byClock / byStamp) - 1) * 1e6, 0.5);
    }

    [Theory]
    [InlineData("jump=30s@1s", 30.1)]
    [InlineData("jump=-5s@1s", -4.9)]
    public async Task A_jump_sets_the_clock_but_not_the_capture_instants(string option, double step)
    {
        RecordingOutput output = await TestCameraRun.Of($"test:640x160@10?{option}", 2 * Second);

        IEnumerable<double> steps = output.Video.Zip(output.Video.Skip(1), (a, b) => (b.Presentation - a.Presentation) / 90_000.0);
        Assert.Equal(step, Assert.Single(steps, span => Math.Abs(span - 0.1) > 0.001), 3);
        Assert.All(
            output.Video.Zip(output.Video.Skip(1)),
            pair => Assert.Equal(0.1, (pair.Second.Capture - pair.First.Capture).Seconds, 3)
        );
    }

    [Fact]
    public async Task Lost_units_are_counted_one_by_one()
    {
        RecordingOutput output = await TestCameraRun.Of("test:640x160@50?loss=10%", 20 * Second);

        int lost = output.Faults.Count(fault => fault.Kind == StreamFaultKind.PacketLost);
        Assert.InRange(lost, 60, 140);
        Assert.Equal(1000, lost + output.Video.Count);
        Assert.All(output.Video.Zip(output.Video.Skip(1)), HasDiscontinuityWhereSomethingIsMissing);
    }

    [Fact]
    public async Task A_resize_gives_a_new_format_and_begins_with_a_key_picture()
    {
        RecordingOutput output = await TestCameraRun.Of("test:1280x720@10?resize@2s", 3 * Second);

        KeptUnit first = output.Video.First(unit => unit.Format.Video!.Width == 640);
        Assert.Equal(20, output.Video.ToList().IndexOf(first));
        Assert.True(first.IsKey);
        Assert.Equal(360, first.Format.Video!.Height);
        Assert.False(first.Format.IsSameStreamAs(output.Video[0].Format));
        ToolResult probed = await Tool.RunAsync(
            "ffprobe",
            AnnexB.Of(output.Video),
            ["-v", "error", "-f", "h264", "-show_entries", "frame=width", "-of", "csv=p=0", "pipe:0"]
        );
        Assert.Equal(
            [.. Enumerable.Repeat("1280", 20), .. Enumerable.Repeat("640", 10)],
            probed.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public async Task The_tone_is_loud_at_the_beginning_of_each_second_and_never_ahead_of_the_picture()
    {
        RecordingOutput output = await TestCameraRun.Of("test:640x160@25?audio=pcm", 3 * Second);

        Assert.InRange(output.Audio.Count, 145, 150);
        Assert.All(output.Audio, unit => Assert.Equal(1920, unit.Bytes.Length));
        Assert.All(output.Audio.Select((unit, i) => (unit, i)), pair => Assert.Equal(pair.i * 960, pair.unit.Presentation));
        foreach (KeptUnit unit in output.Audio)
        {
            long inSecond = unit.Capture.Nanoseconds % 1_000_000_000 / 1_000_000;
            if (inSecond is < 80 or (>= 100 and < 980))
            {
                Assert.Equal(inSecond < 80, Loudest(unit.Bytes) > 2000);
            }
        }
    }

    [Fact]
    public async Task Pictures_missed_by_minutes_are_left_out_and_those_by_less_are_made_up_for()
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 50, TimeSpan.Zero);
        var time = new ManualTime(start);
        var output = new RecordingOutput();
        await using ISource camera = new SourceRegistry([new TestCameraScheme()]).Create(
            "test:640x160@10",
            new SourceContext { Time = time }
        );
        using var stop = new CancellationTokenSource();
        Task run = Inline.Start(() => camera.RunAsync(output, stop.Token));
        time.Leap(TimeSpan.FromSeconds(1.5));
        Assert.Equal(15, output.Video.Count);
        time.Leap(TimeSpan.FromSeconds(120));

        Assert.Equal(16, output.Video.Count);
        Assert.Equal(start.AddSeconds(121.45), output.Video[^1].Capture.ToDateTimeOffset());
        Assert.True(output.Video[^1].Flags.HasFlag(UnitFlags.Discontinuity));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory]
    [InlineData("test:320x240@30", "at least 640x160")]
    [InlineData("test:1280x721", "must be even")]
    [InlineData("test:big", "test:1280x720@30")]
    [InlineData("test:640x360?colour=blue", "gop, name")]
    [InlineData("test:640x360?gop=0", "from 1 to")]
    [InlineData("test:640x360?stall=long", "3s@10s")]
    [InlineData("test:640x360?resize=2x2@3s", "at least 640x160")]
    [InlineData("test:640x360?codec=vp8", "h264 or h265")]
    [InlineData("test:640x360?gop=3&gop=4", "twice")]
    [InlineData("tset:640x360", "test:1280x720@30")]
    [InlineData("640x360", "names no scheme")]
    public void A_wrong_source_is_told_what_would_be_right(string source, string remedy)
    {
        var registry = new SourceRegistry([new TestCameraScheme()]);

        var wrong = Assert.Throws<SourceException>(() => registry.Create(source, new SourceContext()));

        Assert.Contains(remedy, wrong.Message, StringComparison.Ordinal);
    }

    private static void HasDiscontinuityWhereSomethingIsMissing((KeptUnit First, KeptUnit Second) pair)
    {
        bool missing = pair.Second.Presentation - pair.First.Presentation > 1800;
        Assert.Equal(missing, pair.Second.Flags.HasFlag(UnitFlags.Discontinuity));
    }

    private static int Loudest(byte[] samples)
    {
        int loudest = 0;
        for (int i = 0; i < samples.Length; i += 2)
        {
            loudest = Math.Max(loudest, Math.Abs((int)BinaryPrimitives.ReadInt16BigEndian(samples.AsSpan(i))));
        }

        return loudest;
    }

    private static List<UtcInstant> Stamps(byte[] grey)
    {
        var stamps = new List<UtcInstant>();
        for (int start = 0; start < grey.Length; start += FrameStamp.Width * FrameStamp.Height)
        {
            Assert.True(
                FrameStamp.TryDecode(grey.AsSpan(start, FrameStamp.Width * FrameStamp.Height), FrameStamp.Width, out UtcInstant stamp)
            );
            stamps.Add(stamp);
        }

        return stamps;
    }
}
