using Akka.Actor;
using Akka.Event;
using Akka.Pattern;
using Rig.Actors.Cameras;
using Rig.Actors.Clock;
using Rig.Actors.Cluster;
using Rig.Actors.Coordination;
using Rig.Actors.Flows;
using Rig.Actors.Health;
using Rig.Actors.Housekeeping;
using Rig.Actors.Manifests;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Recordings;
using Rig.Streams.Files;
using Rig.Streams.Log;
using Rig.Streams.Recording;
using Rig.Streams.Sources;

namespace Rig.Actors;

/// <summary>The control plane of a node: its actor system with the tree of actors, and the services that they share.</summary>
public sealed class RigSystem : IAsyncDisposable
{
    /// <summary>A little longer than the cameras take at the most.</summary>
    private static readonly TimeSpan SuspendTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A farewell is one write; a rig that is away does not hold up the end of the program.</summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(3);

    /// <summary>A rig that is there answers within milliseconds.</summary>
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(1);

    private readonly BackgroundHasher _hasher = new();
    private readonly DiskThreads _disk = new();
    private readonly ClockBoard _clock = new();
    private readonly IAsyncDisposable? _journal;
    private int _disposed;
    private readonly SourceRegistry _sources = BuiltInSources.Registry();

    private RigSystem(
        ActorSystem system,
        IAsyncDisposable? journal,
        LiveSettings settings,
        ManifestStore manifests,
        Catalogue catalogue,
        ICluster cluster
    )
    {
        System = system;
        Rig = cluster;
        _journal = journal;
        Settings = settings;
        Manifests = manifests;
        Catalogue = catalogue;
    }

    public ActorSystem System { get; }
    public LiveSettings Settings { get; }
    public ManifestStore Manifests { get; }
    public Catalogue Catalogue { get; }

    /// <summary>The newest pictures of this node's cameras, for whatever shows them. The media plane's side of this system.</summary>
    public CameraLogs Logs { get; } = new();

    /// <summary>The other nodes. Not joined before <see cref="JoinAsync"/>.</summary>
    public ICluster Rig { get; }
    public IActorRef Cameras { get; private set; } = ActorRefs.Nobody;
    public IActorRef Session { get; private set; } = ActorRefs.Nobody;
    public IActorRef Clock { get; private set; } = ActorRefs.Nobody;
    public IActorRef Health { get; private set; } = ActorRefs.Nobody;
    public IActorRef Housekeeper { get; private set; } = ActorRefs.Nobody;

    /// <summary>The manager of the coordinator: knows whether it lives here.</summary>
    public IActorRef Coordinator { get; private set; } = ActorRefs.Nobody;

    /// <summary>Takes <see cref="ForCoordinator"/> to wherever the coordinator lives.</summary>
    public IActorRef Commands { get; private set; } = ActorRefs.Nobody;
    public IActorRef Cluster { get; private set; } = ActorRefs.Nobody;

    /// <summary>The tree of actors at this moment.</summary>
    public ActorNode Hierarchy() => KernelFactory.Hierarchy(System);

    /// <summary>Starts everything; cameras begin to run and a session that was cut off goes on, whether there is a rig or not.</summary>
    /// <param name="cluster">Not started yet; this system disposes of it.</param>
    /// <param name="time">The node's time; a <see cref="Streams.Clocks.SteadyTime"/> where steps of the system's clock must not reach recordings.</param>
    /// <exception cref="IOException">The folders cannot be written.</exception>
    public static RigSystem Start(NodeSettings settings, ClusterSettings clusterSettings, ICluster cluster, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(clusterSettings);
        Directory.CreateDirectory(settings.RecordingsFolder);
        Directory.CreateDirectory(settings.StateFolder);
        (ActorSystem system, IAsyncDisposable? journal) = KernelFactory.Create(Path.Combine(settings.StateFolder, "journal.db"));
        Catalogue catalogue = new(Path.Combine(settings.StateFolder, "catalogue.db"));
        catalogue.Rebuild(settings.RecordingsFolder);
        ManifestStore manifests = new(
            settings.RecordingsFolder,
            time,
            catalogue.Put,
            (path, error) => system.Log.Error(error, "The manifest {0} could not be read or written.", path)
        );
        RigSystem rig = new(system, journal, new LiveSettings(settings), manifests, catalogue, cluster);
        IReadOnlyList<OpenSegment> leftOpen = LeftOpen.Find(settings.RecordingsFolder, catalogue.All());
        LogBudget budget = new(settings.Log.NodeBytes);
        rig.Cameras = system.ActorOf(
            CameraSupervisor.Props(settings.NodeId, settings.Cameras, camera => rig.CameraProps(camera, budget, time), time),
            "cameras"
        );
        ClockSetup clock = new()
        {
            NodeId = settings.NodeId,
            Board = rig._clock,
            Time = time,
            Interval = settings.Clock.Interval,
            Cluster = cluster,
        };
        rig.Clock = rig.Guarded(ClockActor.Props(clock.WithChrony(settings.Clock.Chronyd)), "clock");
        MachineProbe probe = new(settings.RecordingsFolder);
        rig.Health = rig.Guarded(
            HealthActor.Props(new HealthSetup(settings.NodeId, rig.Settings, rig.Cameras, probe.Read, time, rig.Clock)),
            "health"
        );
        rig.Session = rig.Guarded(
            SessionActor.Props(
                new SessionSetup(settings.NodeId, rig.Settings, rig.Cameras, rig.Health, cluster, time, clusterSettings.IsAlone)
            ),
            "session"
        );
        rig.StartCluster(clusterSettings, time);
        rig.Housekeeper = rig.Guarded(
            HousekeeperActor.Props(
                new HousekeeperSetup(
                    rig.Settings,
                    leftOpen,
                    SegmentRepairFlow.Repair,
                    rig._hasher.HashAsync,
                    manifests,
                    catalogue,
                    rig.Session,
                    rig.Health,
                    time
                )
            ),
            "housekeeper"
        );
        return rig;
    }

