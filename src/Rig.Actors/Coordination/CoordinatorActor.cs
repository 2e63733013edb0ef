using Akka.Actor;
using Akka.Event;
using Rig.Actors.Cluster;
using Rig.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Coordination;

/// <summary>
/// Lives on the leading node only. What is done is decided by <see cref="CoordinatorMachine"/>; this actor brings it the commands, the answers of
/// nodes and of the shared state, and the time, and carries out what it wants. A new life of it reads everything anew.
/// </summary>
public sealed class CoordinatorActor : ReceiveActor
{
    private static readonly TimeSpan WatchRetry = TimeSpan.FromSeconds(1);

    private readonly CoordinatorSetup _setup;
    private readonly FencingToken _token;
    private readonly CoordinatorMachine _machine;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<long, IActorRef> _askers = [];
    private long _lastAsker;
    private IDisposable? _membership;
    private DocumentWatch? _watch;
    private ICancelable? _wake;
    private ICancelable? _watchAgain;
    private bool _initial = true;

    public CoordinatorActor(CoordinatorSetup setup, FencingToken token)
    {
        _setup = setup;
        _token = token;
        _machine = new CoordinatorMachine(setup.Settings);
        Receive<FromNode>(OnCommand);
        Receive<GetCoordinatorState>(_ => Sender.Tell(_machine.State));
        Receive<CoordinatorInput>(Step);
        Receive<ClusterEvent>(_ => OnMembers());
        Receive<DocumentsListed>(OnListed);
        Receive<DocumentWritten>(written => Step(new DocumentChanged(written.Document)));
        Receive<WatchEnded>(OnWatchEnded);
        Receive<WatchAgain>(_ => Watch());
    }

    public static Props Props(CoordinatorSetup setup, FencingToken token) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(setup, token));

    protected override void PreStart()
    {
        _log.Info("{0} coordinates the rig with token {1}.", _setup.Cluster.Self.NodeId, _token);
        Step(new BecameLeader(_token, _setup.Cluster.Members.Current));
        IActorRef self = Self;
        _membership = _setup.Cluster.Members.Subscribe(change => self.Tell(change, ActorRefs.NoSender));
        Watch();
    }

    protected override void PostStop()
    {
        _membership?.Dispose();
        _watch?.Dispose();
        _wake?.Cancel();
        _watchAgain?.Cancel();
        foreach (IActorRef asker in _askers.Values)
        {
            asker.Tell(new ProblemAnswer(CoordinatorManager.NotHere(_setup.Cluster.Self.NodeId)), ActorRefs.NoSender);
        }
    }

    private void OnCommand(FromNode command)
    {
        _askers.Add(++_lastAsker, Sender);
        Step(new Asked(_lastAsker, command.NodeId, command.Message));
    }

    private void OnMembers() => Step(new MembersNow(_setup.Cluster.Members.Current));

    /// <summary>The machine reads for itself when it takes over; a list after a break tells what the watch has missed.</summary>
    private void OnListed(DocumentsListed listed)
    {
        if (_initial)
        {
            _initial = false;
            return;
        }

        foreach (SharedDocument document in listed.Documents)
        {
            Step(new DocumentChanged(document));
        }
    }

    private void Watch()
    {
        _watch?.Dispose();
        _watch = DocumentWatch.Begin(_setup.Cluster.State, Self);
    }

    private void OnWatchEnded(WatchEnded ended)
    {
        _log.Info("The coordinator does not watch the shared state: {0}", ended.Reason);
        _watchAgain?.Cancel();
        _watchAgain = Context.System.Scheduler.ScheduleTellOnceCancelable(WatchRetry, Self, WatchAgain.Instance, Self);
    }

    private void Step(CoordinatorInput input)
    {
        foreach (CoordinatorEffect effect in _machine.Handle(input, Now()))
        {
            Do(effect);
        }
    }

    private void Do(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case ReadDocuments:
                ReadAsync().PipeTo(Self);
                break;
            case AskNode ask:
                AskAsync(ask).PipeTo(Self);
                break;
            case WriteDocument write:
                WriteAsync(write).PipeTo(Self);
                break;
            case AnswerAsker answer:
                if (_askers.Remove(answer.Asker, out IActorRef? asker))
                {
                    asker.Tell(answer.Answer);
                }

                break;
            case WakeAt wake:
                Wake(wake.At);
                break;
            case StepDown down:
                _log.Warning("{0} steps down: {1}", _setup.Cluster.Self.NodeId, down.Reason);
                Context.Stop(Self);
                break;
        }
    }

    private async Task<CoordinatorInput> ReadAsync()
    {
        try
        {
            StateSnapshot all = await _setup.Cluster.State.ListAsync(SharedKeys.Sessions, CancellationToken.None);
            return new DocumentsRead([.. all.Entries.Select(SharedDocuments.Read).OfType<SharedDocument>().Select(Aged)]);
        }
        catch (Exception away) when (away is ClusterAwayException or OperationCanceledException or ObjectDisposedException)
        {
            return new DocumentsNotRead(away.Message);
        }
    }

    private SharedDocument Aged(SharedDocument document) =>
        _setup.Alone ? SharedDocuments.Aged(document, _setup.Cluster.Self.Since, _setup.Settings.ResumeWithin) : document;

    private async Task<CoordinatorInput> AskAsync(AskNode ask)
    {
        try
        {
            RemoteMessage answer = await _setup.Cluster.Remote.AskAsync(
                ask.Node,
                SharedKeys.SessionPath,
                ask.Message,
                ask.Timeout,
                CancellationToken.None
            );
            return new NodeAnswered(ask.Ask, answer);
        }
        catch (UnreachableException unreachable)
        {
            return new NodeSilent(ask.Ask, Unreachable: true, unreachable.Message);
        }
        catch (Exception silent) when (silent is TimeoutException or RemoteFaultException or OperationCanceledException)
        {
            return new NodeSilent(ask.Ask, Unreachable: false, silent.Message);
        }
    }

    private async Task<CoordinatorInput> WriteAsync(WriteDocument write)
    {
        try
        {
            ReadOnlyMemory<byte>? bytes = write.Document is { } document ? SharedDocuments.Write(document) : null;
            return new WriteEnded(
                write.Write,
                await _setup.Cluster.State.WriteAsync(write.Key, bytes, write.Guard, CancellationToken.None)
            );
        }
        catch (Exception away) when (away is ClusterAwayException or OperationCanceledException or ObjectDisposedException)
        {
            return new WriteUnknown(write.Write, away.Message);
        }
    }

    private void Wake(DateTimeOffset at)
    {
        _wake?.Cancel();
        TimeSpan delay = at > Now() ? at - Now() : TimeSpan.Zero;
        _wake = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, new Woke(), Self);
    }

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private sealed record WatchAgain
    {
        public static readonly WatchAgain Instance = new();
    }
}
