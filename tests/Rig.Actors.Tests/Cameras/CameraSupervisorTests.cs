using Akka.Actor;
using Rig.Actors.Cameras;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Cameras;

public sealed class CameraSupervisorTests : CameraTest
{
    private readonly FakeSource _other = new();

    [Fact]
    public void A_camera_that_fails_more_than_ten_times_in_a_minute_is_stopped_with_an_alarm_and_the_others_go_on()
    {
        IActorRef cameras = Start();
        FakeIngestFlow healthy = _other.Next();
        healthy.Stream();
        FailForGood(cameras);
        AlarmRaised alarm = Hear<AlarmRaised>();
        Assert.Equal(("camera.cam0.failed", "cam0", GateLevel.Block), (alarm.Alarm, alarm.Camera, alarm.Level));
        IReadOnlyList<CameraStatus> statuses = All(cameras);
        Assert.Equal([IngestState.Error, IngestState.Streaming], statuses.Select(status => status.Ingest.State));
        Assert.NotEmpty(statuses[0].Warnings);
        Assert.False(healthy.IsDisposed);
        Assert.Equal(CameraResult.Failed, Answer<CameraOutcome>(cameras, new StartRecording("cam0", Order())).Result);
    }

    [Fact]
    public void A_stopped_camera_starts_again_when_resumed_and_its_alarm_is_cleared()
    {
        IActorRef cameras = Start();
        FailForGood(cameras);
        Hear<AlarmRaised>();
        cameras.Tell(new ResumeCamera("cam0"));
        Source.Next().Stream();
        Assert.Equal("camera.cam0.failed", Hear<AlarmCleared>().Alarm);
        AwaitAssert(() => Assert.Equal(IngestState.Streaming, All(cameras)[0].Ingest.State));
    }

    [Fact]
    public void Paused_and_resumed_cameras_answer_with_the_state_after_it()
    {
        IActorRef cameras = Start();
        Source.Next().Stream();
        Assert.Equal(IngestState.Paused, Answer<CameraStatus>(cameras, new PauseCamera("cam0")).Ingest.State);
        Assert.Equal(IngestState.Starting, Answer<CameraStatus>(cameras, new ResumeCamera("cam0")).Ingest.State);
    }

    [Fact]
    public void What_is_asked_of_a_camera_that_is_not_there_is_answered_with_its_name()
    {
        IActorRef cameras = Start();
        object[] questions =
        [
            new GetCamera("cam9"),
            new PauseCamera("cam9"),
            new ResumeCamera("cam9"),
            new StartRecording("cam9", Order()),
            new StopRecording("cam9", "DEMO", Now),
        ];
        Assert.All(questions, question => Assert.Equal("cam9", Answer<UnknownCamera>(cameras, question).Camera));
    }

    [Fact]
    public async Task A_new_configuration_touches_only_the_cameras_that_changed()
    {
        IActorRef cameras = Start();
        FakeIngestFlow first = Source.Next();
        FakeIngestFlow kept = _other.Next();
        cameras.Tell(new ApplyCameras([Settings("cam1"), Settings("cam0") with { Name = "left" }]));
        await first.Disposed;
        Source.Next();
        Assert.Equal(["cam1", "cam0"], All(cameras).Select(status => status.Id));
        Assert.Equal("left", All(cameras)[1].Name);
        Assert.False(kept.IsDisposed);
        cameras.Tell(new ApplyCameras([Settings("cam0") with { Name = "left" }]));
        await kept.Disposed;
        Assert.Equal(["cam0"], All(cameras).Select(status => status.Id));
    }

    [Fact]
    public async Task All_cameras_start_anew_when_that_is_asked_for()
    {
        IActorRef cameras = Start();
        FakeIngestFlow first = Source.Next();
        FakeIngestFlow second = _other.Next();
        cameras.Tell(new ApplyCameras([Settings("cam0"), Settings("cam1")], RestartAll: true));
        await first.Disposed;
        await second.Disposed;
        Source.Next();
        _other.Next();
    }

    private IActorRef Start() =>
        ActorOf(
            CameraSupervisor.Props(
                "CAM_L",
                [Settings("cam0"), Settings("cam1")],
                camera => CameraProps(camera, camera.Id == "cam0" ? Source : _other),
                Time
            ),
            "cameras"
        );

    /// <summary>A bug in the first camera's source, eleven times in a minute.</summary>
    private void FailForGood(IActorRef cameras)
    {
        for (int failure = 0; failure < 11; failure++)
        {
            Source.Next().Bug = new InvalidOperationException("a bug");
            cameras.Tell(new GetCamera("cam0"));
        }
    }

    private IReadOnlyList<CameraStatus> All(IActorRef cameras) => Answer<IReadOnlyList<CameraStatus>>(cameras, GetCameras.Instance);
}
