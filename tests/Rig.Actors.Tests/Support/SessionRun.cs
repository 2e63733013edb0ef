using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Health;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Cluster.Embedded;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Support;

/// <summary>
/// One life of a node's session actor on a journal, with the rig away, between cameras and health that the test plays. Disposing of it is the end of the
/// process: nothing is stopped, and the next run on the same journal finds what was written.
/// </summary>
internal sealed class SessionRun : ActorTest
{
    private readonly IAsyncDisposable? _journal;

    /// <summary>Never started: the rig is away.</summary>
    private readonly EmbeddedCluster _cluster;

    public SessionRun(TemporaryFolder folder, TimeSpan? away = null, RecordingSettings? recording = null)
        : this(KernelFactory.Create(folder["journal.db"], VirtualTime), folder, away, recording) { }

    private SessionRun(
        (ActorSystem System, IAsyncDisposable? Journal) kernel,
        TemporaryFolder folder,
        TimeSpan? away,
        RecordingSettings? recording
    )
        : base(kernel.System)
    {
        _journal = kernel.Journal;
        Advance(away ?? TimeSpan.Zero);
        Cameras = CreateTestProbe();
        Health = CreateTestProbe();
        NodeSettings settings = new()
        {
            NodeId = "CAM_L",
            Version = "0.1.0",
            RecordingsFolder = folder.Path,
            StateFolder = folder.Path,
            Cameras = [.. new[] { "cam0", "cam1" }.Select(id => new CameraSettings { Id = id, Source = "fake:" })],
            Recording = recording ?? new RecordingSettings { StartTimeout = Patience, StopTimeout = Patience },
        };
        _cluster = new EmbeddedCluster(
            new EmbeddedOptions
            {
                Self = Samples.Member("CAM_L", ["cam0", "cam1"]),
                File = folder[$"shared-{Guid.NewGuid():N}.db"],
                Time = Time,
            }
        );
        Session = ActorOf(
            SessionActor.Props(new SessionSetup("CAM_L", new LiveSettings(settings), Cameras.Ref, Health.Ref, _cluster, Time)),
            "session"
        );
    }

    /// <summary>Longer than any test takes.</summary>
    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    public TestProbe Cameras { get; }

    public TestProbe Health { get; }

    public IActorRef Session { get; }

    public DateTimeOffset Clock => Now;

    public CurrentSession Current => Answer<CurrentSession>(Session, GetSession.Instance);

    public void Pass(TimeSpan time) => Advance(time);

    public IReadOnlyList<RigEvent> News() => Heard();

    public void AwaitFinished() =>
        Events.FishForMessage(static message => message is SessionChanged { Session.State: SessionState.Finished });

    /// <summary>Returns when the journal was read and all that was sent before is processed.</summary>
    public void Settled() => _ = Current;

    /// <summary>Sends a command; the probe gets the answer.</summary>
    public TestProbe Ask(object command)
    {
        TestProbe asker = CreateTestProbe();
        Session.Tell(command, asker.Ref);
        return asker;
    }

    /// <summary>Plays cameras and machine for a start's preparation: all healthy unless said otherwise.</summary>
    public void Prepare(IReadOnlyList<CameraStatus>? cameras = null, params GateReading[] gates)
    {
        Cameras.ExpectMsg<GetCameras>();
        Cameras.Reply(cameras ?? [Samples.Camera("cam0"), Samples.Camera("cam1")]);
        Health.ExpectMsg<GetGates>();
        Health.Reply(new GatesAnswer(gates));
    }

    /// <summary>Takes the next command to a camera and answers it.</summary>
    public T Obey<T>(Func<T, string> camera, CameraResult result)
    {
        T command = Cameras.ExpectMsg<T>();
        Cameras.Reply(new CameraOutcome { Camera = camera(command), Result = result });
        return command;
    }

    public StartRecording ObeyStart() => Obey<StartRecording>(start => start.Camera, CameraResult.Recording);

    public StopRecording ObeyStop() => Obey<StopRecording>(stop => stop.Camera, CameraResult.Stopped);

    /// <summary>A session of two cameras that runs.</summary>
    public SessionOutcome Begin(StartSession? request = null)
    {
        TestProbe asker = Ask(request ?? new StartSession { SessionId = "DEMO" });
        Prepare();
        ObeyStart();
        ObeyStart();
        return asker.ExpectMsg<SessionOutcome>();
    }

    /// <summary>The orders that a new life gives to both cameras for a session found in the journal.</summary>
    public IReadOnlyList<StartRecording> Resumed() => [ObeyStart(), ObeyStart()];

    protected override void AfterAll()
    {
        base.AfterAll();
        _cluster.DisposeAsync().AsTask().Wait(Patience);
        _journal?.DisposeAsync().AsTask().Wait(Patience);
    }
}
