using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>
/// What comes of the nodes' answers to <see cref="PrepareSession"/>: the cameras of the session to be written, or the reason why nothing starts. A camera whose
/// node did not answer is in the session all the same: the node learns of it when it can, and its log may still reach back to T0. Pure.
/// </summary>
/// <param name="Cameras">Chosen ones; refused ones carry their outcome and do not record.</param>
/// <param name="Overridden">Gates that were passed over by force.</param>
internal sealed record StartPlan(IReadOnlyList<DesiredCamera> Cameras, IReadOnlyList<GateReading> Overridden, Problem? Problem)
{
    /// <param name="chosen">Cameras by node, ids without it.</param>
    /// <param name="answers">Of the nodes that answered.</param>
    /// <param name="silent">Outcome for the cameras of nodes that did not.</param>
    public static StartPlan Make(
        StartSession request,
        DateTimeOffset start,
        IEnumerable<CameraId> chosen,
        IReadOnlyDictionary<string, PreparedNode> answers,
        Func<CameraId, CameraOutcome> silent
    )
    {
        List<DesiredCamera> cameras = [];
        List<GateReading> overridden = [];
        List<CameraOutcome> missing = [];
        int hopeful = 0;
        foreach (CameraId id in chosen)
        {
            DesiredCamera entry = new(id.ToString(), start);
            if (!answers.TryGetValue(id.Node, out PreparedNode? answer))
            {
                CameraOutcome outcome = silent(id);
                missing.Add(outcome);
                hopeful += outcome.Result == CameraResult.Timeout ? 1 : 0;
                cameras.Add(entry);
                continue;
            }

            PreparedCamera? camera = answer.Cameras.FirstOrDefault(prepared => prepared.Camera == id.Camera);
            IReadOnlyList<GateReading> blocking = [.. (camera?.Blocking ?? []).Select(gate => gate with { Camera = entry.Camera })];
            if (camera is { Known: true } && (blocking.Count == 0 || request.Force))
            {
                hopeful++;
                cameras.Add(entry);
                overridden.AddRange(blocking);
                continue;
            }

            CameraOutcome refused = Refused(entry.Camera, camera is { Known: true } ? blocking : null);
            missing.Add(refused);
            cameras.Add(entry with { Outcome = refused });
        }

        bool fails = hopeful == 0 || (request.RequireAll && missing.Count > 0);
        return new StartPlan(cameras, overridden, fails ? SessionProblems.GatesFailed(missing, request.RequireAll) : null);
    }

    public DesiredSession Document(StartSession request, string id, DateTimeOffset start, DateTimeOffset wished) =>
        new()
        {
            SessionId = id,
            Revision = 1,
            State = DesiredState.Recording,
            Start = start,
            End = request.DurationSeconds is { } seconds ? start.AddSeconds(seconds) : null,
            AllCameras = request.Cameras is not { Count: > 0 },
            Cameras = Cameras,
            Metadata = request.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal),
            GateOverrides = [.. Overridden.Distinct()],
            RequestId = request.RequestId,
            RequestedAt = wished,
        };

    private static CameraOutcome Refused(string camera, IReadOnlyList<GateReading>? gates) =>
        new()
        {
            Camera = camera,
            Result = CameraResult.Refused,
            Reason = gates is null ? "The node has no such camera." : string.Join("; ", gates.Select(gate => $"{gate.Gate}: {gate.Value}")),
            Gates = gates,
        };
}
