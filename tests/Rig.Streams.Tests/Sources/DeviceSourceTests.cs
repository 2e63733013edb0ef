using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

/// <summary>Capture devices, around programs that only pretend: they write down their arguments and give out a clip.</summary>
public sealed class DeviceSourceTests(Clips clips) : IClassFixture<Clips>, IDisposable
{
    private readonly string _tools = Directory.CreateTempSubdirectory("rig-tools-").FullName;

    private string Calls => Path.Combine(_tools, "calls");

    public void Dispose() => Directory.Delete(_tools, recursive: true);

    [Fact]
    public async Task A_camera_that_sends_h264_is_passed_through()
    {
        Pretend(
            "v4l2-ctl",
            "case \"$*\" in *list-formats*) echo \"[0]: 'YUYV'\"; echo \"[1]: 'H264' (H.264, compressed)\";; *) echo 'VIDIOC_QUERY_DV_TIMINGS: failed: Inappropriate ioctl for device' >&2; exit 1;; esac"
        );
        Pretend("ffmpeg", $"cat {clips.Ts}");

        RecordingOutput output = await RunAsync("v4l2:/dev/video7?size=1920x1080&fps=30");

        Assert.Equal(Clips.Pictures, output.Video.Count);
        Assert.Equal(CaptureClock.Device, output.Video[0].Format.CaptureClock);
        string capture = CallsOf("ffmpeg")[^1];
        Assert.Contains(
            "-f v4l2 -thread_queue_size 64 -timestamps abs -input_format h264 -video_size 1920x1080 -framerate 30/1 -i /dev/video7 -c:v copy",
            capture,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_first_encoder_that_really_works_is_used_with_the_signals_own_size()
    {
        Pretend(
            "v4l2-ctl",
            "case \"$*\" in *list-formats*) echo \"[0]: 'NV12'\";; *) printf '\\tActive width: 1920\\n\\tActive height: 1080\\n\\tPixelclock: 148500000 Hz (60.00 frames per second)\\n';; esac"
        );
        Pretend("ffmpeg", $"case \"$*\" in *testsrc2*h264_vaapi*) exit 0;; *testsrc2*) echo no >&2; exit 1;; *) cat {clips.Ts};; esac");

        RecordingOutput output = await RunAsync("v4l2:/dev/video0?bitrate=12");

        Assert.Equal(Clips.Pictures, output.Video.Count);
        string[] calls = CallsOf("ffmpeg");
        Assert.Equal(5, calls.Length); // four trials and the capture
        Assert.All(calls[..4], call => Assert.Contains("testsrc2=size=1920x1080", call, StringComparison.Ordinal));
        Assert.Contains("-vaapi_device /dev/dri/renderD128", calls[4], StringComparison.Ordinal);
        Assert.Contains(
            "-i /dev/video0 -vf format=nv12,hwupload -c:v h264_vaapi -b:v 12000k -g 60 -bf 0",
            calls[4],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("-video_size", calls[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Software_encodes_where_no_hardware_does_and_says_what_to_lower()
    {
        Pretend("v4l2-ctl", "case \"$*\" in *list-formats*) echo \"[0]: 'YUYV'\";; *) exit 1;; esac");
        Pretend("ffmpeg", $"case \"$*\" in *testsrc2*) exit 1;; *) cat {clips.Ts};; esac");
        await using ISource source = BuiltInSources.Registry().Create("v4l2:/dev/video0?size=640x480&fps=25", Context());

        await source.RunAsync(new RecordingOutput(), CancellationToken.None);

        Assert.Equal(("libx264", "ultrafast", 25.0), (source.Encoder!.Name, source.Encoder.Preset, source.Encoder.Nominal));
        Assert.Contains("Lower size or fps", source.Encoder.Remedy, StringComparison.Ordinal);
        Assert.Contains("-tune zerolatency", CallsOf("ffmpeg")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_without_signal_is_told_to_check_the_cable()
    {
        Pretend("v4l2-ctl", "echo 'VIDIOC_QUERY_DV_TIMINGS: failed: Link has been severed' >&2; exit 1");
        Pretend("ffmpeg", "exit 1");

        var failure = await Assert.ThrowsAsync<SourceException>(() => RunAsync("v4l2:/dev/video0"));

        Assert.Contains("no HDMI signal. Check the cable", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pi_camera_gets_its_locks_and_its_step()
    {
        Pretend("rpicam-vid", $"cat {clips.Ts}");

        RecordingOutput output = await RunAsync("libcamera:1?size=1536x864&fps=50&sync=client&shutter=4ms&gain=2&awbgains=1.8,1.5&hflip");

        Assert.Equal(Clips.Pictures, output.Video.Count);
        string call = Assert.Single(CallsOf("rpicam-vid"));
        Assert.Contains("--camera 1 --nopreview --timeout 0 --width 1536 --height 864 --framerate 50", call, StringComparison.Ordinal);
        Assert.Contains("--libav-format mpegts", call, StringComparison.Ordinal);
        Assert.EndsWith("--sync client --shutter 4000us --gain 2 --awbgains 1.8,1.5 --hflip -o -", call, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v4l2:video0", "names no device")]
    [InlineData("v4l2:/dev/video0?encoder=magic", "libx264")]
    [InlineData("libcamera:front", "by its number")]
    [InlineData("libcamera:0?sync=both", "server or client")]
    [InlineData("libcamera:0?awb=moon", "daylight")]
    public void A_wrong_device_is_told_what_would_be_right(string source, string remedy)
    {
        var failure = Assert.Throws<SourceException>(() => BuiltInSources.Registry().Create(source, new SourceContext()));

        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "\tActive width: 3840\n\tActive height: 2160\n\tFrame format: progressive\n\tPixelclock: 297000000 Hz (29.97 frames per second)\n",
        "",
        true,
        3840,
        29.97
    )]
    [InlineData("\tActive width: 0\n\tActive height: 0\n", "", false, 0, 0)]
    [InlineData("", "VIDIOC_QUERY_DV_TIMINGS: failed: Numerical result out of range", false, 0, 0)]
    public void Timings_are_read(string output, string errors, bool signal, int width, double rate)
    {
        VideoTimings timings = VideoTimings.Parse(output, errors)!;

        Assert.Equal((signal, width, rate), (timings.HasSignal, timings.Width, timings.FramesPerSecond));
    }

    [Fact]
    public void A_device_without_timings_has_none() =>
        Assert.Null(VideoTimings.Parse("", "VIDIOC_QUERY_DV_TIMINGS: failed: Inappropriate ioctl for device"));

    [Theory]
    [InlineData(-2_000_000, true)]
    [InlineData(500_000, true)]
    [InlineData(-90_000_000_000, false)]
    public void A_device_time_is_the_instant_nearest_to_its_arrival(long microsecondsFromArrival, bool plausible)
    {
        var arrival = UtcInstant.FromMicroseconds(1_790_000_000_000_000);
        UtcInstant taken = arrival + new MediaSpan(microsecondsFromArrival * 1000);
        long ticks = (long)((Int128)taken.Nanoseconds * 90_000 / 1_000_000_000) & ((1L << 33) - 1);

        UtcInstant found = DeviceClockSink.Find(new MediaTime(ticks), arrival);

        Assert.Equal(plausible, found.IsKnown);
        Assert.True(!plausible || (found - taken).Abs() < MediaSpan.FromMilliseconds(0.05));
    }

    private SourceContext Context() => new() { ToolFolder = _tools };

    private Task<RecordingOutput> RunAsync(string source) => SourceRun.ToEndAsync(source, Context());

    private void Pretend(string program, string script)
    {
        string path = Path.Combine(_tools, program);
        File.WriteAllText(path, $"#!/bin/sh\necho \"{program} $*\" >> {Calls}\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string[] CallsOf(string program) =>
        [.. File.ReadAllLines(Calls).Where(line => line.StartsWith(program + " ", StringComparison.Ordinal))];
}
