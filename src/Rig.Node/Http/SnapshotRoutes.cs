using System.Globalization;
using Rig.Contracts.Access;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Pictures;
using Rig.Node.Rights;
using Rig.Streams.Snapshots;

namespace Rig.Node.Http;

/// <summary>Pictures of cameras, of the rig at one instant, and Lock View.</summary>
public static class SnapshotRoutes
{
    private const string Jpeg = "image/jpeg";

    public static void MapSnapshots(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").WithTags("snapshots");
        foreach (string path in (string[])["/snapshot/{name}.jpg", "/snapshot/{node}/{name}.jpg"])
        {
            group
                .MapGet(path, Show)
                .Needs(Role.Viewer)
                .WithSummary("A camera's newest picture, or the one at an instant inside its log (`at`); nothing is kept.")
                .Produces(StatusCodes.Status200OK, contentType: Jpeg)
                .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
                .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, ProblemResults.ContentType);
        }

        foreach (string path in (string[])["/api/v1/cameras/{name}/snapshot", "/api/v1/cameras/{node}/{name}/snapshot"])
        {
            group
                .MapPost(path, Take)
                .Needs(Role.Operator)
                .WithSummary("Takes a picture, keeps it in the snapshots folder and tells of it (`snapshot.taken`).")
                .Accepts<TakeSnapshot>(isOptional: true, "application/json")
                .Produces<SnapshotInfo>()
                .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
                .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, ProblemResults.ContentType);
        }

        group
            .MapPost("/api/v1/snapshots", TakeAll)
            .Needs(Role.Operator)
            .WithSummary("Cameras of the whole rig at one instant: each picture is the one that was to be seen then.")
            .Accepts<TakeSnapshots>(isOptional: true, "application/json")
            .Produces<SnapshotsTaken>()
            .Produces<SnapshotsTaken>(StatusCodes.Status207MultiStatus);
        group
            .MapPost("/api/v1/lockview", LockView)
            .Needs(Role.Operator)
            .WithSummary("A tone and, at its instant, a picture of every camera of the rig, kept in the manifests for alignment.")
            .Produces<LockViewTaken>()
            .Produces<LockViewTaken>(StatusCodes.Status207MultiStatus);
        group
            .MapMethods("/snapshots/{node}/{file}", [HttpMethods.Get, HttpMethods.Head], Kept)
            .Needs(Role.Viewer)
            .WithSummary("A picture that was kept.")
            .Produces(StatusCodes.Status200OK, contentType: Jpeg)
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
    }

    private static async Task Show(HttpContext http, [AsParameters] SnapshotQuery query, SnapshotDesk desk, RigControl rig, PeerRelay relay)
    {
        CameraId camera = query.Of(rig.NodeId);
        if (camera.Node != rig.NodeId)
        {
            await relay.ForwardAsync(http, camera.Node, $"/snapshot/{Uri.EscapeDataString(camera.Camera)}.jpg");
            return;
        }

        object answer = await desk.ShowAsync(camera.Camera, query.At, query.Width, query.Quality, http.RequestAborted);
        if (answer is not Snapshot taken)
        {
            await ((Problem)answer).ToResult().ExecuteAsync(http);
            return;
        }

        IHeaderDictionary headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers["X-Capture"] = taken.Capture.ToString();
        headers["X-Snapshot-Source"] = taken.Tier.ToString().ToLowerInvariant();
        headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"snapshot;dur={taken.Elapsed.TotalMilliseconds:0.0}");
        http.Response.ContentType = Jpeg;
        http.Response.ContentLength = taken.Jpeg.Length;
        await http.Response.Body.WriteAsync(taken.Jpeg, http.RequestAborted);
    }

    private static async Task<IResult> Take(
        string name,
        string? node,
        TakeSnapshot? request,
        SnapshotDesk desk,
        RigControl rig,
        CancellationToken cancel
    ) => ClusterRoutes.Answer<SnapshotInfo>(await desk.TakeAsync(Camera(name, node, rig.NodeId), request ?? new TakeSnapshot(), cancel));

    private static async Task<IResult> TakeAll(TakeSnapshots? request, SnapshotDesk desk, CancellationToken cancel)
    {
        SnapshotsTaken taken = await desk.TakeAllAsync(request ?? new TakeSnapshots(), cancel);
        return Results.Json(taken, RigJson.Default.SnapshotsTaken, statusCode: Status(taken.Cameras));
    }

    private static async Task<IResult> LockView(SnapshotDesk desk, CancellationToken cancel)
    {
        LockViewTaken taken = await desk.LockViewAsync(cancel);
        return Results.Json(taken, RigJson.Default.LockViewTaken, statusCode: Status(taken.Cameras));
    }

    private static Task Kept(HttpContext http, string node, string file, SnapshotFolder folder, RigControl rig, PeerRelay relay)
    {
        if (node != rig.NodeId)
        {
            return relay.ForwardAsync(http, node);
        }

        return folder.Find(file) is { } path
            ? Results.File(path, Jpeg, lastModified: File.GetLastWriteTimeUtc(path)).ExecuteAsync(http)
            : ProblemResults
                .NotFound($"There is no picture {file}.", "POST /api/v1/cameras/ID/snapshot takes one.")
                .ToResult()
                .ExecuteAsync(http);
    }

    private static int Status(IReadOnlyList<SnapshotOutcome> cameras) =>
        cameras.All(camera => camera.Problem is null) ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus;

    /// <summary>A slash that a client has escaped is one all the same.</summary>
    private static CameraId Camera(string name, string? node, string home) =>
        node is null && CameraId.TryParse(Uri.UnescapeDataString(name), home, out CameraId id) ? id : new CameraId(node ?? home, name);

    private readonly record struct SnapshotQuery(string Name, string? Node, DateTimeOffset? At, int? Width, int? Quality)
    {
        public CameraId Of(string home) => Camera(Name, Node, home);
    }
}
