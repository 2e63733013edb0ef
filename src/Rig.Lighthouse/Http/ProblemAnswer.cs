using Rig.Cluster.Joining;
using Rig.Contracts.Problems;

namespace Rig.Lighthouse.Http;

internal static class ProblemAnswer
{
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        return context.Response.WriteAsJsonAsync(
            problem,
            JoinJson.Default.Problem,
            contentType: "application/problem+json",
            CancellationToken.None
        );
    }
}
