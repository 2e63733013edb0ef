namespace Rig.Node.Hosting;

/// <summary>
/// What a node may fetch from another one for its own clients, through the link port: pictures, playback and downloads; reading only. A path <c>/live/cam0</c> is asked
/// for as <c>/relay/live/cam0</c>.
/// </summary>
public static class RelayedPaths
{
    public const string Prefix = "/relay";

    private static readonly PathString[] Allowed =
    [
        "/live",
        "/hls",
        "/snapshot",
        "/snapshots",
        "/mjpeg",
        "/recordings",
        "/api/v1/recordings",
        "/api/v1/cameras",
        "/api/v1/playback",
        "/list",
        "/get",
    ];

    public static bool IsAllowed(PathString path) => Array.Exists(Allowed, allowed => path.StartsWithSegments(allowed));

    /// <summary>The path that a relayed request really asks for; false when it is none that may be relayed.</summary>
    internal static bool TryStrip(HttpRequest request, out PathString path) =>
        request.Path.StartsWithSegments(Prefix, out path)
        && IsAllowed(path)
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));
}

/// <summary>
/// Feature of a request that another node of the rig relays (<see cref="PeerRelay"/>). That node has proved itself by its certificate and has checked its client's right;
/// whoever guards routes lets such a request pass. Such a request is never relayed on.
/// </summary>
/// <param name="Node">The node that asks.</param>
public sealed record RelayedRequest(string Node);
