using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Cluster;
using Rig.Actors.Coordination;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Cluster;
using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Rigs;

/// <summary>
/// A rig of several nodes, each with its own actor system and journal and the real actors of session, coordinator, proxy and cluster, on one simulated cluster. Cameras are
/// played. Time passes only while the test waits for something.
/// </summary>
internal sealed class RigRun : IDisposable
{
    /// <summary>Small against every time limit of the rig, so that actors' own threads keep up.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly TemporaryFolder _folder = new();

    public RigRun(params string[] nodes)
    {
        foreach (string node in nodes)
        {
            Start(node);
        }

        Until("a coordinator is active", () => Nodes.Values.Any(node => node.IsCoordinating));
        Until("every node reaches every other", () => Nodes.Values.All(node => node.Reaches == nodes.Length));
    }

    public InMemoryRig Rig { get; } = new(seed: 1);

    public SortedDictionary<string, NodeRun> Nodes { get; } = new(StringComparer.Ordinal);

    public NodeRun this[string node] => Nodes[node];

    public string Leader => Nodes.Values.Single(node => node.IsCoordinating).Id;

    public DateTimeOffset Now => Rig.Time.GetUtcNow();

    /// <summary>Starts a node, again if it was killed: it finds its journal.</summary>
    public NodeRun Start(string id)
    {
        NodeRun node = new(id, Rig, _folder);
        Nodes[id] = node;
        Rig.Time.After(TimeSpan.Zero, () => _ = node.Cluster.StartAsync(CancellationToken.None));
        return node;
    }

    /// <summary>Without a word, as a power cut would.</summary>
    public void Kill(string id)
    {
        Rig.Kill(id);
        Nodes.Remove(id, out NodeRun? node);
        node!.Dispose();
    }

    public void Cut(string id)
    {
        Rig.CutFromEngine(id);
        Rig.CutFromNodes(id);
    }

    public void Pass(TimeSpan time)
    {
        DateTimeOffset until = Now + time;
        Until($"{time} have passed", () => Now >= until);
    }

    /// <summary>Lets time pass until a condition holds.</summary>
    public void Until(string what, Func<bool> condition, double seconds = 60)
    {
        DateTimeOffset limit = Now.AddSeconds(seconds);
        while (!condition())
        {
            Assert.True(Now < limit, $"Not within {seconds} s of the rig's time: {what}.");
            Advance();
        }
    }

    /// <summary>Lets time pass until there is an answer.</summary>
    public T Answer<T>(Task<object> asked)
    {
        Until("there is an answer", () => asked.IsCompleted);
        return Assert.IsType<T>(asked.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        foreach (NodeRun node in Nodes.Values)
        {
            node.Dispose();
        }

        _folder.Dispose();
    }

    private void Advance()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Rig.Time.Advance(Step);
            foreach (NodeRun node in Nodes.Values)
            {
                node.Advance(Step);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}

/// <summary>A node of the rig.</summary>
internal sealed class NodeRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system;
    private readonly IAsyncDisposable? _journal;
    private readonly IActorRef _manager;
    private readonly IActorRef _commands;

    public NodeRun(string id, InMemoryRig rig, TemporaryFolder folder)
    {
        Id = id;
        Log = new CameraLog(id, ["cam0", "cam1"]);
        Cluster = new PostedCluster(rig.Create(id, ["cam0", "cam1"]), rig.Time);
        (_system, _journal) = KernelFactory.Create(folder[$"{id}.db"], ActorTest.VirtualTime);
        NodeSettings settings = new()
        {
            NodeId = id,
            Version = "0.1.0",
            RecordingsFolder = folder[$"{id}-recordings"],
            StateFolder = folder.Path,
            Cameras = [.. new[] { "cam0", "cam1" }.Select(camera => new CameraSettings { Id = camera, Source = "fake:" })],
        };
        LiveSettings live = new(settings);
        CoordinationSettings limits = CoordinationSettings.From(settings.Recording);
        IActorRef cameras = _system.ActorOf(Props.Create(() => new PlayedCameras(Log)), "cameras");
        Session = _system.ActorOf(SessionActor.Props(new SessionSetup(id, live, cameras, cameras, Cluster, rig.Time)), "session");
        _manager = _system.ActorOf(CoordinatorManager.Props(new CoordinatorSetup(Cluster, limits, rig.Time)), "coordinator");
        _commands = _system.ActorOf(CoordinatorProxy.Props(Cluster, rig.Time), "commands");
        View = _system.ActorOf(
            ClusterActor.Props(new ClusterSetup("rig", "memory", Cluster, Session, _manager, live, rig.Time)),
            "cluster"
        );
    }

    public string Id { get; }
    public CameraLog Log { get; }
    public PostedCluster Cluster { get; }
    public IActorRef Session { get; }
    public IActorRef View { get; }

    public bool IsCoordinating => Wait<CoordinatorState>(_manager, GetCoordinatorState.Instance) == CoordinatorState.Active;

    /// <summary>Members that are up and can be reached, itself too.</summary>
    public int Reaches => Cluster.Members.Current.Count(view => view is { State: MemberState.Up, Reachable: true });

    public SessionStatus? Current => Wait<CurrentSession>(Session, GetSession.Instance).Session;

    /// <summary>A command to the rig, as an operator gives it on this node.</summary>
    public async Task<object> Ask(RemoteMessage command) =>
        await _commands.Ask<RemoteMessage>(new ForCoordinator(command, TimeSpan.FromSeconds(15)), Patience) switch
        {
            OutcomeAnswer(var outcome) => outcome,
            MarkAnswer(var mark) => mark,
            ProblemAnswer(var problem) => problem,
            var other => other,
        };

    public Task<object> Start(StartSession request) => Ask(new StartCommand(request));

    public Task<object> Stop(StopSession? request = null) => Ask(new StopCommand(request ?? new StopSession()));

    /// <summary>A wish for this node's cameras alone.</summary>
    public Task<object> Local(object request) => Session.Ask<object>(request, Patience);

    /// <summary>Whether all its cameras record a session.</summary>
    public bool Records(string session) => Log.Session("cam0") == session && Log.Session("cam1") == session;

    public bool IsIdle => Log.Session("cam0") is null && Log.Session("cam1") is null;

    public void Advance(TimeSpan step)
    {
        ((TestScheduler)_system.Scheduler).Advance(step);
        foreach (IActorRef actor in (IActorRef[])[_commands, _manager, Session, View])
        {
            _ = Wait<ActorIdentity>(actor, new Identify(0));
        }
    }

    public void Dispose()
    {
        _system.Terminate().Wait(Patience);
        _journal?.DisposeAsync().AsTask().Wait(Patience);
    }

    private static T Wait<T>(IActorRef actor, object question) => actor.Ask<T>(question, Patience).GetAwaiter().GetResult();
}
