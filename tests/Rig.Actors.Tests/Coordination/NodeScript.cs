using System.Globalization;
using System.Text;
using Rig.Actors.Coordination;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Coordination;

/// <summary>Drives the reconciliation of node L by hand and writes down, as text, what came in and what it wants done. Instants are seconds from noon.</summary>
internal sealed class NodeScript
{
    private static readonly DateTimeOffset Noon = Samples.Noon;
    private readonly StringBuilder _text = new();
    private readonly Dictionary<long, string> _orders = [];

    public NodeReconciliation Machine { get; } = new("L", new CoordinationSettings());
    public double Seconds { get; set; }
    public DateTimeOffset Now => Noon.AddSeconds(Seconds);

    public override string ToString() => _text.ToString().TrimEnd();

    /// <summary>Node L with these cameras and this journal.</summary>
    public static NodeScript Of(string[] cameras, params DesiredSession[] journal)
    {
        NodeScript script = new();
        script.Give(
            $"recovers {string.Join(' ', journal.Select(session => session.SessionId))}".TrimEnd(),
            new NodeRecovered(journal, cameras)
        );
        return script;
    }

    public void Apply(long asker, DesiredSession session) =>
        Give($"{asker} applies {CoordinatorScript.Text(session)}", new ApplyAsked(asker, session));

    public void Seen(DesiredSession session) => Give($"sees {CoordinatorScript.Text(session)}", new DocumentSeen(session));

    public void Listed(params DesiredSession[] sessions) =>
        Give($"lists {string.Join(", ", sessions.Select(CoordinatorScript.Text))}".TrimEnd(), new DocumentsSeen(sessions));

    /// <summary>Every camera has done what it was told.</summary>
    public void Did()
    {
        foreach ((long order, string what) in _orders.ToArray())
        {
            _orders.Remove(order);
            CameraResult result = what.StartsWith("start", StringComparison.Ordinal) ? CameraResult.Recording : CameraResult.Stopped;
            Give($"did {what}", new CameraDid(order, new CameraOutcome { Camera = "", Result = result }));
        }
    }

    public void Give(string what, NodeInput input)
    {
        _text.AppendLine(CultureInfo.InvariantCulture, $"{CoordinatorScript.At(Now)} {what}");
        foreach (NodeEffect effect in Machine.Handle(input, Now))
        {
            switch (effect)
            {
                case StartCamera start:
                    _orders.Add(start.Order, $"start {start.Camera}");
                    break;
                case StopCamera stop:
                    _orders.Add(stop.Order, $"stop {stop.Camera}");
                    break;
            }

            _text.AppendLine("    " + Text(effect));
        }
    }

    private static string Text(NodeEffect effect) =>
        effect switch
        {
            JournalSession journal => $"journal {CoordinatorScript.Text(journal.Session)}",
            StartCamera start =>
                $"start {start.Camera} in {start.Session.SessionId} from {CoordinatorScript.At(start.Start)}{(start.Resumed ? " resumed" : "")}",
            StopCamera stop => $"stop {stop.Camera} in {stop.SessionId} at {CoordinatorScript.At(stop.End)}",
            MarkCamera mark => $"mark {mark.Camera} in {mark.SessionId}: {mark.Mark.Name}",
            AnswerNodeAsker { Answer: AppliedSession applied } answer =>
                $"answer {answer.Asker}: {Outcomes(applied.Outcomes)}{(applied.Own is { } own ? $" but {CoordinatorScript.Text(own)}" : "")}",
            AnswerNodeAsker { Answer: OutcomeAnswer outcome } answer =>
                $"answer {answer.Asker}: {outcome.Outcome.SessionId} {outcome.Outcome.State.ToString().ToLowerInvariant()} {Outcomes(outcome.Outcome.Cameras)}",
            AnswerNodeAsker { Answer: ProblemAnswer problem } answer =>
                $"answer {answer.Asker}: {problem.Problem.Status} {problem.Problem.Code}",
            AnswerNodeAsker answer => $"answer {answer.Asker}: {answer.Answer.GetType().Name}",
            SendReport report => $"report {CoordinatorScript.Text(report.Report.Session!)}",
            WakeNodeAt wake => $"wake at {CoordinatorScript.At(wake.At)}",
            _ => throw new InvalidOperationException(effect.ToString()),
        };

    private static string Outcomes(IEnumerable<CameraOutcome> outcomes) =>
        string.Join(' ', outcomes.Select(outcome => $"{outcome.Camera}={outcome.Result.ToString().ToLowerInvariant()}"));
}
