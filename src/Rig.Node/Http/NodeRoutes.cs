using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Hosting;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>
/// <c>/nodes/{node}/...</c>: what only another node can answer or do, through this one, so that a page needs to reach one node only. The right is checked here; the
/// other node takes this one's word for it (<see cref="RelayedRequest"/>).
/// </summary>
public static class NodeRoutes
{
    private const string Prefix = "/nodes/{node}";

    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Prefix).WithTags("nodes");
        Read(group, "/api/v1/recordings", Role.Viewer, "That node's recordings.");
        Read(group, "/recordings/{session}/{file}", Role.Viewer, "A segment or manifest of that node, with ranges.");
        Read(group, "/api/v1/config", Role.Operator, "That node's settings.");
        Read(group, "/update/{action}", Role.Admin, "That node's updates.");
        Command(group, "/api/v1/config", Role.Admin, "Changes that node's settings.");
        Command(group, "/api/v1/selftest", Role.Operator, "That node's self-test.");
        Command(group, "/api/v1/shutdown", Role.Admin, "Shuts that node down.");
        Command(group, "/api/v1/recordings/confirm", Role.Operator, "A copy of a file of that node has this SHA-256.");
        Command(group, "/api/v1/recordings/delete-offloaded", Role.Admin, "Deletes that node's files whose copies were confirmed.");
        Command(group, "/record/start/{camera}", Role.Operator, "Records one camera of that node.");
        Command(group, "/record/stop/{camera}", Role.Operator, "Ends the recording of one camera of that node.");
        Command(group, "/update/{action}", Role.Admin, "Updates that node.");
    }

    private static void Read(RouteGroupBuilder group, string path, Role role, string summary) =>
        Map(group, path, [HttpMethods.Get, HttpMethods.Head], role, summary);

    private static void Command(RouteGroupBuilder group, string path, Role role, string summary) =>
        Map(group, path, [HttpMethods.Post], role, summary);

    private static void Map(RouteGroupBuilder group, string path, string[] methods, Role role, string summary) =>
        group
            .MapMethods(path, methods, ForwardAsync)
            .Needs(role)
            .WithSummary(summary)
            .Produces(StatusCodes.Status200OK)
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status502BadGateway, ProblemResults.ContentType);

    private static Task ForwardAsync(HttpContext http, string node, PeerRelay relay)
    {
        PathString whole = http.Request.Path;
        whole.StartsWithSegments($"/nodes/{node}", out PathString path);
        return relay.ForwardAsync(http, node, path.ToUriComponent());
    }
}
