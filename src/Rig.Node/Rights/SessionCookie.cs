using Rig.Node.Hosting;

namespace Rig.Node.Rights;

/// <summary>The cookie of a login. Its name has the rig in it: cookies know hosts but no ports, and one machine may run nodes of two rigs.</summary>
internal sealed class SessionCookie(NodeCluster cluster)
{
    private readonly string _name = $"rig-{string.Concat(cluster.Settings.RigId.Where(char.IsAsciiLetterOrDigit))}";

    public string? Read(HttpRequest request) => request.Cookies[_name];

    public void Set(HttpContext http, string secret, DateTimeOffset expires) =>
        http.Response.Cookies.Append(_name, secret, Options(http, expires));

    public void Clear(HttpContext http) => http.Response.Cookies.Delete(_name, Options(http, null));

    /// <summary>Strict: the dashboard asks for everything from its own address, and no other site's link or form carries the cookie here.</summary>
    private static CookieOptions Options(HttpContext http, DateTimeOffset? expires) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            IsEssential = true,
            Path = "/",
            Expires = expires,
        };
}
