using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization.Metadata;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Http;

/// <summary>
/// The two doors: plain http with public facts, https with the rig's CA for joining and renewing. Everything that comes is bounded in size, time and number.
/// </summary>
internal static class LighthouseServer
{
    /// <summary>A join with 16 addresses has about 2 kB.</summary>
    private const int LargestBody = 16 * 1024;

    private const int MostConnections = 200;

    /// <summary>For a handshake, for headers, and before a slow body counts as too slow: a busy Raspberry Pi takes seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="certificate">Asked at each handshake, because it is renewed while the server runs.</param>
    public static WebApplication Build(
        LighthouseOptions options,
        Ports ports,
        Func<X509Certificate2> certificate,
        PublicFacts facts,
        JoinDesk desk,
        Counters counters,
        ILoggerFactory logs
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel.Limits);
            kestrel.AddServerHeader = false;
            IPAddress listen = IPAddress.Parse(options.Listen);
            kestrel.Listen(listen, ports.Discovery, listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(listen, ports.Join, listener => Secure(listener, certificate));
        });
        WebApplication app = builder.Build();
        app.Use(next => context => new RefusalAnswers(counters, logs.CreateLogger<RefusalAnswers>()).InvokeAsync(context, next));
        Throttle(app, options.JoinsAMinute);
        Map(app, facts, desk, counters);
        return app;
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = LargestBody;
        limits.MaxRequestHeadersTotalSize = 8 * 1024;
        limits.MaxRequestLineSize = 1024;
        limits.MaxRequestHeaderCount = 40;
        limits.MaxConcurrentConnections = MostConnections;
        limits.RequestHeadersTimeout = Patience;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 200, gracePeriod: Patience);
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 200, gracePeriod: Patience);
    }

    private static void Secure(ListenOptions listener, Func<X509Certificate2> certificate)
    {
        listener.Protocols = HttpProtocols.Http1;
        listener.UseHttps(https =>
        {
            https.ServerCertificateSelector = (_, _) => certificate();
            https.HandshakeTimeout = Patience;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Who shows one is judged where it counts, at the renewal: by the rig's CA alone.
            https.AllowAnyClientCertificate();
        });
    }

    private static void Throttle(WebApplication app, int joinsAMinute)
    {
        PartitionedRateLimiter<HttpContext> limits = ClientLimits.Create(joinsAMinute);
        app.Lifetime.ApplicationStopped.Register(limits.Dispose);
        app.Use(next =>
            async context =>
            {
                using RateLimitLease lease = limits.AttemptAcquire(context);
                if (!lease.IsAcquired)
                {
                    throw Refusals.TooMany();
                }

                await next(context);
            }
        );
    }

    private static void Map(WebApplication app, PublicFacts facts, JoinDesk desk, Counters counters)
    {
        app.MapGet("/.well-known/rig", (HttpContext context) => WriteAsync(context, facts.Discovery(), JoinJson.Default.RigDiscovery));
        app.MapGet("/status", (HttpContext context) => WriteAsync(context, facts.Status(), StatusJson.Default.LighthouseStatus));
        app.MapGet(
            "/healthz",
            (HttpContext context) =>
            {
                LighthouseStatus status = facts.Status();
                context.Response.StatusCode = status.Healthy ? 200 : 503;
                return context.Response.WriteAsync(status.Healthy ? "ok\n" : $"etcd: {status.Etcd.Away ?? "it does not answer"}\n");
            }
        );
        app.MapPost(
            "/v1/join",
            async (HttpContext context) =>
            {
                JoinRequest request = await ReadAsync(context, facts, JoinJson.Default.JoinRequest);
                JoinAnswer answer = await desk.JoinAsync(request, context.RequestAborted);
                counters.Add("joined");
                await WriteAsync(context, answer, JoinJson.Default.JoinAnswer);
            }
        );
        app.MapPost(
            "/v1/renew",
            async (HttpContext context) =>
            {
                RenewRequest request = await ReadAsync(context, facts, JoinJson.Default.RenewRequest);
                JoinAnswer answer = desk.Renew(request, context.Connection.ClientCertificate);
                counters.Add("renewed");
                await WriteAsync(context, answer, JoinJson.Default.JoinAnswer);
            }
        );
        app.MapFallback((HttpContext context) => throw Refusals.NotFound(context.Request.Path));
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, PublicFacts facts, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.IsHttps)
        {
            throw Refusals.NeedsTls(facts.Discovery().JoinAddress);
        }

        return await System.Text.Json.JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
            ?? throw Refusals.BadRequest("the body is empty.");
    }

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
}
