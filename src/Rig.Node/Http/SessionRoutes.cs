using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.Node.Control;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>Start, stop and marks.</summary>
public static class SessionRoutes
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1").WithTags("session").Needs(Role.Operator);
        group
            .MapPost("/start", Start)
            .WithSummary(
                "Starts a session of the whole rig: every camera begins at the same instant. An empty body starts all cameras now; `local` only this node's."
            )
            .Accepts<StartSession>(isOptional: true, "application/json")
            .Produces<SessionOutcome>()
            .Produces<SessionOutcome>(StatusCodes.Status207MultiStatus)
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status412PreconditionFailed, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, ProblemResults.ContentType);
        group
            .MapPost("/stop", Stop)
            .WithSummary("Ends the rig's session; answers when all files are closed. `local` ends only this node's cameras.")
            .Accepts<StopSession>(isOptional: true, "application/json")
            .Produces<SessionOutcome>()
            .Produces<SessionOutcome>(StatusCodes.Status207MultiStatus)
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
        group
            .MapPost("/marks", Mark)
            .WithSummary("Names an instant: a chapter in every file, an entry in every manifest.")
            .Produces<Mark>()
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
    }

    private static async Task<IResult> Start(StartSession? request, HttpContext http, RigControl control, CancellationToken cancel) =>
        Answer(RefuseForce(request, http.Caller()) ?? await control.StartAsync(request ?? new StartSession(), cancel));

    /// <summary>To start past the gates is an admin's right.</summary>
    internal static Problem? RefuseForce(StartSession? request, Caller? caller) =>
        request is { Force: true } && caller?.May(Role.Admin) != true ? Refusals.NotAllowed(caller?.Role ?? Role.Viewer, Role.Admin) : null;

    private static async Task<IResult> Stop(StopSession? request, RigControl control, CancellationToken cancel) =>
        Answer(await control.StopAsync(request ?? new StopSession(), cancel));

    private static async Task<IResult> Mark(AddMark request, RigControl control, CancellationToken cancel) =>
        await control.MarkAsync(request, cancel) switch
        {
            Mark mark => Results.Ok(mark),
            var other => ((Problem)other).ToResult(),
        };

    /// <summary>200 when all cameras did it, 207 when some did not.</summary>
    internal static IResult Answer(object answer) =>
        answer switch
        {
            SessionOutcome outcome when outcome.Cameras.All(Succeeded) => Results.Ok(outcome),
            SessionOutcome outcome => Results.Json(outcome, statusCode: StatusCodes.Status207MultiStatus),
            _ => ((Problem)answer).ToResult(),
        };

    private static bool Succeeded(CameraOutcome camera) =>
        camera.Result is CameraResult.Recording or CameraResult.Late or CameraResult.Stopped;
}
