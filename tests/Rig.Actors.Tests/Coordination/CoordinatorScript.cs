using System.Globalization;
using System.Text;
using Rig.Actors.Coordination;
using Rig.Actors.Tests.Support;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Coordination;

/// <summary>Drives a coordinator by hand and writes down, as text, what came in and what it wants done. Instants are seconds from noon.</summary>
internal sealed class CoordinatorScript
{
    private static readonly DateTimeOffset Noon = Samples.Noon;
    private readonly CoordinatorMachine _machine = new(new CoordinationSettings());
    private readonly StringBuilder _text = new();
    private readonly Dictionary<long, (string Node, RemoteMessage Message)> _asks = [];
    private WriteDocument? _write;
    private long _revision = 100;

    public double Seconds { get; set; }
    public DateTimeOffset Now => Noon.AddSeconds(Seconds);
    public CoordinatorMachine Machine => _machine;

    public override string ToString() => _text.ToString().TrimEnd();

    public static MemberView Member(
        string node,
        string[] cameras,
        bool reachable = true,
        MemberState state = MemberState.Up,
        int incarnation = 1
    ) =>
        new(
            new Member
            {
                NodeId = node,
                LinkAddress = "",
                HttpAddress = "",
                Incarnation = new Guid(incarnation, 0, 0, new byte[8]),
                Version = "1",
                Cameras = cameras,
                Since = Noon,
            },
            state,
            reachable,
            Noon
        );

    /// <summary>A coordinator of nodes L and R with one camera each, that has taken over from these documents.</summary>
    public static CoordinatorScript Active(params DesiredSession[] documents)
    {
        CoordinatorScript script = new();
        script.Lead();
        script.Read(documents);
        return script;
    }

    public void Lead() => Give("leads with token 7", new BecameLeader(new FencingToken(7), [Member("L", ["cam0"]), Member("R", ["cam0"])]));

    public void Read(params DesiredSession[] documents) =>
        Give(
            $"reads {string.Join(' ', documents.Select(session => session.SessionId))}".TrimEnd(),
            new DocumentsRead([.. documents.Select(session => new SharedDocument(session, ++_revision))])
        );

    public void Members(params MemberView[] members) =>
        Give($"members {string.Join(' ', members.Select(member => member.Member.NodeId))}", new MembersNow(members));

    public void Ask(long asker, RemoteMessage command, string from = "L") =>
        Give($"{asker} asks {command.GetType().Name}", new Asked(asker, from, command));

    /// <summary>Every node that is being asked whether its cameras may record says so.</summary>
    public void AllPrepared() => Answer<PrepareSession>((node, prepare) => Ready(node, prepare.Cameras!));

    public static PreparedNode Ready(string node, IEnumerable<string> cameras) =>
        new(node, [.. cameras.Select(camera => new PreparedCamera(camera, true, []))]);

    public static PreparedNode Refused(string node, string camera) =>
        new(
            node,
            [
                new PreparedCamera(
                    camera,
                    true,
                    [
                        new GateReading
                        {
                            Gate = "signal",
                            Level = GateLevel.Block,
                            Value = "no signal",
                            Limit = "streaming",
                            Remedy = "Check the cable.",
                        },
                    ]
                ),
            ]
        );

    /// <summary>Every node that is being told a session has done what it asks for.</summary>
    public void AllApplied() =>
        Answer<ApplySession>(
            (node, apply) =>
                new AppliedSession(
                    node,
                    [
                        .. apply
                            .Session.Cameras.Where(camera => camera.Camera.StartsWith(node + "/", StringComparison.Ordinal))
                            .Select(camera => new CameraOutcome
                            {
                                Camera = camera.Camera,
                                Result =
                                    apply.Session.State == DesiredState.Recording && camera.End is null
                                        ? CameraResult.Recording
                                        : CameraResult.Stopped,
                            }),
                    ]
                )
        );

    public void Answer(string node, RemoteMessage answer)
    {
        long ask = _asks.First(open => open.Value.Node == node).Key;
        _asks.Remove(ask);
        Give($"{node} answers", new NodeAnswered(ask, answer));
    }

