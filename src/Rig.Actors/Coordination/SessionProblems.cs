using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Refusals of session commands, each with what to do about it.</summary>
public static class SessionProblems
{
    public static Problem SessionRunning(DesiredSession current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return new Problem
        {
            Status = 409,
            Code = ProblemCodes.SessionRunning,
            Title = "A session is running",
            Detail = $"Session {current.SessionId} has been recording since {current.Start:O}.",
            Remedy = "Stop it first.",
        };
    }

    public static Problem SessionExists(string sessionId) =>
        new()
        {
            Status = 409,
            Code = ProblemCodes.SessionExists,
            Title = "The session exists",
            Detail = $"There are recordings of a session {sessionId} already.",
            Remedy = "Choose another id, or leave it out.",
        };

    public static Problem NoSession(string? sessionId) =>
        new()
        {
            Status = 409,
            Code = ProblemCodes.NoSession,
            Title = "No such session is running",
            Detail = sessionId is null ? "Nothing is being recorded." : $"Session {sessionId} is not running.",
            Remedy = "Look at the status for what runs.",
        };

    public static Problem Invalid(string detail, string remedy) =>
        new()
        {
            Status = 400,
            Code = ProblemCodes.InvalidRequest,
            Title = "The request cannot be carried out",
            Detail = detail,
            Remedy = remedy,
        };

    /// <param name="camera">As it was asked for; null when there are no cameras at all.</param>
    public static Problem UnknownCamera(string? camera, IReadOnlyList<string> known) =>
        new()
        {
            Status = 404,
            Code = ProblemCodes.UnknownCamera,
            Title = "No such camera",
            Detail = camera is null ? "There are no cameras." : $"There is no camera '{camera}'.",
            Remedy = known.Count == 0 ? "Configure a camera." : $"Choose from {string.Join(", ", known.Take(20))}.",
        };

    /// <param name="missing">The cameras that may not or cannot record.</param>
    public static Problem GatesFailed(IReadOnlyList<CameraOutcome> missing, bool requireAll)
    {
        ArgumentNullException.ThrowIfNull(missing);
        IEnumerable<string> remedies = missing.SelectMany(outcome => outcome.Gates ?? []).Select(gate => gate.Remedy);
        if (missing.Any(outcome => outcome.Result is CameraResult.Unreachable or CameraResult.Timeout))
        {
            remedies = remedies.Append("Check power and network of the nodes that do not answer.");
        }

        return new Problem
        {
            Status = 412,
            Code = ProblemCodes.GatesFailed,
            Title = requireAll ? "Not every camera may record" : "No camera may record",
            Detail = string.Join("; ", missing.Select(outcome => $"{outcome.Camera}: {outcome.Reason}")),
            Remedy = string.Join(" ", remedies.Distinct()),
            Gates = [.. missing.SelectMany(outcome => outcome.Gates ?? []).Distinct()],
        };
    }

    public static Problem ClusterAway(string reason) =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.ClusterAway,
            Title = "The rig's shared state is away",
            Detail = reason,
            Remedy = "Start and stop each node locally (`--local`), or wait until a lighthouse is back.",
        };

    public static Problem CoordinatorChanged(string reason) =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.NoCoordinator,
            Title = "The coordinator changes",
            Detail = reason,
            Remedy = "Try again; the same request twice has one effect.",
        };

    public static Problem Busy() =>
        new()
        {
            Status = 503,
            Code = ProblemCodes.NoCoordinator,
            Title = "The coordinator is busy",
            Detail = "Too many commands wait already.",
            Remedy = "Try again in a few seconds.",
        };
}
