using Microsoft.Net.Http.Headers;
using Rig.Node.Dashboard;

namespace Rig.Node.Http;

/// <summary>The dashboard's own files: nothing of the rig is in them, so that they need no right.</summary>
public static class DashboardRoutes
{
    /// <summary>
    /// Nothing but files of this node and pictures that the page makes itself (<c>blob:</c> is how Media Source Extensions and saved pictures are named); in nobody
    /// else's frame.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; "
        + "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>A year: the name changes with the content.</summary>
    private const string Forever = "public, max-age=31536000, immutable";

    /// <summary>Asked for again each time, answered with 304 when nothing changed.</summary>
    private const string Revalidate = "no-cache";

    private const string NotBuilt = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>RecorderRig</title>
        <h1>The dashboard is not in this build</h1>
        <p>The node works; only its page is missing. Build it with Node.js 18 or newer, then build the node again:</p>
        <pre>cd web &amp;&amp; npm install --no-save &amp;&amp; npm run build
        cd .. &amp;&amp; dotnet build src/Rig.Node -c Release</pre>
        <p><code>./rig</code> does both by itself. The API is at <a href="/openapi/v1.json">/openapi/v1.json</a>.</p>
        """;

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        DashboardFiles dashboard = DashboardFiles.Read();
        if (!dashboard.Files.ContainsKey("/"))
        {
            routes.MapGet("/", (HttpContext http) => Page(http, NotBuilt)).AllowAnonymous().ExcludeFromDescription();
        }

        foreach (DashboardFile file in dashboard.Files.Values)
        {
            routes
                .MapMethods(file.Path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http) => SendAsync(http, file))
                .AllowAnonymous()
                .ExcludeFromDescription();
        }
    }

    private static IResult Page(HttpContext http, string html)
    {
        Guard(http.Response.Headers);
        return Results.Text(html, "text/html; charset=utf-8");
    }

    private static async Task SendAsync(HttpContext http, DashboardFile file)
    {
        IHeaderDictionary headers = http.Response.Headers;
        Guard(headers);
        headers.CacheControl = file.Immutable ? Forever : Revalidate;
        headers.ETag = file.Tag;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (http.Request.Headers.IfNoneMatch.Any(tags => tags is not null && tags.Contains(file.Tag, StringComparison.Ordinal)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        bool packs = file.Packed is not null && Accepts(http.Request, "gzip");
        byte[] body = packs ? file.Packed! : file.Bytes;
        if (packs)
        {
            headers.ContentEncoding = "gzip";
        }

        http.Response.ContentType = file.Type;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    private static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), autoplay=(self), fullscreen=(self)";
    }

    /// <summary>RFC 9110 12.5.3: named, and not with a weight of nought.</summary>
    private static bool Accepts(HttpRequest request, string coding) =>
        request.Headers.AcceptEncoding.Any(line =>
            StringWithQualityHeaderValue.TryParseList([line ?? ""], out IList<StringWithQualityHeaderValue>? codings)
            && codings.Any(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && one.Quality is null or > 0)
        );
}
