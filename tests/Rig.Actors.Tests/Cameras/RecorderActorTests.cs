using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Flows;
using Rig.Actors.Manifests;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Cameras;

/// <summary>A recorder under its camera, as it always is.</summary>
public sealed class RecorderActorTests : CameraTest
{
    [Fact]
    public void An_order_begins_the_manifest_before_the_first_segment()
    {
        IActorRef camera = StartCamera();
        RecordingOrder order = Order();
        Begin(camera, order);
        Recorder.Next();
        Assert.Equal(
            ("DEMO", "CAM_L", order.Start, false, 0),
            (Manifest.SessionId, Manifest.Node, Manifest.Start, Manifest.Complete, Manifest.Segments.Count)
        );
    }

    [Theory]
    [InlineData(0, CameraResult.Recording, 0, null)]
    [InlineData(340, CameraResult.Late, 340, 340.0)]
    public void The_first_segment_answers_the_start_with_its_offset(double late, CameraResult result, double offset, double? lateMs)
    {
        TestProbe asker = Begin(StartCamera(), Order());
        FakeRecordingFlow flow = Recorder.Next();
        asker.ExpectNoMsg(TimeSpan.Zero);
        flow.Open(late);
        CameraOutcome outcome = asker.ExpectMsg<CameraOutcome>();
        Assert.Equal(("cam0", result, offset), (outcome.Camera, outcome.Result, outcome.OffsetMs));
        Assert.Equal((offset, lateMs, "h264"), (Manifest.StartOffsetMs, Manifest.LateMs, Manifest.VideoCodec));
        Assert.Equal(late, Hear<RecordingStarted>().LateMs);
    }

    [Fact]
    public void A_start_in_the_future_is_answered_at_once_and_told_when_it_comes()
    {
        TestProbe asker = Begin(StartCamera(), Order(startIn: 30));
        Assert.Equal(CameraResult.Recording, asker.ExpectMsg<CameraOutcome>().Result);
        FakeRecordingFlow flow = Recorder.Next();
        Assert.Empty(Heard().OfType<RecordingStarted>());
        Advance(30);
        flow.Open();
        Hear<RecordingStarted>();
    }

    [Fact]
    public void The_same_order_given_twice_waits_for_the_same_answer()
    {
        IActorRef camera = StartCamera();
        RecordingOrder order = Order();
        TestProbe first = Begin(camera, order);
        TestProbe second = Begin(camera, order);
        FakeRecordingFlow flow = Recorder.Next();
        Status(camera);
        flow.Open();
        Assert.Equal(CameraResult.Recording, first.ExpectMsg<CameraOutcome>().Result);
        Assert.Equal(CameraResult.Recording, second.ExpectMsg<CameraOutcome>().Result);
        Assert.Equal(CameraResult.Recording, Begin(camera, order).ExpectMsg<CameraOutcome>().Result);
    }

    [Fact]
    public void Another_session_is_refused_while_one_is_recorded()
    {
        IActorRef camera = StartCamera();
        Begin(camera, Order());
        CameraOutcome outcome = Begin(camera, Order(session: "OTHER")).ExpectMsg<CameraOutcome>();
        Assert.Equal(CameraResult.Refused, outcome.Result);
        Assert.Contains("DEMO", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_is_answered_when_all_files_are_closed()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        Advance(10);
        TestProbe asker = End(camera);
        Assert.Equal(Now, flow.Stopped);
        asker.ExpectNoMsg(TimeSpan.Zero);
        flow.Finish();
        Assert.Equal(CameraResult.Stopped, asker.ExpectMsg<CameraOutcome>().Result);
        await flow.Disposed;
        Hear<RecordingStopped>();
        await Manifests.FlushAsync(default);
        Assert.Equal((true, Now), (Manifest.Complete, Manifest.End!.Value));
    }

    [Fact]
    public void Stopping_a_camera_that_does_not_record_is_answered_at_once() =>
        Assert.Equal(CameraResult.Stopped, End(StartCamera()).ExpectMsg<CameraOutcome>().Result);

    [Fact]
    public void After_a_session_the_next_one_may_begin()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        End(camera);
        Assert.Equal(Now, flow.Stopped);
        flow.Finish();
        Hear<RecordingStopped>();
        Status(camera);
        TestProbe asker = Begin(camera, Order(session: "NEXT"));
        Recorder.Next().Open();
        Assert.Equal(CameraResult.Recording, asker.ExpectMsg<CameraOutcome>().Result);
    }

