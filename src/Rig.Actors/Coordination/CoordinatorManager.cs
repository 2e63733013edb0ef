using Akka.Actor;
using Rig.Actors.Settings;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;

namespace Rig.Actors.Coordination;

/// <summary>What coordinator and manager work with.</summary>
/// <param name="Alone">There is no rig beside this node.</param>
public sealed record CoordinatorSetup(ICluster Cluster, CoordinationSettings Settings, TimeProvider Time, bool Alone = false);

/// <summary>To the manager: answers with <see cref="CoordinatorState"/> of this node.</summary>
public sealed record GetCoordinatorState
{
    public static readonly GetCoordinatorState Instance = new();
}

/// <summary>
/// Keeps the coordinator alive exactly while this node leads, and passes on to it what other nodes and this one ask. Without leadership it
/// says so, and whoever asked looks for the coordinator elsewhere.
/// </summary>
public sealed class CoordinatorManager : ReceiveActor
{
    private readonly CoordinatorSetup _setup;
    private IDisposable? _candidacy;
    private IActorRef? _coordinator;
    private FencingToken? _token;
    private int _generation;

    public CoordinatorManager(CoordinatorSetup setup)
    {
        _setup = setup;
        Receive<LeadershipGained>(gained => Begin(gained.Token));
        Receive<LeadershipLost>(lost => End(lost.Token));
        Receive<Terminated>(gone => OnGone(gone.ActorRef));
        Receive<GetCoordinatorState>(OnGetState);
        Receive<FromNode>(OnCommand);
    }

    public static Props Props(CoordinatorSetup setup) => Akka.Actor.Props.Create(() => new CoordinatorManager(setup));

    /// <summary>A coordinator that fails takes over again from the documents; one that keeps failing leaves the rig to another node.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 3, withinTimeRange: TimeSpan.FromMinutes(1), localOnlyDecider: _ => Directive.Restart);

    protected override void PreStart()
    {
        IActorRef self = Self;
        _candidacy = _setup.Cluster.Leadership.Stand(news => self.Tell(news, ActorRefs.NoSender));
    }

    protected override void PostStop() => _candidacy?.Dispose();

    private void Begin(FencingToken token)
    {
        End(_token);
        _token = token;
        _coordinator = Context.ActorOf(CoordinatorActor.Props(_setup, token), $"leading-{++_generation}");
        Context.Watch(_coordinator);
    }

    private void End(FencingToken? token)
    {
        if (_coordinator is { } coordinator && token == _token)
        {
            _coordinator = null;
            _token = null;
            Context.Unwatch(coordinator);
            Context.Stop(coordinator);
        }
    }

    /// <summary>It stepped down by itself, or failed again and again.</summary>
    private void OnGone(IActorRef gone)
    {
        if (gone.Equals(_coordinator))
        {
            _coordinator = null;
            _token = null;
            _setup.Cluster.Leadership.ResignAsync(CancellationToken.None).PipeTo(ActorRefs.Nobody);
        }
    }

    private void OnGetState(GetCoordinatorState get)
    {
        if (_coordinator is { } coordinator)
        {
            coordinator.Forward(get);
        }
        else
        {
            Sender.Tell(CoordinatorState.Standby);
        }
    }

    private void OnCommand(FromNode command)
    {
        if (_coordinator is { } coordinator)
        {
            coordinator.Forward(command);
        }
        else
        {
            Sender.Tell(new ProblemAnswer(NotHere(_setup.Cluster.Self.NodeId)));
        }
    }

    internal static Problem NotHere(string nodeId) =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.NoCoordinator,
            Title = "There is no coordinator at the moment",
            Detail = $"{nodeId} does not coordinate the rig.",
            Remedy = "Try again in a few seconds, or start this node's cameras alone: rig start --local.",
        };
}
