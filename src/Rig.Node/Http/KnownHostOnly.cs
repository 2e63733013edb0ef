using System.Net;
using Rig.Contracts.Problems;
using Rig.Node.Configuration;
using Rig.Node.Hosting;

namespace Rig.Node.Http;

/// <summary>
/// Refuses requests for a host that this node does not go by. Without it a page whose name is made to point here (DNS rebinding) would be taken for the node's own
/// by the browser, and could read all. Addresses are no names and cannot be rebound.
/// </summary>
internal sealed class KnownHostOnly(RequestDelegate next, ConfigurationStore configuration)
{
    private readonly HashSet<string> _names = Names(configuration.Current.Options);

    public Task InvokeAsync(HttpContext http)
    {
        string host = http.Request.Host.Host;
        if (http.Features.Get<RelayedRequest>() is not null || IPAddress.TryParse(host.Trim('[', ']'), out _) || IsKnown(host))
        {
            return next(http);
        }

        return new Problem
        {
            Status = StatusCodes.Status421MisdirectedRequest,
            Code = ProblemCodes.UnknownHost,
            Title = "The node does not go by this name",
            Detail = $"The request is for \"{host}\".",
            Remedy = "Use the node's address, or add the name to http.hosts.",
        }
            .ToResult()
            .ExecuteAsync(http);
    }

    /// <summary>RFC 6761 section 6.3: localhost and names below it never leave the machine.</summary>
    private bool IsKnown(string host) => _names.Contains(host) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static HashSet<string> Names(RigOptions options)
    {
        string machine = Environment.MachineName;
        return new HashSet<string>(
            [
                "localhost",
                machine,
                $"{machine}.local",
                options.Node.Id,
                $"{options.Node.Id}.local",
                options.Cluster.Link.Advertise,
                .. options.Http.Hosts,
            ],
            StringComparer.OrdinalIgnoreCase
        );
    }
}