    [Fact]
    public void Segments_gaps_formats_and_marks_land_in_the_manifest_and_are_told()
    {
        IActorRef camera = StartCamera();
        Begin(camera, Order());
        FakeRecordingFlow flow = Recorder.Next();
        Segment first = flow.Open();
        SegmentGap gap = new()
        {
            From = Now,
            To = Now.AddSeconds(1),
            Units = 25,
            Cause = "source_stalled",
        };
        flow.Signal(new RecordingSignal.Gap(gap));
        flow.Close(first, frames: 250);
        FormatChange change = new(Now, "h264 1280x720", "h264 1920x1080");
        flow.Signal(new RecordingSignal.FormatChanged(change));
        flow.Open(first: Now.AddSeconds(10));
        Mark mark = new("goal", Now);
        camera.Tell(new MarkRecording("cam0", "DEMO", mark));
        Status(camera);
        Assert.Equal([true, false], Manifest.Segments.Select(segment => segment.Closed));
        Assert.Equal((250, 25), (Manifest.Frames, Manifest.DroppedUnits));
        Assert.Equal([gap], Manifest.Gaps);
        Assert.Equal([change], Manifest.FormatChanges);
        Assert.Equal([mark], Manifest.Marks);
        Assert.Equal([mark], flow.Marks);
        IReadOnlyList<RigEvent> heard = Heard();
        Assert.Equal(gap, heard.OfType<RecordingGap>().Single().Gap);
        Assert.Equal(first.File, heard.OfType<SegmentClosed>().Single().Segment.File);
        Assert.Single(heard.OfType<RecordingStarted>());
    }

