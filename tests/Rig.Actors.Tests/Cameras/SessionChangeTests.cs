using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Cameras;

/// <summary>One session ends and the next begins on a camera; ends that are moved, and a program that ends before them.</summary>
public sealed class SessionChangeTests : CameraTest
{
    [Fact]
    public void The_next_session_begins_when_the_files_of_the_one_before_are_closed()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow first = Recording(camera);
        TestProbe stopping = End(camera);
        TestProbe starting = Begin(camera, Order(session: "NEXT"));
        Status(camera);
        Assert.False(starting.HasMessages);
        first.Finish();
        stopping.ExpectMsg<CameraOutcome>();
        FakeRecordingFlow second = Recorder.Next();
        second.Open();
        Assert.Equal(("NEXT", CameraResult.Recording), (second.Order.SessionId, starting.ExpectMsg<CameraOutcome>().Result));
    }

    [Fact]
    public void A_session_that_waits_for_the_files_of_another_can_be_cancelled()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow first = Recording(camera);
        End(camera);
        TestProbe starting = Begin(camera, Order(session: "NEXT"));
        TestProbe cancelling = End(camera, "NEXT");
        Assert.Equal(CameraResult.Stopped, cancelling.ExpectMsg<CameraOutcome>().Result);
        Assert.Equal(CameraResult.Stopped, starting.ExpectMsg<CameraOutcome>().Result);
        first.Finish();
        Hear<RecordingStopped>();
        Assert.Equal(RecorderState.Idle, Status(camera).Recorder.State);
    }

    [Fact]
    public void While_another_session_records_a_start_is_refused()
    {
        IActorRef camera = StartCamera();
        Recording(camera);
        Assert.Equal(CameraResult.Refused, Begin(camera, Order(session: "NEXT")).ExpectMsg<CameraOutcome>().Result);
    }

    [Fact]
    public void An_end_that_lies_ahead_is_moved_earlier_and_not_later()
    {
        IActorRef camera = StartCamera();
        Recording(camera);
        DateTimeOffset end = Now.AddSeconds(60);
        foreach (DateTimeOffset wanted in (DateTimeOffset[])[end.AddSeconds(60), end, end.AddSeconds(30)])
        {
            camera.Tell(new StopRecording("cam0", "DEMO", wanted), TestActor);
        }

        Status(camera);
        Assert.Equal(end, Manifest.End);
    }

    [Fact]
    public void A_program_that_ends_before_a_stop_that_lies_ahead_leaves_the_session_unfinished()
    {
        IActorRef camera = StartCamera();
        FakeRecordingFlow flow = Recording(camera);
        TestProbe stopping = CreateTestProbe();
        camera.Tell(new StopRecording("cam0", "DEMO", Now.AddSeconds(60)), stopping.Ref);
        TestProbe ending = CreateTestProbe();
        camera.Tell(SuspendRecordings.Instance, ending.Ref);
        Status(camera);
        flow.Finish();
        ending.ExpectMsg<Suspended>();
        Assert.False(Manifest.Complete);
        Assert.False(stopping.HasMessages);
    }

    private FakeRecordingFlow Recording(IActorRef camera)
    {
        TestProbe asker = Begin(camera, Order());
        FakeRecordingFlow flow = Recorder.Next();
        flow.Open();
        asker.ExpectMsg<CameraOutcome>();
        return flow;
    }
}
