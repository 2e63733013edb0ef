using Rig.Node.Control;
using Rig.Node.Hosting;

namespace Rig.Node.Http;

/// <summary><c>?node=CAM_L</c> on reading routes of what only one node has: that node answers, through this one.</summary>
internal static class NodeQuery
{
    public static void AnswersForOthers(this RouteGroupBuilder group) =>
        group.AddEndpointFilter(
            static async (context, next) =>
            {
                HttpContext http = context.HttpContext;
                string? node = http.Request.Query["node"].FirstOrDefault();
                bool reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
                if (!reads || string.IsNullOrEmpty(node) || node == http.RequestServices.GetRequiredService<RigControl>().NodeId)
                {
                    return await next(context);
                }

                await http.RequestServices.GetRequiredService<PeerRelay>().ForwardAsync(http, node);
                return Results.Empty;
            }
        );
}
