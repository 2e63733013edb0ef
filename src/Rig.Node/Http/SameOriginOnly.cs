using Rig.Contracts.Problems;

namespace Rig.Node.Http;

/// <summary>
/// Refuses requests that change something, and WebSockets, when a browser says that a page of another origin sent them: without it, any web page could
/// stop a recording on the machine of whoever opens it. Programs send neither header and are not touched.
/// </summary>
internal sealed class SameOriginOnly(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        bool onlyReads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if ((onlyReads && !http.WebSockets.IsWebSocketRequest) || !IsForeign(request))
        {
            return next(http);
        }

        return new Problem
        {
            Status = StatusCodes.Status403Forbidden,
            Code = ProblemCodes.ForeignOrigin,
            Title = "The request comes from another site",
            Detail = $"A page of {request.Headers.Origin} may not command this node.",
            Remedy = "Open the node's own address.",
        }
            .ToResult()
            .ExecuteAsync(http);
    }

    /// <summary>Fetch metadata where the browser sends it; otherwise the origin has to be the host that was asked.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"].FirstOrDefault();
        if (site is not null)
        {
            return site is not ("same-origin" or "none");
        }

        string? origin = request.Headers.Origin.FirstOrDefault();
        return origin is not null && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority == request.Host.Value);
    }
}
