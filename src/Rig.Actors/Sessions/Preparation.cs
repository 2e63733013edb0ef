using Rig.Actors.Health;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Sessions;

/// <summary>What a node says before a start: may its cameras record, and how far back do their logs reach? Pure.</summary>
internal static class Preparation
{
    /// <param name="node">Gates that concern the whole node.</param>
    /// <param name="sessionExists">There are recordings under this session's name already.</param>
    public static PreparedNode Of(
        string nodeId,
        PrepareSession prepare,
        IReadOnlyList<CameraStatus> cameras,
        GatesAnswer node,
        bool sessionExists
    ) =>
        new(
            nodeId,
            prepare.Cameras is { } chosen
                ?
                [
                    .. chosen
                        .Distinct(StringComparer.Ordinal)
                        .Select(id => One(id, cameras.FirstOrDefault(camera => camera.Id == id), node)),
                ]
                : [.. cameras.Select(camera => One(camera.Id, camera, node))],
            node.Clock?.OffsetMs,
            node.Clock?.UncertaintyMs,
            sessionExists
        );

    private static PreparedCamera One(string id, CameraStatus? camera, GatesAnswer node) =>
        camera is null
            ? new PreparedCamera(id, Known: false, [])
            : new PreparedCamera(
                id,
                Known: true,
                [.. node.Readings.Concat(Gates.OfCamera(camera)).Where(gate => gate.Level == GateLevel.Block)],
                camera.Log.Oldest
            );
}
