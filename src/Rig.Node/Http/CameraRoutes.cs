using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Node.Control;

namespace Rig.Node.Http;

/// <summary>Status of the node and its cameras; pause and resume.</summary>
public static class CameraRoutes
{
    public static void MapCameras(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1").WithTags("cameras");
        group
            .MapGet("/status", (NodeControl control, CancellationToken cancel) => control.GetStatusAsync(cancel))
            .WithSummary("This node: cameras, disk, battery, temperature, clock, warnings, session.")
            .Produces<NodeStatus>();
        group
            .MapGet("/cameras", (NodeControl control, CancellationToken cancel) => control.GetCamerasAsync(cancel))
            .WithSummary("All cameras.")
            .Produces<IReadOnlyList<CameraStatus>>();
        group
            .MapGet("/cameras/{id}", (string id, NodeControl control, CancellationToken cancel) => One(id, control.GetCameraAsync, cancel))
            .WithSummary("One camera.")
            .Produces<CameraStatus>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
        group
            .MapPost(
                "/cameras/{id}/pause",
                (string id, NodeControl control, CancellationToken cancel) => One(id, control.PauseAsync, cancel)
            )
            .WithSummary("Ends the camera's source until it is resumed.")
            .Produces<CameraStatus>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
        group
            .MapPost(
                "/cameras/{id}/resume",
                (string id, NodeControl control, CancellationToken cancel) => One(id, control.ResumeAsync, cancel)
            )
            .WithSummary("Starts a paused or failed camera.")
            .Produces<CameraStatus>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
    }

    private static async Task<IResult> One(
        string camera,
        Func<string, CancellationToken, Task<CameraStatus?>> ask,
        CancellationToken cancel
    ) => await ask(camera, cancel) is { } status ? Results.Ok(status) : ProblemResults.UnknownCamera(camera).ToResult();
}
