using Akka.Actor;
using Akka.Event;
using Rig.Actors.Cluster;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Sessions;

// What the session hears of the rig beside the coordinator's own messages: the shared state, and whether there is a coordinator to report to.
public sealed partial class SessionActor
{
    private static readonly TimeSpan WatchRetry = TimeSpan.FromSeconds(1);

    /// <summary>The coordinator answers a report when it is written; the shared state's own limit lies below this.</summary>
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(10);

    private IDisposable? _membership;
    private DocumentWatch? _watch;
    private ICancelable? _watchAgain;
    private string? _leader;
    private bool _listed;
    private bool _reachable;

    private void FollowTheRig()
    {
        Command<DocumentsListed>(OnListed);
        Command<DocumentWritten>(written => Step(new DocumentSeen(written.Document.Session)));
        Command<WatchEnded>(OnWatchEnded);
        Command<WatchAgain>(_ => Watch());
        Command<LeaderChanged>(changed =>
        {
            // A new coordinator has its own idea of what it was told.
            (_leader, _reachable) = (changed.NodeId, _reachable && changed.NodeId == _leader);
            TellReachable();
        });
        Command<EngineChanged>(OnEngine);
        Command<ClusterEvent>(_ => { });
        Command<ReportEnded>(ended => Step(ended));
    }

    private void BeginFollowing()
    {
        IActorRef self = Self;
        _membership = _setup.Cluster.Members.Subscribe(change => self.Tell(change, ActorRefs.NoSender));
        _leader = _setup.Cluster.Leadership.Current.NodeId;
        Watch();
    }

    private void StopFollowing()
    {
        _membership?.Dispose();
        _watch?.Dispose();
        _watchAgain?.Cancel();
    }

    private void Watch()
    {
        _watchAgain?.Cancel();
        _watch?.Dispose();
        _watch = DocumentWatch.Begin(_setup.Cluster.State, Self);
    }

    private void OnListed(DocumentsListed listed)
    {
        Step(new DocumentsSeen([.. listed.Documents.Select(Aged).Select(document => document.Session)]));
        _listed = true;
        TellReachable();
    }

    private SharedDocument Aged(SharedDocument document) =>
        _setup.Alone ? SharedDocuments.Aged(document, _setup.Cluster.Self.Since, _setup.Settings.Current.Recording.ResumeWithin) : document;

    private void OnWatchEnded(WatchEnded ended)
    {
        _log.Info("The shared state is not watched: {0}", ended.Reason);
        _listed = false;
        TellReachable();
        _watchAgain?.Cancel();
        _watchAgain = Context.System.Scheduler.ScheduleTellOnceCancelable(WatchRetry, Self, WatchAgain.Instance, Self);
    }

    private void OnEngine(EngineChanged engine)
    {
        if (engine.Reachable && !_listed)
        {
            Watch();
        }
        else if (!engine.Reachable)
        {
            _listed = false;
            TellReachable();
        }
    }

    private void TellReachable()
    {
        bool reachable = _listed && _leader is not null;
        if (reachable != _reachable)
        {
            _reachable = reachable;
            Step(new RigReachable(reachable));
        }
    }

    private void Send(ReportWishes report)
    {
        string sessionId = report.Session?.SessionId ?? "";
        if (_leader is not { } leader)
        {
            Self.Tell(new ReportEnded(sessionId, Taken: false));
            return;
        }

        _setup
            .Cluster.Remote.AskAsync(leader, SharedKeys.CoordinatorPath, report, ReportTimeout, CancellationToken.None)
            .PipeTo(
                Self,
                success: answer => new ReportEnded(sessionId, answer is Done),
                failure: _ => new ReportEnded(sessionId, Taken: false)
            );
    }

    private sealed record WatchAgain
    {
        public static readonly WatchAgain Instance = new();
    }
}
