using System.Diagnostics;
using Rig.Media;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Recording;

namespace Rig.Streams.Tests.Recording;

/// <summary>Start, stop, rotation, format changes: which unit is in which file.</summary>
public sealed class CameraRecorderTests
{
    private static UtcInstant At(double seconds) => CameraScript.Start + MediaSpan.FromSeconds(seconds);

    [Fact]
    public async Task Over_thirty_rotations_no_unit_is_lost_or_written_twice()
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync(
            options: RecorderFixture.Quick with
            {
                RotationSpan = MediaSpan.FromSeconds(2),
            }
        );
        await fixture.Camera.PlayAsync(60);
        await fixture.Stop(recorder);

        Assert.Equal(30, fixture.Closed.Count);
        Assert.All(fixture.Closed, segment => Assert.Equal(SegmentOutcome.Closed, segment.Outcome));
        Assert.Equal(30, fixture.Paths.Count);
        fixture.AssertHolds(fixture.Camera.Written, track: 0);
        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Capture >= At(0)), track: 1);
        Assert.Equal(fixture.Camera.Written.Count(unit => unit.Capture >= At(0)), fixture.Closed.Sum(segment => segment.Units));
        Assert.Equal(1500, fixture.Closed.Sum(segment => segment.Frames));
        Assert.Empty(fixture.Gaps);
        Assert.Equal(0, recorder.GetStatistics().DroppedUnits);
        Assert.Equal(fixture.Log.NextSequence - 1, recorder.GetStatistics().DurableSequence);
        Assert.Equal([RecorderState.Arming, RecorderState.Recording, RecorderState.Finalizing, RecorderState.Idle], fixture.States);
    }

    [Fact]
    public async Task Files_are_named_after_session_camera_and_the_instant_of_their_first_picture()
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync(
            options: RecorderFixture.Quick with
            {
                RotationSpan = MediaSpan.FromSeconds(2),
            }
        );
        await fixture.Camera.PlayAsync(4);
        await fixture.Stop(recorder);

        Assert.Equal(["S1_cam0_20261101_120000.mp4", "S1_cam0_20261101_120002.mp4"], fixture.Paths.Select(Path.GetFileName));
    }

    [Fact]
    public async Task Space_reserved_ahead_is_given_back_when_the_file_is_closed()
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync(options: RecorderFixture.Quick with { ReserveStep = 64 << 20 });
        await fixture.Camera.PlayAsync(4);
        await fixture.Stop(recorder);

        SegmentClosed segment = Assert.Single(fixture.Closed);
        (string blocks, _) = await RunAsync("stat", "-c", "%b", segment.Path);
        Assert.Equal(segment.Bytes, new FileInfo(segment.Path).Length);
        Assert.InRange(long.Parse(blocks) * 512, 0, segment.Bytes + (64 << 10));
    }

    [Fact]
    public async Task Other_programs_count_the_same_pictures_and_find_nothing_wrong()
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync(
            start: At(0.5),
            options: RecorderFixture.Quick with
            {
                RotationSpan = MediaSpan.FromSeconds(3),
            }
        );
        await fixture.Camera.PlayAsync(10);
        await fixture.Stop(recorder);

        foreach (SegmentClosed segment in fixture.Closed)
        {
            (string output, string errors) = await RunAsync(
                "ffprobe",
                "-v",
                "error",
                "-count_frames",
                "-select_streams",
                "v:0",
                "-show_entries",
                "stream=nb_read_frames",
                "-of",
                "csv=p=0",
                segment.Path
            );
            Assert.Equal("", errors);
            Assert.Equal(segment.Frames, long.Parse(output.Trim(',', '\n')));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3.0)]
    [InlineData(4.72)]
    public async Task A_start_in_the_past_shows_exactly_what_was_captured_from_T0_on(double seconds)
    {
        await using var fixture = new RecorderFixture();
        fixture.Camera.Play(6);
        CameraRecorder recorder = await fixture.RecordAsync(start: At(seconds));
        await fixture.Camera.PlayAsync(2);
        await fixture.Stop(recorder);

        SegmentClosed segment = Assert.Single(fixture.Closed);
        Assert.Equal(At(seconds), segment.First);
        Assert.Equal(MediaSpan.Zero, segment.Late);
        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Capture >= At(seconds)), track: 0);
        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Capture >= At(seconds)), track: 1);
        Assert.InRange(
            RecorderFixture.ReadPresented(segment.Path).Min(unit => unit.Capture.Nanoseconds),
            0,
            MediaSpan.FromMilliseconds(40).Nanoseconds
        );
    }

    [Fact]
    public async Task A_start_before_the_log_begins_with_its_first_key_unit_and_says_how_late()
    {
        await using var fixture = new RecorderFixture();
        fixture.Camera.Play(2);
        CameraRecorder recorder = await fixture.RecordAsync(start: At(-1.5));
        await fixture.Camera.PlayAsync(2);
        await fixture.Stop(recorder);

        Assert.Equal(MediaSpan.FromSeconds(1.5), Assert.Single(fixture.Closed).Late);
        Assert.Equal(MediaSpan.FromSeconds(1.5), Assert.Single(fixture.Opened).Late);
        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task A_start_in_the_future_waits_and_holds_nothing_back_until_then()
    {
        await using var fixture = new RecorderFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(3) });
        fixture.Camera.Play(1);
        CameraRecorder recorder = await fixture.RecordAsync(start: At(20.2), time: new MediaClock(fixture.Log));
        await fixture.Until(() => recorder.State == RecorderState.Arming);
        fixture.Camera.Play(18);
        Assert.Equal(RecorderState.Arming, recorder.State);
        Assert.True(fixture.Log.GetStatistics().Span < MediaSpan.FromSeconds(6));
        await fixture.Camera.PlayAsync(4);
        await fixture.Until(() => recorder.State == RecorderState.Recording);
        await fixture.Stop(recorder);

        Assert.Equal(At(20.2), Assert.Single(fixture.Closed).First);
        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Capture >= At(20.2)));
    }

    [Theory]
    [InlineData(5.0)]
    [InlineData(5.3)]
    [InlineData(4.44)]
    public async Task A_stop_at_T1_ends_with_the_last_unit_captured_before_it(double seconds)
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(2);
        recorder.Stop(At(seconds));
        await fixture.Camera.PlayAsync(6);
        await fixture.Stop(recorder, At(seconds));

        IEnumerable<SeenUnit> expected = fixture.Camera.Written.Where(unit => unit.Capture >= At(0) && unit.Capture < At(seconds));
        fixture.AssertHolds(expected, track: 0);
        fixture.AssertHolds(expected, track: 1);
        Assert.Equal(expected.Count(unit => unit.Track == 0), Assert.Single(fixture.Closed).Frames);
    }

    [Fact]
    public async Task A_stop_before_T0_makes_no_file()
    {
        await using var fixture = new RecorderFixture();
        fixture.Camera.Play(1);
        CameraRecorder recorder = await fixture.RecordAsync(start: At(100), time: new MediaClock(fixture.Log));
        await fixture.Stop(recorder);

        Assert.Empty(fixture.Paths);
        Assert.Equal(RecorderState.Idle, recorder.State);
    }

    [Fact]
    public async Task A_stalled_source_does_not_keep_the_stop_waiting_nor_its_last_units_from_the_disk()
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(1.3);
        long last = fixture.Log.NextSequence - 1;
        await fixture.Until(() => recorder.GetStatistics().DurableSequence == last);
        recorder.Stop(At(100));
        await recorder.DisposeAsync();

        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task Rotation_by_the_clock_cuts_at_the_first_key_unit_of_each_span()
    {
        await using var fixture = new RecorderFixture();
        fixture.Camera.Play(3);
        RecorderOptions options = RecorderFixture.Quick with { RotationSpan = MediaSpan.FromSeconds(5), RotatesByClock = true };
        CameraRecorder recorder = await fixture.RecordAsync(start: At(2), options: options);
        await fixture.Camera.PlayAsync(10);
        await fixture.Stop(recorder);

        Assert.Equal([At(2), At(5), At(10)], fixture.Opened.Select(segment => segment.First));
        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Capture >= At(2)));
    }

    [Fact]
    public async Task A_format_change_closes_the_segment_and_begins_the_next_with_the_very_next_unit()
    {
        await using var fixture = new RecorderFixture(audio: false);
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(2);
        fixture.Camera.PlayOther();
        await fixture.Camera.PlayAsync(3);
        await fixture.Stop(recorder);

        Assert.Equal([160, 192, 160], fixture.Closed.OrderBy(s => s.First).Select(segment => segment.Formats[0].Video!.Width));
        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task A_track_that_appears_within_a_GOP_is_in_the_next_segment_from_its_first_unit_on()
    {
        await using var fixture = new RecorderFixture(announceAudio: false, bPictures: false);
        CameraRecorder recorder = await fixture.RecordAsync();
        fixture.Camera.Play(2.5, drops: unit => unit.Track == 1);
        fixture.Log.OnFormat(1, fixture.Camera.AudioFormat);
        await fixture.Camera.PlayAsync(3);
        await fixture.Stop(recorder);

        Assert.Equal([1, 2], fixture.Opened.Select(segment => segment.Formats.Count));
        fixture.AssertHolds(fixture.Camera.Written, track: 0);
        int sound = fixture.Camera.Written.Count(unit => unit.Track == 1);
        Assert.InRange(fixture.InOrder().SelectMany(RecorderFixture.ReadPresented).Count(unit => unit.Track == 1), sound - 2, sound);
    }

    [Fact]
    public async Task Sound_that_the_container_announced_is_waited_for_so_that_no_file_is_begun_without_it()
    {
        await using var fixture = new RecorderFixture(announceAudio: false, bPictures: false);
        fixture.Log.OnContents(new StreamContents(1, 1));
        RecorderOptions patient = RecorderFixture.Quick with { AnnouncedSpan = MediaSpan.FromSeconds(100) };
        CameraRecorder recorder = await fixture.RecordAsync(options: patient);
        fixture.Camera.Play(1, drops: unit => unit.Track == 1);
        fixture.Log.OnFormat(1, fixture.Camera.AudioFormat);
        await fixture.Camera.PlayAsync(3);
        await fixture.Stop(recorder);

        Assert.Equal(2, Assert.Single(fixture.Opened).Formats.Count);
        fixture.AssertHolds(fixture.Camera.Written, track: 0);
    }

    [Fact]
    public async Task A_camera_that_announces_no_sound_is_not_waited_for()
    {
        await using var fixture = new RecorderFixture(audio: false);
        fixture.Log.OnContents(new StreamContents(1, 0));
        RecorderOptions patient = RecorderFixture.Quick with
        {
            SettleSpan = MediaSpan.FromSeconds(100),
            AnnouncedSpan = MediaSpan.FromSeconds(100),
        };
        CameraRecorder recorder = await fixture.RecordAsync(options: patient);
        await fixture.Camera.PlayAsync(0.2);
        await fixture.Until(() => fixture.Opened.Count == 1);
        await fixture.Stop(recorder);
    }

    [Fact]
    public async Task A_recorder_that_takes_over_goes_on_after_the_last_durable_unit()
    {
        await using var fixture = new RecorderFixture(bPictures: false);
        fixture.Camera.Play(8);
        CameraRecorder recorder = await fixture.RecordAsync(after: 313);
        await fixture.Camera.PlayAsync(1);
        await fixture.Stop(recorder);

        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Sequence > 313), track: 0);
        Assert.Empty(fixture.Gaps);
    }

    [Fact]
    public async Task A_gap_in_the_stream_is_named_and_stays_a_gap_in_the_file()
    {
        await using var fixture = new RecorderFixture(audio: false);
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(2);
        fixture.Camera.Pause(4);
        await fixture.Camera.PlayAsync(2);
        await fixture.Stop(recorder);

        SegmentClosed segment = Assert.Single(fixture.Closed);
        Assert.InRange(segment.Duration.Seconds, 7.9, 8.1);
        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task Everything_ends_when_the_log_ends()
    {
        await using var fixture = new RecorderFixture();
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(3);
        await fixture.Until(() => fixture.Log.GetStatistics().LosslessLag == 0);
        fixture.Log.Dispose();
        await recorder.Completion.WaitAsync(RecorderFixture.Patience);

        fixture.AssertHolds(fixture.Camera.Written);
        await recorder.DisposeAsync();
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    public void An_id_that_could_leave_the_folder_is_refused(string id)
    {
        using var log = new GopLog();
        using var disk = new DiskThreads();
        var request = new RecordingRequest
        {
            SessionId = id,
            CameraId = "cam0",
            Folder = "/tmp",
        };

        Assert.Throws<ArgumentException>(() => CameraRecorder.Start(log, request, new LinuxSegmentFiles(), disk, new SilentObserver()));
    }

    internal static async Task<(string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (await output, errors);
    }
}

/// <summary>Hears nothing.</summary>
internal sealed class SilentObserver : IRecorderObserver
{
    public void OnState(RecorderState state) { }

    public void OnOpened(SegmentOpened segment) { }

    public void OnDurable(long bytes, UtcInstant lastCapture) { }

    public void OnGap(SegmentGap gap) { }

    public void OnClosed(SegmentClosed segment) { }

    public void OnDiskFault(SegmentIoException fault) { }

    public void OnDiskRecovered() { }

    public void OnFailed(Exception error) { }
}
