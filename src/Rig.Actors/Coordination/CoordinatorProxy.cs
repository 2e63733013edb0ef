using Akka.Actor;
using Akka.Event;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;

namespace Rig.Actors.Coordination;

/// <summary>To the proxy: a command for the coordinator, wherever that is. Answered like the coordinator does, or by <see cref="ProblemAnswer"/>.</summary>
/// <param name="Limit">How long the coordinator may take once it has the command.</param>
public sealed record ForCoordinator(RemoteMessage Command, TimeSpan Limit);

/// <summary>
/// Brings this node's commands to the coordinator. While there is none they wait a little; when it changes in the middle a command is sent once
/// more, with the same request id, so that it has one effect. When the rig's shared state is away it says so at once: then only local commands help.
/// </summary>
public sealed class CoordinatorProxy : ReceiveActor
{
    /// <summary>An election takes at most a lease (5 s) and a few seconds more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Between two attempts at a coordinator that is known and does not take commands yet.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Commands that wait at once: an operator presses a few times, a broken script thousands of times.</summary>
    private const int MostWaiting = 200;

    /// <summary>Times that a command is given to a coordinator that may have carried it out.</summary>
    private const int MostSends = 2;

    private readonly ICluster _cluster;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<long, Pending> _pending = [];
    private IDisposable? _membership;
    private LeaderChanged _leader = new(null, null);
    private EngineChanged? _engine;
    private ICancelable? _timer;
    private long _last;

    public CoordinatorProxy(ICluster cluster, TimeProvider time)
    {
        _cluster = cluster;
        _time = time;
        Receive<ForCoordinator>(OnCommand);
        Receive<Answered>(OnAnswered);
        Receive<NotTaken>(OnNotTaken);
        Receive<LeaderChanged>(OnLeader);
        Receive<EngineChanged>(OnEngine);
        Receive<ClusterEvent>(_ => { });
        Receive<Tick>(_ => OnTick());
    }

    public static Props Props(ICluster cluster, TimeProvider time) => Akka.Actor.Props.Create(() => new CoordinatorProxy(cluster, time));

    protected override void PreStart()
    {
        IActorRef self = Self;
        _leader = _cluster.Leadership.Current;
        _membership = _cluster.Members.Subscribe(change => self.Tell(change, ActorRefs.NoSender));
    }

    protected override void PostStop()
    {
        _membership?.Dispose();
        _timer?.Cancel();
    }

    private void OnCommand(ForCoordinator command)
    {
        if (_pending.Count >= MostWaiting)
        {
            Sender.Tell(new ProblemAnswer(NoCoordinator("Too many commands wait already.")));
            return;
        }

        Pending pending = new(++_last, command, Sender, Now() + Patience);
        _pending.Add(pending.Id, pending);
        Try(pending);
    }

    private void Try(Pending pending)
    {
        if (_engine is { Reachable: false } away)
        {
            Answer(pending, new ProblemAnswer(Away(away.Reason)));
        }
        else if (_leader is { NodeId: { } node, Token: { } token })
        {
            Send(pending, node, token);
        }
        else
        {
            Watch();
        }
    }

    private void Send(Pending pending, string node, FencingToken token)
    {
        pending.SentTo = token;
        pending.Sends++;
        long id = pending.Id;
        _cluster
            .Remote.AskAsync(node, SharedKeys.CoordinatorPath, pending.Command.Command, pending.Command.Limit, CancellationToken.None)
            .PipeTo(Self, success: answer => new Answered(id, token, answer), failure: error => new NotTaken(id, token, error));
    }

    private void OnAnswered(Answered answered)
    {
        if (!_pending.TryGetValue(answered.Id, out Pending? pending))
        {
            return;
        }

        if (answered.Answer is ProblemAnswer { Problem: { Code: ProblemCodes.NoCoordinator } problem })
        {
            // Not a coordinator (yet, or any more): it has done nothing that counts.
            pending.Sends--;
            Later(pending, answered.Token, problem);
        }
        else
        {
            Answer(pending, answered.Answer);
        }
    }

