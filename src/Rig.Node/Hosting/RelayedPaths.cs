using Rig.Contracts.Access;

namespace Rig.Node.Hosting;

/// <summary>
/// What a node may ask of another one for its own clients, through the link port: pictures, playback and downloads to read, and the commands that only the node itself can
/// carry out. A path <c>/live/cam0</c> is asked for as <c>/relay/live/cam0</c>.
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
        "/api/v1/config",
        "/update",
    ];

    /// <summary>By POST.</summary>
    private static readonly PathString[] Commands =
    [
        "/api/v1/config",
        "/api/v1/selftest",
        "/api/v1/shutdown",
        "/api/v1/recordings",
        "/record",
        "/update",
    ];

    public static bool IsAllowed(PathString path) => Array.Exists(Allowed, allowed => path.StartsWithSegments(allowed));

    /// <summary>The path that a relayed request really asks for; false when it is none that may be relayed.</summary>
    internal static bool TryStrip(HttpRequest request, out PathString path) =>
        request.Path.StartsWithSegments(Prefix, out path)
        && (
            HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
                ? IsAllowed(path)
                : HttpMethods.IsPost(request.Method) && IsCommand(path)
        );

    private static bool IsCommand(PathString path) => Array.Exists(Commands, command => path.StartsWithSegments(command));
}

/// <summary>
/// Feature of a request that another node of the rig relays (<see cref="PeerRelay"/>). That node has proved itself by its certificate and has checked its client's right;
/// whoever guards routes lets such a request pass. Such a request is never relayed on.
/// </summary>
/// <param name="Node">The node that asks.</param>
/// <param name="Role">What its client may do.</param>
public sealed record RelayedRequest(string Node, Role Role)
{
    /// <summary>Carries <see cref="Role"/>; read on the link port only, where nobody but a node of the rig can send it.</summary>
    public const string RoleHeader = "Rig-Role";

    /// <summary>A node that names no role, or none that there is, asks for a viewer.</summary>
    internal static RelayedRequest From(string node, HttpRequest request) =>
        new(node, Enum.TryParse(request.Headers[RoleHeader], ignoreCase: true, out Role role) && Enum.IsDefined(role) ? role : Role.Viewer);
}
