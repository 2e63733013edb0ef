using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rig.Actors;
using Rig.Actors.Housekeeping;
using Rig.Contracts.Access;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Node.Configuration;
using Rig.Node.Control;
using Rig.Node.Diagnostics;
using Rig.Node.Events;
using Rig.Node.Http;
using Rig.Node.Rights;
using Rig.Node.Rpc;
using Rig.Streams.Live;
using Rig.Streams.Live.Hls;

namespace Rig.Node.Hosting;

/// <summary>The composition root: configuration, control plane and HTTP server of one node, put together and taken apart in this file only.</summary>
public static class NodeHost
{
    /// <summary>Bytes of a request body: the largest honest one is a configuration change.</summary>
    private const long LargestRequest = 256 << 10;

    /// <param name="store">The configuration, already validated.</param>
    /// <param name="time">The clock of everything in the node.</param>
    public static WebApplication Build(ConfigurationStore store, TimeProvider time)
    {
        RigOptions options = store.Current.Options;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Configuration.Sources.Add(new HoconConfigurationSource(store));

        LogBook book = new(time);
        JsonLogFile file = new(time);
        file.Apply(ConfigurationApplier.LogSettings(options));
        builder.Logging.ClearProviders().AddProvider(book).AddProvider(file);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);

        BoundPorts ports = new();
        IPEndPoint[] http = [.. options.Http.Addresses.Select(address => ports.Bind(IPAddress.Parse(address), options.Http.Port))];
        LateLog late = new();
        NodeCluster cluster = NodeCluster.Create(options, ProductVersion.Text, http[0], ports, time, late.Error);
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = ports.Take);
        PublicListener listener = new(
            options.Http.Connections,
            options.Http.ConnectionsPerClient,
            PublicTls.Choose(options.Http, cluster.Identity, time)
        );
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options.Http, http, listener, cluster));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, RigJson.Default));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new UtcTimeConverter()));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi(OpenApi.Configure);
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(30);
            // A service beside the recording that fails is logged; the recording goes on.
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });

        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(book);
        builder.Services.AddSingleton(file);
        builder.Services.AddSingleton<EventHub>();
        builder.Services.AddSingleton<ProcessMeter>();
        builder.Services.AddSingleton(_ => ports);
        builder.Services.AddSingleton(_ => cluster);
        builder.Services.AddSingleton<PeerRelay>();
        builder.Services.AddSingleton(services => new LiveHub(
            services.GetRequiredService<RigSystem>().Logs,
            options.ToLiveOptions(),
            time
        ));
        builder.Services.AddSingleton(services => new HlsServer(services.GetRequiredService<LiveHub>(), options.ToHlsOptions(), time));
        builder.Services.AddSingleton<NodeControl>();
        builder.Services.AddSingleton<RigControl>();
        builder.Services.AddSingleton<NodeAnswers>();
        builder.Services.AddSingleton<ConfigurationApplier>();
        builder.Services.AddSingleton<SelfTest>();
        builder.Services.AddSingleton(_ =>
            RigSystem.Start(options.ToSettings(ProductVersion.Text, MachineBytes()), cluster.Settings, cluster.Cluster, time)
        );
        builder.Services.AddSingleton(services => services.GetRequiredService<RigSystem>().Manifests);
        builder.Services.AddSingleton<Catalogue>(services => services.GetRequiredService<RigSystem>().Catalogue);
        builder.Services.AddPictures();
        builder.Services.AddSingleton(listener);
        builder.Services.AddRigRights(options.Http);
        builder.Services.AddSingleton(services => new RtspHost(
            options,
            services.GetRequiredService<LiveHub>(),
            services.GetRequiredService<IMediaAccess>(),
            time,
            services.GetRequiredService<ILogger<RtspHost>>()
        ));
        builder.Services.AddHostedService<RigLifetime>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RtspHost>());
        builder.Services.AddRigEvents();
        builder.Services.AddHostedService(services => new ServiceManager(
            services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<NodeControl>().GetStatusAsync,
            time
        ));

        WebApplication app = builder.Build();
        // From here on both are the server's to dispose of.
        app.Services.GetRequiredService<BoundPorts>();
        app.Services.GetRequiredService<NodeCluster>();
        late.Connect(app.Services.GetRequiredService<ILoggerFactory>());
        cluster.Listener?.Use(app);
        app.UseExceptionHandler(handler => handler.Run(AnswerException));
        app.UseStatusCodePages(AnswerStatus);
        app.UseWebSockets(
            new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(20) }
        );
        app.UseMiddleware<KnownHostOnly>();
        app.UseMiddleware<SameOriginOnly>();
        app.UseRouting();
        app.UseRigRights();
        app.MapOpenApi("/openapi/v1.json").Needs(Role.Viewer);
        app.MapRights();
        app.MapCameras();
        app.MapSessions();
        app.MapCluster();
        app.MapRecordings();
        app.MapPictures();
        app.MapConfiguration();
        app.MapEvents();
        app.MapRpc();
        app.MapOperations();
        app.MapR58();
        app.MapDashboard();
        app.MapNodes();
        app.MapLive();
        app.MapHls();
        return app;
    }

    private static long MachineBytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static void Listen(
        KestrelServerOptions kestrel,
        HttpOptions options,
        IPEndPoint[] http,
        PublicListener listener,
        NodeCluster cluster
    )
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestRequest;
        kestrel.Limits.MaxConcurrentConnections = options.Connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.Viewers;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        foreach (IPEndPoint address in http)
        {
            listener.Listen(kestrel, address);
        }

        if (cluster is { Listener: { } links, LinkEndPoint: { } link })
        {
            links.Listen(kestrel, link.Address, link.Port);
        }
    }

    /// <summary>A request that cannot be read is the sender's fault and says so; anything else is ours.</summary>
    private static Task AnswerException(HttpContext http)
    {
        Exception? error = http.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Error;
        Problem problem = error switch
        {
            Microsoft.AspNetCore.Http.BadHttpRequestException bad => ProblemResults.Invalid(
                bad.InnerException?.Message ?? bad.Message,
                "GET /openapi/v1.json describes every request."
            ) with
            {
                Status = bad.StatusCode,
            },
            Akka.Actor.AskTimeoutException => new Problem
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Code = ProblemCodes.TimedOut,
                Title = "The node does not answer in time",
                Remedy = "Try again; if it stays, look at GET /logs.",
            },
            _ => new Problem
            {
                Status = StatusCodes.Status500InternalServerError,
                Code = ProblemCodes.Internal,
                Title = "Something is wrong in the program",
                Remedy = "GET /logs has the details; recordings are not touched.",
            },
        };
        return problem.ToResult().ExecuteAsync(http);
    }

    private static Task AnswerStatus(Microsoft.AspNetCore.Diagnostics.StatusCodeContext context)
    {
        HttpContext http = context.HttpContext;
        int status = http.Response.StatusCode;
        Problem problem = status switch
        {
            StatusCodes.Status404NotFound => ProblemResults.NotFound(
                $"There is nothing at {http.Request.Path}.",
                "GET /openapi/v1.json lists every route."
            ),
            StatusCodes.Status413PayloadTooLarge => new Problem
            {
                Status = status,
                Code = ProblemCodes.TooLong,
                Title = "The request is too large",
                Remedy = $"At most {LargestRequest} bytes.",
            },
            _ => ProblemResults.Invalid($"The request was answered with {status}.", "GET /openapi/v1.json describes every request.") with
            {
                Status = status,
            },
        };
        return problem.ToResult().ExecuteAsync(http);
    }
}