    [Fact]
    public void A_mark_of_another_session_is_not_taken()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        camera.Tell(new MarkRecording("cam0", "OTHER", new Mark("goal", Now)));
        Status(camera);
        Assert.Empty(flow.Marks);
    }

    [Fact]
    public void Disk_trouble_raises_an_alarm_with_a_remedy_that_goes_when_the_disk_is_back()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        flow.Signal(new RecordingSignal.DiskTrouble("No space left.", "Free disk space."));
        AlarmRaised raised = Hear<AlarmRaised>();
        Assert.Equal(
            ("camera.cam0.disk", "cam0", GateLevel.Block, "Free disk space."),
            (raised.Alarm, raised.Camera, raised.Level, raised.Remedy)
        );
        Assert.Equal("No space left.", Status(camera).Recorder.LastError);
        flow.Signal(new RecordingSignal.DiskRecovered());
        Assert.Equal("camera.cam0.disk", Hear<AlarmCleared>().Alarm);
        Assert.Null(Status(camera).Recorder.LastError);
    }

    [Fact]
    public void No_durable_bytes_for_three_seconds_raise_an_alarm_that_goes_with_the_next_bytes()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        flow.Measured = Recording(sinceDurable: 2.9);
        Tick(camera);
        Assert.Empty(Heard().OfType<AlarmRaised>());
        flow.Measured = Recording(sinceDurable: 3.1);
        Tick(camera);
        Tick(camera);
        Assert.Equal("camera.cam0.durable", Heard().OfType<AlarmRaised>().Single().Alarm);
        flow.Measured = Recording(sinceDurable: 0.1);
        Tick(camera);
        Assert.Equal("camera.cam0.durable", Heard().OfType<AlarmCleared>().Single().Alarm);
    }

    [Fact]
    public void A_recording_that_never_made_a_byte_durable_raises_the_same_alarm()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        flow.Measured = Recording(sinceDurable: null);
        for (int second = 0; second < 5; second++)
        {
            Tick(camera);
        }

        Assert.Equal("camera.cam0.durable", Heard().OfType<AlarmRaised>().Single().Alarm);
    }

    [Fact]
    public void Progress_is_told_once_a_second_while_recording()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        flow.Measured = Recording(sinceDurable: 0.5);
        Tick(camera);
        Tick(camera);
        Assert.Equal([50, 50], Heard().OfType<RecordingProgress>().Select(progress => progress.Frames));
    }

    [Fact]
    public async Task A_failed_recording_is_begun_anew_with_its_order_and_goes_on_after_the_last_durable_unit()
    {
        IActorRef camera = StartCamera();
        Begin(camera, Order());
        FakeRecordingFlow failed = Recorder.Next();
        failed.Open();
        failed.Order.Cursor.Sequence = 4711;
        failed.Signal(new RecordingSignal.DiskTrouble("Input/output error", "Check the disk."));
        failed.Fail("Input/output error");
        await failed.Disposed;
        FakeRecordingFlow next = Recorder.Next();
        Assert.Equal(("DEMO", 4711), (next.Order.SessionId, next.Order.Cursor.Sequence));
        failed.Finish();
        next.Open(first: Now.AddSeconds(5));
        Status(camera);
        Assert.False(Manifest.Complete);
        IReadOnlyList<RigEvent> heard = Heard();
        Assert.Single(heard.OfType<RecordingStarted>());
        Assert.Empty(heard.OfType<RecordingStopped>());
        Assert.Single(heard.OfType<AlarmCleared>());
    }

    [Fact]
    public void A_recording_that_fails_while_it_is_stopped_still_ends_where_it_was_told()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow failed = Recording(camera);
        DateTimeOffset end = Now;
        End(camera);
        Assert.Equal(end, failed.Stopped);
        failed.Fail("Input/output error");
        FakeRecordingFlow next = Recorder.Next();
        Assert.Equal(end, next.Stopped);
        next.Finish();
        Hear<RecordingStopped>();
        Assert.True(Manifest.Complete);
    }

    [Fact]
    public void A_resumed_recording_goes_on_in_the_manifest_and_names_the_gap_and_the_reason_once()
    {
        DateTimeOffset start = Now;
        Manifests.Update(
            "DEMO",
            "cam0",
            _ =>
                Samples.Manifest() with
                {
                    Start = start,
                    StartLocal = start,
                    Segments =
                    [
                        new Segment
                        {
                            File = "before.mp4",
                            First = start,
                            Last = start.AddSeconds(4),
                        },
                    ],
                }
        );
        IActorRef camera = StartCamera();
        Begin(camera, Order(resumed: true));
        Recorder.Next().Open(first: start.AddSeconds(9));
        SegmentGap gap = Hear<RecordingGap>().Gap;
        Assert.Equal((start.AddSeconds(4), start.AddSeconds(9), GapCauses.ProcessRestart), (gap.From, gap.To, gap.Cause));
        Status(camera);
        Assert.Equal([gap], Manifest.Gaps);
        Assert.Equal(["before.mp4", "DEMO_cam0_0.mp4"], Manifest.Segments.Select(segment => segment.File));
        Assert.Single(Manifest.Notes);
    }

    [Fact]
    public void When_the_program_ends_the_files_are_closed_and_the_session_is_left_open_for_the_next_start()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        TestProbe asker = CreateTestProbe();
        camera.Tell(SuspendRecordings.Instance, asker.Ref);
        Assert.Equal(Now, flow.Stopped);
        asker.ExpectNoMsg(TimeSpan.Zero);
        flow.Finish();
        asker.ExpectMsg<Suspended>();
        Assert.Equal((false, null, 1), (Manifest.Complete, Manifest.End, Manifest.Notes.Count));
    }

    [Fact]
    public void A_camera_that_joins_later_shows_its_offset_from_the_sessions_start()
    {
        DateTimeOffset joined = Now.AddSeconds(60);
        TestProbe asker = Begin(StartCamera(), Order(joined: joined));
        Advance(60);
        Recorder.Next().Open();
        asker.FishForMessage(message => message is CameraOutcome);
        Hear<RecordingStarted>();
        Assert.Equal((joined.AddSeconds(-60), 60_000), (Manifest.Start, Manifest.StartOffsetMs));
    }

    [Fact]
    public void A_camera_that_left_and_joins_again_has_an_open_manifest_again()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        End(camera);
        Assert.Equal(Now, flow.Stopped);
        flow.Finish();
        Hear<RecordingStopped>();
        Status(camera);
        Begin(camera, Order());
        Recorder.Next();
        Assert.Equal((false, null), (Manifest.Complete, Manifest.End));
    }

    /// <summary>A camera that has begun to record.</summary>
    private FakeRecordingFlow Recording(IActorRef camera)
    {
        TestProbe asker = Begin(camera, Order());
        FakeRecordingFlow flow = Recorder.Next();
        flow.Open();
        asker.ExpectMsg<CameraOutcome>();
        return flow;
    }

    private void Tick(IActorRef camera)
    {
        Advance(1);
        Status(camera);
    }
}
