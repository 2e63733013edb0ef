using System.Security.Cryptography;
using System.Text;

namespace Rig.Node.Rights;

/// <summary>
/// <c>GET /login</c>: a page of its own that needs nothing else, so that a one-time link works on a node that serves no dashboard. The code stands behind <c>#</c>: browsers do
/// not send it, so that neither a log nor a chat program's preview uses it up.
/// </summary>
internal static class LoginPage
{
    private static readonly string Html = Read();

    /// <summary>The page's own script and style, and nothing else, may run.</summary>
    private static readonly string Policy =
        $"default-src 'none'; script-src '{Hash("script")}'; style-src '{Hash("style")}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static string Link(string address, string code) => $"{address.TrimEnd('/')}/login#code={code}";

    public static IResult Show(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content(Html, "text/html; charset=utf-8");
    }

    private static string Hash(string element)
    {
        int start = Html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        string text = Html[start..Html.IndexOf($"</{element}>", start, StringComparison.Ordinal)];
        return $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static string Read()
    {
        using Stream stream =
            typeof(LoginPage).Assembly.GetManifestResourceStream("login.html")
            ?? throw new InvalidOperationException("login.html is not built in.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
