using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Health;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Tests.Health;

public sealed class HealthActorTests : ActorTest
{
    private readonly TestProbe _cameras;
    private readonly ManualResetEventSlim _answers = new(initialState: true);
    private MachineReadings _machine = Samples.Machine();
    private long _bitsPerSecond;

    public HealthActorTests() => _cameras = CreateTestProbe();

    protected override void AfterAll()
    {
        _answers.Set();
        base.AfterAll();
        _answers.Dispose();
    }

    [Fact]
    public void A_limit_that_is_passed_raises_an_alarm_once_and_clears_it_when_it_is_over()
    {
        IActorRef health = Start();
        Look(health);
        _machine = Full();
        Next(health);
        Next(health);
        AlarmRaised raised = Heard().OfType<AlarmRaised>().Single();
        Assert.Equal(("disk", GateLevel.Block), (raised.Alarm, raised.Level));
        Assert.Equal("disk", Assert.Single(Answer<HealthAnswer>(health, GetHealth.Instance).Alarms).Id);
        _machine = Samples.Machine();
        for (int round = 0; round < 3; round++)
        {
            Next(health);
        }

        Assert.Equal("disk", Heard().OfType<AlarmCleared>().Single().Alarm);
        Assert.Empty(Answer<HealthAnswer>(health, GetHealth.Instance).Alarms);
    }

    [Fact]
    public void Changes_of_the_gates_are_told_and_nothing_else_is()
    {
        IActorRef health = Start();
        Look(health);
        Next(health);
        Assert.Empty(Heard());
        _machine = Full();
        Next(health);
        Next(health);
        Assert.Equal("disk", Heard().OfType<HealthChanged>().Single().Gates.Single().Gate);
        _machine = Samples.Machine();
        Next(health);
        Assert.Empty(Heard().OfType<HealthChanged>().Single().Gates);
    }

    [Fact]
    public void A_camera_without_signal_and_one_that_waits_for_its_disk_raise_alarms_of_their_own()
    {
        IActorRef health = Start();
        Look(
            health,
            Samples.Camera("cam0", IngestState.NoSignal),
            Samples.Camera("cam1") with
            {
                Log = new LogStatus
                {
                    Pressure = true,
                    Bytes = 340 << 20,
                    LimitBytes = 400 << 20,
                },
            }
        );
        Assert.Equal(
            [("camera.cam0.signal", "cam0", GateLevel.Block), ("camera.cam1.pressure", "cam1", GateLevel.Warn)],
            Heard().OfType<AlarmRaised>().Select(alarm => (alarm.Alarm, alarm.Camera!, alarm.Level))
        );
    }

    [Theory]
    [InlineData(IngestState.Idle)]
    [InlineData(IngestState.Starting)]
    [InlineData(IngestState.Paused)]
    public void A_camera_that_starts_or_was_paused_may_not_record_but_is_no_alarm(IngestState state)
    {
        Look(Start(), Samples.Camera("cam0", state));
        IReadOnlyList<RigEvent> heard = Heard();
        Assert.Equal("signal", heard.OfType<HealthChanged>().Single().Gates.Single().Gate);
        Assert.Empty(heard.OfType<AlarmRaised>());
    }

    [Fact]
    public void The_estimate_of_minutes_takes_the_bitrate_of_all_cameras()
    {
        Look(Start(), Streaming("cam0", 8_000_000), Streaming("cam1", 50_000_000));
        Assert.Equal(58_000_000, Volatile.Read(ref _bitsPerSecond));
    }

    [Fact]
    public void A_disk_that_takes_its_time_delays_no_answer()
    {
        IActorRef health = Start();
        Look(health);
        _answers.Reset();
        _machine = Full();
        Advance(2);
        ReplyCameras();
        Advance(2);
        Assert.Empty(Answer<GatesAnswer>(health, new GetGates(null)).Readings);
        Assert.False(_cameras.HasMessages);
        _answers.Set();
        Assert.Equal("disk", Hear<AlarmRaised>().Alarm);
    }

    [Fact]
    public void What_is_asked_before_the_first_look_is_answered_after_it()
    {
        _machine = Full();
        _answers.Reset();
        IActorRef health = Start();
        TestProbe asker = CreateTestProbe();
        health.Tell(new GetGates(null), asker.Ref);
        health.Tell(GetHealth.Instance, asker.Ref);
        Settle(health);
        Assert.False(asker.HasMessages);
        ReplyCameras();
        _answers.Set();
        Assert.Equal("disk", asker.ExpectMsg<GatesAnswer>().Readings.Single().Gate);
        Assert.Equal("disk", asker.ExpectMsg<HealthAnswer>().Gates.Single().Gate);
    }

    [Fact]
    public void A_planned_length_that_does_not_fit_is_warned_of()
    {
        IActorRef health = Start();
        Look(health);
        Assert.Equal(GateLevel.Warn, Assert.Single(Answer<GatesAnswer>(health, new GetGates(700)).Readings).Level);
        Assert.Empty(Answer<GatesAnswer>(health, new GetGates(500)).Readings);
    }

    private IActorRef Start()
    {
        NodeSettings settings = new()
        {
            NodeId = "CAM_L",
            Version = "0.1.0",
            RecordingsFolder = "recordings",
            StateFolder = "state",
        };
        return ActorOf(HealthActor.Props(new HealthSetup("CAM_L", new LiveSettings(settings), _cameras.Ref, Probe, Time)), "health");

        MachineReadings Probe(long bitsPerSecond)
        {
            Volatile.Write(ref _bitsPerSecond, bitsPerSecond);
            return _answers.Wait(TimeSpan.FromSeconds(30)) ? _machine : throw new TimeoutException("The test did not let the probe go on.");
        }
    }

    private void ReplyCameras(params CameraStatus[] cameras)
    {
        _cameras.ExpectMsg<GetCameras>();
        _cameras.Reply((IReadOnlyList<CameraStatus>)cameras);
    }

    /// <summary>Plays one look at cameras and machine to its end.</summary>
    private void Look(IActorRef health, params CameraStatus[] cameras)
    {
        ReplyCameras(cameras);
        // The actor looks again only when it has taken in what it saw: the next look tells that this one is over.
        AwaitAssert(() =>
        {
            Advance(2);
            Settle(health);
            Assert.True(_cameras.HasMessages);
        });
    }

    private void Next(IActorRef health) => Look(health);

    private static MachineReadings Full()
    {
        MachineReadings healthy = Samples.Machine();
        return healthy with { Disk = healthy.Disk with { FreePercent = 5 } };
    }

    private static CameraStatus Streaming(string id, long bitrate)
    {
        CameraStatus camera = Samples.Camera(id);
        return camera with { Ingest = camera.Ingest with { Bitrate = bitrate } };
    }
}