    public void Silent(string node, bool unreachable)
    {
        long ask = _asks.First(open => open.Value.Node == node).Key;
        _asks.Remove(ask);
        Give(
            $"{node} {(unreachable ? "is unreachable" : "is silent")}",
            new NodeSilent(ask, unreachable, unreachable ? "No link." : "No answer in time.")
        );
    }

    public void Written() => Result("written", new WriteResult.Written(++_revision));

    public void Result(string what, WriteResult result)
    {
        WriteDocument write = _write!;
        _write = null;
        Give(what, new WriteEnded(write.Write, result));
    }

    public void WriteUnknown()
    {
        WriteDocument write = _write!;
        _write = null;
        Give("the store is away", new WriteUnknown(write.Write, "no majority"));
    }

    public void Give(string what, CoordinatorInput input)
    {
        _text.AppendLine(CultureInfo.InvariantCulture, $"{At(Now)} {what}");
        foreach (CoordinatorEffect effect in _machine.Handle(input, Now))
        {
            switch (effect)
            {
                case AskNode ask:
                    _asks.Add(ask.Ask, (ask.Node, ask.Message));
                    break;
                case WriteDocument write:
                    _write = write;
                    break;
            }

            _text.AppendLine("    " + Text(effect));
        }
    }

    private void Answer<T>(Func<string, T, RemoteMessage> answer)
        where T : RemoteMessage
    {
        foreach ((long ask, (string node, RemoteMessage message)) in _asks.Where(open => open.Value.Message is T).ToArray())
        {
            _asks.Remove(ask);
            Give($"{node} answers", new NodeAnswered(ask, answer(node, (T)message)));
        }
    }

    private static string Text(CoordinatorEffect effect) =>
        effect switch
        {
            ReadDocuments => "read",
            AskNode { Message: PrepareSession prepare } ask =>
                $"ask {ask.Node}: may {string.Join(' ', prepare.Cameras!)} record {prepare.SessionId} from {At(prepare.Start)}, within {ask.Timeout.TotalSeconds:0.0} s",
            AskNode { Message: ApplySession apply } ask =>
                $"tell {ask.Node}: {Text(apply.Session)}, within {ask.Timeout.TotalSeconds:0.0} s",
            WriteDocument { Document: null } write => $"delete {write.Key} @{write.Guard.Expected} token {write.Guard.Leader}",
            WriteDocument write => $"write @{write.Guard.Expected} token {write.Guard.Leader}: {Text(write.Document!)}",
            AnswerAsker { Answer: OutcomeAnswer outcome } answer =>
                $"answer {answer.Asker}: {outcome.Outcome.SessionId} {Lower(outcome.Outcome.State)} {string.Join(' ', outcome.Outcome.Cameras.Select(Text))}",
            AnswerAsker { Answer: ProblemAnswer problem } answer =>
                $"answer {answer.Asker}: {problem.Problem.Status} {problem.Problem.Code}",
            AnswerAsker { Answer: MarkAnswer mark } answer => $"answer {answer.Asker}: mark {mark.Mark.Name} at {At(mark.Mark.At)}",
            AnswerAsker answer => $"answer {answer.Asker}: {answer.Answer.GetType().Name}",
            WakeAt wake => $"wake at {At(wake.At)}",
            StepDown down => $"step down: {down.Reason}",
            _ => throw new InvalidOperationException(effect.ToString()),
        };

    public static string Text(DesiredSession session) =>
        $"{session.SessionId} r{session.Revision} {Lower(session.State)} {At(session.Start)}..{(session.End is { } end ? At(end) : "")}"
        + $"{(session.AllCameras ? " all" : "")} [{string.Join(' ', session.Cameras.Select(Text))}]"
        + string.Concat(session.Marks.Select(mark => $" mark {mark.Name}"));

    private static string Text(DesiredCamera camera) =>
        camera.Camera
        + (camera.Outcome is { } outcome ? $"={Lower(outcome.Result)}" : "")
        + (camera.WishedAt is null ? "" : $" from {At(camera.Start)}")
        + (camera.End is { } end ? $" to {At(end)}" : "");

    private static string Text(CameraOutcome outcome) => $"{outcome.Camera}={Lower(outcome.Result)}";

    public static string At(DateTimeOffset instant) =>
        (instant - Noon).TotalSeconds.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
