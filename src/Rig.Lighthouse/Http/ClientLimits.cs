using System.Net;
using System.Threading.RateLimiting;

namespace Rig.Lighthouse.Http;

/// <summary>How often one address may ask. Joining is rare, looking is cheap; neither may cost the lighthouse its etcd.</summary>
internal static class ClientLimits
{
    /// <summary>A person with a page that refreshes, a node that looks every few seconds, many behind one address.</summary>
    public const int LooksAMinute = 600;

    public static PartitionedRateLimiter<HttpContext> Create(int joinsAMinute) =>
        PartitionedRateLimiter.Create<HttpContext, (IPAddress, bool)>(context =>
        {
            bool joins = HttpMethods.IsPost(context.Request.Method);
            return RateLimitPartition.GetFixedWindowLimiter(
                (context.Connection.RemoteIpAddress ?? IPAddress.None, joins),
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = joins ? joinsAMinute : LooksAMinute,
                    Window = TimeSpan.FromMinutes(1),
                }
            );
        });
}
