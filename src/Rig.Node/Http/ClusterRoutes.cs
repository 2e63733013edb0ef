using Rig.Cluster.Joining;
using Rig.Contracts.Access;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Node.Configuration;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>The rig as a whole, and what an operator of a cluster does with it.</summary>
public static class ClusterRoutes
{
    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1").WithTags("rig").Needs(Role.Viewer);
        group
            .MapGet("/rig", (RigControl rig, CancellationToken cancel) => rig.GetRigAsync(cancel))
            .WithSummary(
                "All nodes with their newest status, the coordinator, the session with what became of each camera, and disagreements."
            )
            .Produces<RigStatus>();
        group
            .MapGet("/actors", Actors)
            .WithSummary("The tree of actors of a node; `node` names another one.")
            .Produces<ActorNode>()
            .Produces<Problem>(StatusCodes.Status502BadGateway, ProblemResults.ContentType);
        group
            .MapPost("/cluster/join", Join)
            .Needs(Role.Admin)
            .WithSummary("Makes this node part of a lighthouse's rig. It takes part once it is started again.")
            .Produces<ClusterChanged>()
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status502BadGateway, ProblemResults.ContentType);
        group
            .MapPost("/cluster/leave", Leave)
            .Needs(Role.Admin)
            .WithSummary("A node says goodbye to the rig. It goes on recording, alone, until it is started again.")
            .Produces<ClusterChanged>()
            .Produces<Problem>(StatusCodes.Status502BadGateway, ProblemResults.ContentType);
        group
            .MapPost("/cluster/down", Down)
            .Needs(Role.Admin)
            .WithSummary("Confirms that a lost member is out of the rig; refused for one that lives.")
            .Produces<ClusterChanged>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
    }

    private static async Task<IResult> Actors(RigControl rig, string? node, CancellationToken cancel) =>
        Answer<ActorNode>(await rig.GetActorsAsync(node, cancel));

    private static async Task<IResult> Join(ClusterJoin request, ConfigurationStore store, TimeProvider time, CancellationToken cancel)
    {
        if (!Uri.TryCreate(request.Lighthouse, UriKind.Absolute, out Uri? lighthouse) || lighthouse.Scheme != Uri.UriSchemeHttp)
        {
            return ProblemResults
                .Invalid($"'{request.Lighthouse}' is no address of a lighthouse.", "Such as http://10.0.0.2:9110.")
                .ToResult();
        }

        RigOptions options = store.Current.Options;
        try
        {
            RigFile rig = await RigJoin.JoinAsync(
                lighthouse,
                request.Token,
                options.Node.Id,
                NodeCluster.Names(options),
                options.Node.IdentityFolder(),
                time,
                cancel
            );
            return Results.Ok(new ClusterChanged([rig.NodeId], $"It has joined rig {rig.RigId} and takes part once it is started again."));
        }
        catch (JoinException refused)
        {
            return new Problem
            {
                Status = refused.Code == JoinException.Joined ? StatusCodes.Status409Conflict : StatusCodes.Status502BadGateway,
                Code = refused.Code,
                Title = "The node has not joined",
                Detail = refused.Message,
                Remedy = refused.Remedy,
            }.ToResult();
        }
    }

    private static async Task<IResult> Leave(ClusterRequest request, RigControl rig, CancellationToken cancel) =>
        await rig.AskAsync(request.Node, new LeaveCluster(), cancel) switch
        {
            Problem problem => problem.ToResult(),
            _ => Results.Ok(
                new ClusterChanged([request.Node], "It has said goodbye and goes on alone. Start it again for it to come back to the rig.")
            ),
        };

    private static async Task<IResult> Down(ClusterRequest request, RigControl rig, CancellationToken cancel) =>
        Answer<ClusterChanged>(await rig.StrikeOffAsync(request.Node, cancel));

    internal static IResult Answer<T>(object answer) => answer is Problem problem ? problem.ToResult() : Results.Ok((T)answer);
}
