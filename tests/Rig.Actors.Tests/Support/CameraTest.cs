using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Flows;
using Rig.Actors.Manifests;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.Streams.Log;

namespace Rig.Actors.Tests.Support;

/// <summary>Cameras with their real actors, logs and manifests; sources and recordings do what the test says.</summary>
public abstract class CameraTest : ActorTest
{
    private readonly TemporaryFolder _folder = new();

    protected CameraTest() => Manifests = new ManifestStore(_folder.Path, TimeProvider.System, _ => { }, (_, _) => { });

    protected ManifestStore Manifests { get; }

    private protected FakeSource Source { get; } = new();

    private protected FakeRecorder Recorder { get; } = new();

    protected Manifest Manifest => Manifests.Find("DEMO", "cam0")!;

    protected override void AfterAll()
    {
        base.AfterAll();
        Manifests.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        _folder.Dispose();
    }

    private protected Props CameraProps(CameraSettings camera, FakeSource? source = null) =>
        CameraActor.Props(
            new CameraSetup(
                new NodeSettings
                {
                    NodeId = "CAM_L",
                    Version = "0.1.0",
                    RecordingsFolder = _folder.Path,
                    StateFolder = _folder.Path,
                },
                camera,
                camera.Source,
                _ => new GopLog(),
                (source ?? Source).Start,
                Recorder.Start,
                Manifests,
                Time,
                () => Samples.Machine().Clock
            )
        );

    protected IActorRef StartCamera() => ActorOf(CameraProps(Settings("cam0")), "cam0");

    protected static CameraSettings Settings(string id) => new() { Id = id, Source = "fake:" };

    /// <summary>An order for a session that begins now, unless said otherwise.</summary>
    protected RecordingOrder Order(double startIn = 0, string session = "DEMO", bool resumed = false, DateTimeOffset? joined = null)
    {
        DateTimeOffset start = Now.AddSeconds(startIn);
        return new RecordingOrder
        {
            SessionId = session,
            Camera = "cam0",
            Start = joined ?? start,
            Session = new DesiredSession
            {
                SessionId = session,
                Revision = 1,
                State = DesiredState.Recording,
                Start = start,
                Cameras = [new DesiredCamera("cam0", start)],
            },
            Cursor = new RecordingCursor(),
            Resumed = resumed,
        };
    }

    /// <summary>Asks a camera to record; the probe gets the outcome.</summary>
    protected TestProbe Begin(IActorRef camera, RecordingOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        TestProbe asker = CreateTestProbe();
        camera.Tell(new StartRecording(order.Camera, order), asker.Ref);
        return asker;
    }

    protected TestProbe End(IActorRef camera, string session = "DEMO")
    {
        TestProbe asker = CreateTestProbe();
        camera.Tell(new StopRecording("cam0", session, Now), asker.Ref);
        return asker;
    }

    /// <summary>The status, once the camera and its children have processed all that came before.</summary>
    protected CameraStatus Status(IActorRef camera) => Answer<CameraStatus>(camera, GetStatus.Instance);

    private protected static RecorderStatus Recording(double? sinceDurable) =>
        new()
        {
            State = RecorderState.Recording,
            SecondsSinceDurable = sinceDurable,
            Frames = 50,
            DurableBytes = 1000,
            Segments = 1,
        };
}
