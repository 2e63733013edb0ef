using Rig.Contracts.Access;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>Status of the node and its cameras; pause and resume.</summary>
public static class CameraRoutes
{
    public static void MapCameras(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1").WithTags("cameras").Needs(Role.Viewer);
        group
            .MapGet("/status", (NodeControl control, CancellationToken cancel) => control.GetStatusAsync(cancel))
            .WithSummary("This node: cameras, disk, battery, temperature, clock, warnings, session.")
            .Produces<NodeStatus>();
        group
            .MapGet("/cameras", (NodeControl control, CancellationToken cancel) => control.GetCamerasAsync(cancel))
            .WithSummary("All cameras.")
            .Produces<IReadOnlyList<CameraStatus>>();
        foreach (string path in (string[])["/cameras/{id}", "/cameras/{node}/{id}"])
        {
            MapCamera(group, path);
        }
    }

    private static void MapCamera(RouteGroupBuilder group, string path)
    {
        group.MapGet(path, One).WithSummary("One camera: `cam0` of this node, or `CAM_L/cam0` of any.").Describe();
        group
            .MapPost(
                path + "/pause",
                ([AsParameters] CameraPath camera, RigControl rig, CancellationToken cancel) => Act(camera, CameraAction.Pause, rig, cancel)
            )
            .Needs(Role.Operator)
            .WithSummary("Ends the camera's source until it is resumed.")
            .Describe();
        group
            .MapPost(
                path + "/resume",
                ([AsParameters] CameraPath camera, RigControl rig, CancellationToken cancel) =>
                    Act(camera, CameraAction.Resume, rig, cancel)
            )
            .Needs(Role.Operator)
            .WithSummary("Starts a paused or failed camera.")
            .Describe();
    }

    private static void Describe(this RouteHandlerBuilder route) =>
        route
            .Produces<CameraStatus>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status502BadGateway, ProblemResults.ContentType);

    private static async Task<IResult> One([AsParameters] CameraPath camera, RigControl rig, CancellationToken cancel) =>
        ClusterRoutes.Answer<CameraStatus>(await rig.GetCameraAsync(camera.Of(rig.NodeId), cancel));

    private static async Task<IResult> Act(CameraPath camera, CameraAction action, RigControl rig, CancellationToken cancel) =>
        ClusterRoutes.Answer<CameraStatus>(await rig.ActAsync(camera.Of(rig.NodeId), action, cancel));

    /// <summary>A camera in a path, with or without its node.</summary>
    private readonly record struct CameraPath(string Id, string? Node)
    {
        /// <summary>A slash that a client has escaped is one all the same.</summary>
        public CameraId Of(string home) =>
            Node is null && CameraId.TryParse(Uri.UnescapeDataString(Id), home, out CameraId id) ? id : new CameraId(Node ?? home, Id);
    }
}
