using System.Net;

namespace Rig.Node.Configuration;

/// <summary>Rules over the options of rights, HTTPS and webhooks.</summary>
internal static class AccessRules
{
    private const int HexOfSha256 = 64;

    public static IEnumerable<BrokenRule> Check(RigOptions options) =>
        [.. Access(options), .. Http(options.Http), .. Webhooks(options.Webhooks)];

    private static IEnumerable<BrokenRule> Access(RigOptions options)
    {
        if (options.Access.Mode == AccessMode.Open && !options.Http.IsLocal())
        {
            yield return new(
                "access.mode",
                "is open while others can reach the node, so that anybody could stop a recording",
                "rights, or http.addresses of this machine alone: 127.0.0.1, ::1"
            );
        }

        foreach (var hash in options.Access.AdminTokens.Where(hash => hash.Length != HexOfSha256 || !hash.All(char.IsAsciiHexDigit)))
        {
            yield return new("access.adminTokens", $"\"{hash}\" is no SHA-256 in hex", "64 hex digits, from: printf %s TOKEN | sha256sum");
        }
    }

    private static IEnumerable<BrokenRule> Http(HttpOptions http)
    {
        foreach (var host in http.Hosts.Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown))
        {
            yield return new("http.hosts", $"\"{host}\" is no host name", "a name such as rig.example.org, without port");
        }

        if (http.Tls.Certificate.Length == 0 && http.Tls.Mode == TlsMode.Own)
        {
            yield return new("http.tls.certificate", "is empty while http.tls.mode is own", "a PEM file");
        }

        if ((http.Tls.Certificate.Length == 0) != (http.Tls.Key.Length == 0))
        {
            yield return new("http.tls.key", "and http.tls.certificate do not go without each other", "two PEM files, or none");
        }
    }

    private static IEnumerable<BrokenRule> Webhooks(WebhookOptions webhooks)
    {
        const int most = 16;
        if (webhooks.Urls.Count > most)
        {
            yield return new("webhooks.urls", $"{webhooks.Urls.Count} are too many", $"{most} at most");
        }

        foreach (var url in webhooks.Urls.Where(url => !IsUsable(url)))
        {
            yield return new("webhooks.urls", $"\"{url}\" is no address to send to", "http://… or https://…");
        }
    }

    private static bool IsUsable(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>Nobody but this machine can come.</summary>
    public static bool IsLocal(this HttpOptions http) =>
        http.Addresses.All(address => IPAddress.TryParse(address, out var parsed) && IPAddress.IsLoopback(parsed));
}
