using Akka.Actor;
using Akka.Event;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Cluster;

/// <summary>
/// This node's view of its rig: who is here, who coordinates, whether the shared state can be used, which session is wanted, and what the others
/// last said of themselves. Tells the node's event stream of changes, and lets other nodes' messages in to session and coordinator.
/// </summary>
public sealed class ClusterActor : ReceiveActor
{
    private static readonly TimeSpan WatchRetry = TimeSpan.FromSeconds(1);

    private readonly ClusterSetup _setup;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, MemberView> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeStatusAnswer> _heard = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedDocument> _documents = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _subscriptions = [];
    private LeaderChanged _leader = new(null, null);
    private EngineChanged _engine = new(Reachable: false, "The node has not joined yet.");
    private DocumentWatch? _watch;
    private ICancelable? _watchAgain;

    public ClusterActor(ClusterSetup setup)
    {
        _setup = setup;
        Receive<MemberChanged>(OnMember);
        Receive<LeaderChanged>(OnLeader);
        Receive<EngineChanged>(OnEngine);
        Receive<DocumentsListed>(OnListed);
        Receive<DocumentWritten>(written => Keep(written.Document));
        Receive<WatchEnded>(OnWatchEnded);
        Receive<WatchAgain>(_ => Watch());
        Receive<GetCluster>(_ => Sender.Tell(new ClusterNow(Status(null), Members())));
        Receive<GetRig>(OnGetRig);
        Receive<NodeHeard>(heard => _heard[heard.Node] = heard.Answer);
    }

    public static Props Props(ClusterSetup setup) => Akka.Actor.Props.Create(() => new ClusterActor(setup));

    protected override void PreStart()
    {
        IActorRef self = Self;
        IRemote remote = _setup.Cluster.Remote;
        _subscriptions.Add(remote.Handle(SharedKeys.SessionPath, (from, cancel) => Gateway.ToSession(_setup.Session, from, cancel)));
        _subscriptions.Add(
            remote.Handle(SharedKeys.CoordinatorPath, (from, cancel) => Gateway.ToCoordinator(_setup.Coordinator, from, cancel))
        );
        _subscriptions.Add(_setup.Cluster.Members.Subscribe(change => self.Tell(change, ActorRefs.NoSender)));
        Watch();
    }

    protected override void PostStop()
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        _watch?.Dispose();
        _watchAgain?.Cancel();
    }

    private void OnMember(MemberChanged changed)
    {
        MemberView view = changed.Member;
        string node = view.Member.NodeId;
        MemberView? before = _members.GetValueOrDefault(node);
        _members[node] = view;
        if (
            before is null
            || before.State != view.State
            || before.Reachable != view.Reachable
            || before.Member.Incarnation != view.Member.Incarnation
        )
        {
            Publish(new ClusterMemberChanged(node, view.State, view.Reachable) { Time = Now(), Node = NodeId });
        }
    }

    private void OnLeader(LeaderChanged changed)
    {
        if (changed != _leader)
        {
            _leader = changed;
            Publish(new ClusterLeaderChanged(changed.NodeId, changed.Token?.Value) { Time = Now(), Node = NodeId });
        }
    }

    private void OnEngine(EngineChanged changed)
    {
        bool news = changed.Reachable != _engine.Reachable;
        _engine = changed;
        if (!news)
        {
            return;
        }

        Publish(new ClusterEngineChanged(changed.Reachable, changed.Reason) { Time = Now(), Node = NodeId });
        if (changed.Reachable)
        {
            Watch();
        }
    }

    private void Watch()
    {
        _watchAgain?.Cancel();
        _watch?.Dispose();
        _watch = DocumentWatch.Begin(_setup.Cluster.State, Self);
    }

    private void OnListed(DocumentsListed listed)
    {
        _documents.Clear();
        foreach (SharedDocument document in listed.Documents)
        {
            Keep(document);
        }
    }

    private void Keep(SharedDocument document) => _documents[document.Session.SessionId] = document;

    private void OnWatchEnded(WatchEnded ended)
    {
        _log.Debug("The shared state is not watched: {0}", ended.Reason);
        _watchAgain?.Cancel();
        _watchAgain = Context.System.Scheduler.ScheduleTellOnceCancelable(WatchRetry, Self, WatchAgain.Instance, Self);
    }

    private void OnGetRig(GetRig get)
    {
        IActorRef self = Self;
        RigPicture picture = new(
            _setup.RigId,
            NodeId,
            Status(null),
            Members(),
            new Dictionary<string, NodeStatusAnswer>(_heard, StringComparer.Ordinal),
            [.. _documents.Values.Select(document => document.Session)],
            _setup.Settings.Current.Gates.ClockWarnMs
        );
        picture
            .AskAsync(
                _setup.Cluster.Remote,
                get.Limit,
                (node, answer) => self.Tell(new NodeHeard(node, answer), ActorRefs.NoSender),
                _setup.Time
            )
            .PipeTo(Sender, Self);
    }

    private ClusterStatus Status(CoordinatorState? state) =>
        new()
        {
            Engine = _setup.Engine,
            Reachable = _engine.Reachable,
            Reason = _engine.Reason,
            Coordinator = _leader.NodeId,
            CoordinatorState = state,
            Token = _leader.Token?.Value,
        };

    private List<MemberView> Members() => [.. _members.Values.OrderBy(view => view.Member.NodeId, StringComparer.Ordinal)];

    private string NodeId => _setup.Cluster.Self.NodeId;

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private static void Publish(RigEvent news) => Context.System.EventStream.Publish(news);

    private sealed record NodeHeard(string Node, NodeStatusAnswer Answer);

    private sealed record WatchAgain
    {
        public static readonly WatchAgain Instance = new();
    }
}