    private void OnNotTaken(NotTaken failed)
    {
        if (!_pending.TryGetValue(failed.Id, out Pending? pending))
        {
            return;
        }

        _log.Info("A command did not reach the coordinator: {0}", failed.Error.Message);
        if (failed.Error is UnreachableException)
        {
            pending.Sends--;
            Later(pending, failed.Token, NoCoordinator(failed.Error.Message));
        }
        else if (pending.SentTo == failed.Token)
        {
            // No answer, or a fault: perhaps it was carried out. The same request again is harmless, but only a new coordinator would know better.
            Later(pending, failed.Token, TimedOut(failed.Error.Message));
        }
    }

    /// <summary>Sent again at the next tick, or at once when there is a new coordinator.</summary>
    private void Later(Pending pending, FencingToken token, Problem problem)
    {
        if (pending.SentTo != token)
        {
            return;
        }

        pending.SentTo = null;
        pending.Problem = problem;
        if (pending.Sends >= MostSends || (problem.Code == ProblemCodes.TimedOut && _leader.Token == token))
        {
            Answer(pending, new ProblemAnswer(problem));
        }
        else
        {
            Watch();
        }
    }

    private void OnLeader(LeaderChanged changed)
    {
        bool another = changed.Token != _leader.Token;
        _leader = changed;
        foreach (Pending pending in _pending.Values.ToList())
        {
            if (pending.SentTo is null || (another && changed.NodeId is not null && pending.Sends < MostSends))
            {
                Try(pending);
            }
        }
    }

    private void OnEngine(EngineChanged changed)
    {
        _engine = changed;
        foreach (Pending pending in _pending.Values.Where(pending => pending.SentTo is null).ToList())
        {
            Try(pending);
        }
    }

    private void OnTick()
    {
        _timer = null;
        foreach (Pending pending in _pending.Values.Where(pending => pending.SentTo is null).ToList())
        {
            if (Now() >= pending.Until)
            {
                Answer(pending, new ProblemAnswer(pending.Problem ?? NoCoordinator("Nobody coordinates the rig at the moment.")));
            }
            else
            {
                Try(pending);
            }
        }
    }

    /// <summary>As long as a command waits, it is looked after.</summary>
    private void Watch() => _timer ??= Context.System.Scheduler.ScheduleTellOnceCancelable(RetryInterval, Self, Tick.Instance, Self);

    private void Answer(Pending pending, RemoteMessage answer)
    {
        _pending.Remove(pending.Id);
        pending.Asker.Tell(answer);
    }

    private Problem NoCoordinator(string detail) => CoordinatorManager.NotHere(_cluster.Self.NodeId) with { Detail = detail };

    private static Problem TimedOut(string detail) =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.TimedOut,
            Title = "The coordinator does not answer in time",
            Detail = detail,
            Remedy = "Look at the rig's status before trying again: it may have been carried out.",
        };

    private static Problem Away(string? reason) =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.ClusterAway,
            Title = "The rig is away",
            Detail = reason ?? "The rig's shared state cannot be reached from this node.",
            Remedy =
                "Recordings go on. This node's cameras alone can be started and stopped: rig start --local, rig stop --local; the rig catches up when it is back.",
        };

    private DateTimeOffset Now() => _time.GetUtcNow();

    /// <summary>A command on its way. <see cref="SentTo"/> is null while it waits for a coordinator.</summary>
    private sealed class Pending(long id, ForCoordinator command, IActorRef asker, DateTimeOffset until)
    {
        public long Id => id;
        public ForCoordinator Command => command;
        public IActorRef Asker => asker;
        public DateTimeOffset Until => until;
        public FencingToken? SentTo { get; set; }
        public int Sends { get; set; }
        public Problem? Problem { get; set; }
    }

    private sealed record Answered(long Id, FencingToken Token, RemoteMessage Answer);

    private sealed record NotTaken(long Id, FencingToken Token, Exception Error);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
