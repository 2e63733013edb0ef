using Rig.Actors;
using Rig.Contracts.Access;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Node.Hosting;
using Rig.Node.Rights;
using Rig.Streams.Live;
using Rig.Streams.Log;

namespace Rig.Node.Http;

/// <summary>Live pictures of any camera of the rig: fragmented MP4 over WebSocket and HTTP. <c>docs/reference/live.md</c> describes the messages.</summary>
public static class LiveRoutes
{
    /// <returns>The group, for whoever guards it.</returns>
    public static RouteGroupBuilder MapLive(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/live").WithTags("live").Needs(Role.Viewer);
        foreach (string path in (string[])["/{camera}", "/{node}/{camera}"])
        {
            group
                .MapGet(path + ".mp4", LiveFile.ServeAsync)
                .WithSummary("Endless fragmented MP4 from the newest key picture on; `audio=false` leaves the sound out.")
                .Describe("video/mp4");
            group
                .MapGet(path, LiveSocket.ServeAsync)
                .WithSummary("WebSocket: fragmented MP4 for Media Source Extensions, with messages; `audio=false` leaves the sound out.")
                .Describe("application/json");
        }

        return group;
    }

    /// <summary>
    /// The camera that a request names, if this node has it and there is a place for one more viewer. Otherwise null, and the request has been answered: with a problem,
    /// or by the node that has the camera.
    /// </summary>
    internal static async Task<LiveViewer?> EnterAsync(HttpContext http, LiveOutput output)
    {
        if (await HereAsync(http) is not { } camera)
        {
            return null;
        }

        LiveHub hub = http.RequestServices.GetRequiredService<LiveHub>();
        if (hub.TryEnter(camera, output) is { } viewer)
        {
            return viewer;
        }

        await TooMany(camera).ToResult().ExecuteAsync(http);
        return null;
    }

    /// <summary>The camera's id when it is one of this node; otherwise null, and the request has been answered.</summary>
    internal static async Task<string?> HereAsync(HttpContext http)
    {
        RigSystem rig = http.RequestServices.GetRequiredService<RigSystem>();
        string home = rig.Settings.Current.NodeId;
        CameraId id = Named(http, home);
        if (id.Node != home)
        {
            await http.RequestServices.GetRequiredService<PeerRelay>().ForwardAsync(http, id.Node);
            return null;
        }

        Problem? refusal = TryOpen(http, id, out string name);
        if (refusal is null)
        {
            return name;
        }

        await refusal.ToResult().ExecuteAsync(http);
        return null;
    }

    /// <summary>The camera's stream in the quality asked for, by <c>?quality=low</c> or by its name (<c>cam0~low</c>).</summary>
    private static Problem? TryOpen(HttpContext http, CameraId id, out string name)
    {
        bool isNamed = StreamName.TryParse(id.Camera, http.Request.Query["quality"].FirstOrDefault(), out StreamName stream);
        name = stream.ToString();
        if (!isNamed)
        {
            return ProblemResults.Invalid($"There is no such quality of {id}.", "quality full or low.");
        }

        LogOpening opening = http.RequestServices.GetRequiredService<ICameraLogs>().Open(stream.Camera, stream.Quality);
        opening.Lease?.Dispose();
        return opening.Refusal switch
        {
            LogRefusal.None => null,
            LogRefusal.UnknownCamera => ProblemResults.UnknownCamera($"{id}"),
            LogRefusal.LowIsOff => ProblemResults.NotFound(opening.Reason, "Ask for the full quality, or set lowStream.enabled=true."),
            _ => new Problem
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Code = ProblemCodes.Busy,
                Title = "The low-resolution stream is suspended",
                Detail = opening.Reason,
                Remedy = "Ask for the full quality, or try again in a minute.",
            },
        };
    }

    internal static bool WantsAudio(HttpContext http) => http.Request.Query["audio"].FirstOrDefault() is not ("false" or "0" or "no");

    private static CameraId Named(HttpContext http, string home)
    {
        string camera = (string)http.Request.RouteValues["camera"]!;
        return http.Request.RouteValues["node"] is string node ? new CameraId(node, camera)
            : CameraId.TryParse(Uri.UnescapeDataString(camera), home, out CameraId id) ? id
            : new CameraId(home, camera);
    }

    internal static Problem TooMany(string camera) =>
        new()
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Code = ProblemCodes.TooManyViewers,
            Title = "No place for another viewer",
            Detail = $"{camera} or the node has as many viewers as it may.",
            Remedy = "Close a page, or raise live.viewers and live.cameraViewers.",
        };

    internal static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string type) =>
        route
            .Produces(StatusCodes.Status200OK, contentType: type)
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status502BadGateway, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, ProblemResults.ContentType);
}
