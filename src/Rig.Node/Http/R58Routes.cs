using Rig.Contracts.Access;
using Rig.Contracts.Cameras;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>The routes of the R58 recorder, in its shapes, so that its pages and scripts go on working.</summary>
public static class R58Routes
{
    public static void MapR58(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").WithTags("r58").Needs(Role.Viewer);
        group.MapGet("/api/ingest/status", Ingest).WithSummary("All cameras, in the R58 recorder's shape.").Produces<IngestSummary>();
        group.MapGet("/api/preview/status", Preview).WithSummary("What the ingest says, camera by camera.").Produces<R58PreviewStatus>();
        group
            .MapPost("/record/start/{camera}", Start)
            .Needs(Role.Operator)
            .WithSummary("Records one camera: a session of its own, or joins the running one.")
            .Produces<R58RecordAnswer>()
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
        group
            .MapPost("/record/stop/{camera}", Stop)
            .Needs(Role.Operator)
            .WithSummary("Ends the recording of one camera; the last one ends the session.")
            .Produces<R58RecordAnswer>()
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
    }

    private static async Task<IngestSummary> Ingest(NodeControl control, RtspHost rtsp, HttpRequest request, CancellationToken cancel)
    {
        IReadOnlyList<CameraStatus> cameras = await control.GetCamerasAsync(cancel);
        return new IngestSummary(
            cameras.ToDictionary(
                camera => camera.Id,
                camera => Camera(camera, rtsp.AddressOf(camera.Id, request.Host.Host)),
                StringComparer.Ordinal
            ),
            new R58Counts(
                cameras.Count,
                Count(IngestState.Streaming),
                Count(IngestState.NoSignal),
                Count(IngestState.Error),
                cameras.Count(camera => camera.Ingest.State is IngestState.Idle or IngestState.Starting or IngestState.Paused)
            )
        );

        int Count(IngestState state) => cameras.Count(camera => camera.Ingest.State == state);
    }

    private static async Task<R58PreviewStatus> Preview(NodeControl control, CancellationToken cancel)
    {
        IReadOnlyList<CameraStatus> cameras = await control.GetCamerasAsync(cancel);
        return new R58PreviewStatus(cameras.ToDictionary(camera => camera.Id, State, StringComparer.Ordinal));
    }

    private static async Task<IResult> Start(string camera, NodeControl control, RigControl rig, CancellationToken cancel)
    {
        if (await control.GetCameraAsync(camera, cancel) is null)
        {
            return ProblemResults.UnknownCamera(camera).ToResult();
        }

        object answer = await rig.StartAsync(new StartSession { Cameras = [$"{control.NodeId}/{camera}"] }, cancel);
        if (answer is Problem { Code: ProblemCodes.SessionRunning })
        {
            answer = await rig.JoinAsync(camera, cancel);
        }

        return Answer(answer, camera, "recording");
    }

    private static async Task<IResult> Stop(string camera, RigControl rig, CancellationToken cancel) =>
        Answer(await rig.LeaveAsync(camera, cancel), camera, "stopped");

    private static IResult Answer(object answer, string camera, string status) =>
        answer is SessionOutcome outcome
            ? Results.Ok(new R58RecordAnswer(status, camera, outcome.SessionId))
            : ((Problem)answer).ToResult();

    private static R58Camera Camera(CameraStatus camera, string? stream) =>
        new(State(camera), camera.Ingest.State == IngestState.Streaming, camera.Ingest.Resolution, stream);

    private static string State(CameraStatus camera) =>
        camera.Ingest.State switch
        {
            IngestState.NoSignal => "no_signal",
            var state => state.ToString().ToLowerInvariant(),
        };
}