    private void StartCluster(ClusterSettings settings, TimeProvider time)
    {
        CoordinationSettings limits = CoordinationSettings.From(Settings.Current.Recording) with
        {
            PrepareTimeout = settings.PrepareTimeout,
        };
        Coordinator = Guarded(CoordinatorManager.Props(new CoordinatorSetup(Rig, limits, time, settings.IsAlone)), "coordinator");
        Commands = Guarded(CoordinatorProxy.Props(Rig, time), "commands");
        Cluster = Guarded(
            ClusterActor.Props(new ClusterSetup(settings.RigId, settings.Engine, Rig, Session, Coordinator, Settings, time)),
            "cluster"
        );
    }

    /// <summary>
    /// Joins the rig, once everything that answers its messages is in place. A rig that does not answer soon is joined when it does; the node does not wait
    /// for it.
    /// </summary>
    public async Task JoinAsync(TimeProvider time)
    {
        using CancellationTokenSource enough = new();
        await Task.WhenAny(JoinInTimeAsync(), Task.Delay(JoinPatience, time, enough.Token));
        await enough.CancelAsync();
    }

    private async Task JoinInTimeAsync()
    {
        try
        {
            await Rig.StartAsync(CancellationToken.None);
        }
        catch (Exception failed) when (failed is ClusterAwayException or IOException)
        {
            System.Log.Error(failed, "The rig could not be joined: this node works alone until it is started again.");
        }
    }

    /// <summary>Stops the actors, then what they used. A session that runs is not stopped: it goes on at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await LeaveRigAsync();
        await SuspendAsync();
        await System.Terminate();
        await Rig.DisposeAsync();
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
        }

        _hasher.Dispose();
        _disk.Dispose();
        await Manifests.DisposeAsync();
        Catalogue.Dispose();
    }

    /// <summary>Says goodbye to the rig, so that the others need not wait for a lease to run out. Cameras and recordings go on. Never throws.</summary>
    public async Task LeaveRigAsync()
    {
        using CancellationTokenSource limit = new(FarewellTimeout);
        try
        {
            await Rig.LeaveAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            System.Log.Warning("The rig could not be told of the farewell in time.");
        }
    }

    private async Task SuspendAsync()
    {
        try
        {
            // First the session: what its cameras say while they are closed for the program's end is not their session's end.
            await Session.GracefulStop(SuspendTimeout);
            await Cameras.Ask<Suspended>(SuspendRecordings.Instance, SuspendTimeout);
        }
        catch (Exception late) when (late is AskTimeoutException or TaskCanceledException)
        {
            System.Log.Warning("A recording could not be closed in time; its file is repaired at the next start.");
        }
    }

    /// <summary>Node-level actors come back after a failure with growing delays; recording is not touched by theirs.</summary>
    private IActorRef Guarded(Props child, string name) =>
        System.ActorOf(
            BackoffSupervisor.Props(
                Backoff.OnFailure(
                    child,
                    name,
                    TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromSeconds(30),
                    randomFactor: 0.2,
                    maxNrOfRetries: -1
                )
            ),
            name
        );

    private Props CameraProps(CameraSettings camera, LogBudget budget, TimeProvider time)
    {
        return CameraActor.Props(
            new CameraSetup(
                Settings.Current,
                camera,
                SourceSecrets.Mask(camera.Source),
                OpenLog,
                SourceIngestFlow.Starter(Settings, _sources, time),
                SegmentRecordingFlow.Starter(Settings, _disk, time),
                Manifests,
                time,
                () => _clock.Newest
            )
        );

        GopLog OpenLog(CameraSettings opened)
        {
            GopLog log = SourceIngestFlow.OpenLog(Settings.Current.Log, budget);
            Logs.Put(opened.Id, log);
            return log;
        }
    }
}
