using Rig.Actors.Coordination;
using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Simulation.Tests;

// The session of the node, its cameras and its links.
internal sealed partial class SimNode
{
    private readonly Dictionary<string, DesiredSession> _journal = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dark = [];
    private readonly Dictionary<string, string> _recording = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Action<RemoteMessage>> _nodeAskers = [];
    private readonly Dictionary<long, (string To, Action<bool, string> Silent)> _asks = [];
    private NodeReconciliation _session = new(id, new CoordinationSettings());
    private IDisposable? _sessionTimer;
    private long _lastNumber;

    /// <summary>Session by camera (with the node) that writes bytes now.</summary>
    public IReadOnlyDictionary<string, string> Recording => _recording;
    public NodeReconciliation Reconciliation => _session;

    private void BootSession()
    {
        _session = new NodeReconciliation(Id, new CoordinationSettings());
        _nodeAskers.Clear();
        _asks.Clear();
        _dark.RemoveWhere(_ => true);
        if (world.Random.Next(10) == 0)
        {
            _dark.Add(_cameras[0]);
        }

        Session(new NodeRecovered([.. _journal.Values], _cameras));
    }

    private void CrashSession() => _recording.Clear();

    private void Session(NodeInput input)
    {
        IReadOnlyList<NodeEffect> effects = _session.Handle(input, world.Now);
        foreach (NodeEffect effect in effects)
        {
            Do(effect, effects);
        }
    }

    private void Do(NodeEffect effect, IReadOnlyList<NodeEffect> all)
    {
        switch (effect)
        {
            case JournalSession journal:
                _journal[journal.Session.SessionId] = journal.Session;
                break;
            case StartCamera start:
                string? wrong = world.Wishes.Started(start.Session.SessionId, $"{Id}/{start.Camera}", start.Start, world.Now);
                world.Check(wrong is null, wrong ?? "");
                world.Trace($"{Id}/{start.Camera} starts {start.Session.SessionId}{(start.Resumed ? " again" : "")}");
                world.Meets(start.Resumed ? "resumed camera" : "started camera");
                _files.Add(start.Session.SessionId);
                _recording[$"{Id}/{start.Camera}"] = start.Session.SessionId;
                Did(start.Order, start.Camera, CameraResult.Recording, TimeSpan.Zero);
                break;
            case StopCamera stop:
                StopOne(stop, all);
                break;
            case AnswerNodeAsker answer:
                world.Check(_nodeAskers.Remove(answer.Asker, out Action<RemoteMessage>? asker), $"{Id} answers {answer.Asker} twice.");
                asker!(answer.Answer);
                break;
            case SendReport report:
                world.Meets("report");
                string session = report.Report.Session!.SessionId;
                Ask(
                    _candidacy.Leader.NodeId ?? Id,
                    report.Report,
                    TimeSpan.FromSeconds(3),
                    answer => Session(new ReportEnded(session, answer is Done)),
                    (_, _) => Session(new ReportEnded(session, Taken: false))
                );
                break;
            case WakeNodeAt wake:
                _sessionTimer?.Dispose();
                _sessionTimer = Later(wake.At - world.Now, () => Session(new NodeWoke()));
                break;
        }
    }

    private void StopOne(StopCamera stop, IReadOnlyList<NodeEffect> all)
    {
        string camera = $"{Id}/{stop.Camera}";
        bool moves = all.Any(other => other is StartCamera start && start.Camera == stop.Camera);
        world.Trace($"{camera} stops {stop.SessionId}{(moves ? " for another" : "")}");
        world.Meets(moves ? "camera moved to a later session" : "stopped camera");
        world.Check(
            moves || world.Wishes.MayStop(stop.SessionId, camera, world.Now),
            $"{camera} stops in {stop.SessionId}, and nobody asked for that."
        );
        TimeSpan wait = stop.End - world.Now;
        Later(
            wait,
            () =>
            {
                if (_recording.GetValueOrDefault(camera) == stop.SessionId)
                {
                    _recording.Remove(camera);
                }
            }
        );
        Did(stop.Order, stop.Camera, CameraResult.Stopped, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private void Did(long order, string camera, CameraResult result, TimeSpan wait) =>
        Later(
            wait + TimeSpan.FromMilliseconds(world.Random.Next(1, 60)),
            () =>
                Session(
                    new CameraDid(
                        order,
                        new CameraOutcome
                        {
                            Camera = camera,
                            Result = result,
                            OffsetMs = 0,
                        }
                    )
                )
        );

    /// <summary>A message from another node, or from this one.</summary>
    private void Receive(string from, RemoteMessage message, Action<RemoteMessage> answer)
    {
        switch (message)
        {
            case PrepareSession prepare:
                answer(Prepare(prepare));
                break;
            case ApplySession apply:
                _nodeAskers.Add(++_lastNumber, answer);
                Session(new ApplyAsked(_lastNumber, apply.Session));
                break;
            default:
                Command(from, message, answer);
                break;
        }
    }

    private PreparedNode Prepare(PrepareSession prepare) =>
        new(
            Id,
            [.. (prepare.Cameras ?? _cameras).Select(camera => new PreparedCamera(camera, _cameras.Contains(camera), Blocking(camera)))],
            SessionExists: _files.Contains(prepare.SessionId)
        );

    private GateReading[] Blocking(string camera) =>
        _dark.Contains(camera)
            ?
            [
                new GateReading
                {
                    Gate = "signal",
                    Camera = camera,
                    Level = GateLevel.Block,
                    Value = "no signal",
                    Limit = "streaming",
                    Remedy = "Check cable and power of the camera.",
                },
            ]
            : [];

    private void Ask(string to, RemoteMessage message, TimeSpan timeout, Action<RemoteMessage> answered, Action<bool, string> silent)
    {
        long number = ++_lastNumber;
        int life = Life;
        SimNode? target = world.Find(to);
        _asks.Add(number, (to, silent));
        if (target is not { IsAlive: true } || (to != Id && world.Network.IsCut(Id, to)))
        {
            Later(TimeSpan.FromMilliseconds(1), () => Finish(() => silent(true, $"{to} cannot be reached.")));
            return;
        }

        Later(timeout, () => Finish(() => silent(false, $"No answer within {timeout.TotalSeconds:0.#} s.")));
        int targetLife = target.Life;
        world.Network.Send(Id, to, ordered: false, () => target.InLife(targetLife, () => target.Receive(Id, message, Reply)));

        void Reply(RemoteMessage answer) =>
            world.Network.Send(to, Id, ordered: false, () => InLife(life, () => Finish(() => answered(answer))));

        void Finish(Action end)
        {
            if (_asks.Remove(number))
            {
                end();
            }
        }
    }

    /// <summary>The link to a node broke: who waits for its answer is told.</summary>
    private void Lost(string other)
    {
        if (!IsAlive)
        {
            return;
        }

        foreach ((long number, (_, Action<bool, string> silent)) in _asks.Where(ask => ask.Value.To == other).ToArray())
        {
            Later(
                TimeSpan.FromMilliseconds(1),
                () =>
                {
                    if (_asks.Remove(number))
                    {
                        silent(true, $"The link to {other} broke.");
                    }
                }
            );
        }
    }
}
