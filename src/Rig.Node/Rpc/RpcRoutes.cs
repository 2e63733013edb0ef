using System.Net.WebSockets;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Events;
using Rig.Node.Http;
using Rig.Node.Rights;

namespace Rig.Node.Rpc;

/// <summary><c>WS /rpc</c>: JSON-RPC 2.0.</summary>
public static class RpcRoutes
{
    public static void MapRpc(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/rpc", [HttpMethods.Get, HttpMethods.Connect], ServeAsync).Needs(Role.Viewer).ExcludeFromDescription();

    internal static void AddRigRpc(this IServiceCollection services)
    {
        services.AddSingleton<RpcRecording>();
        services.AddSingleton<RpcStreams>();
        services.AddSingleton<RpcMethods>();
    }

    private static async Task<IResult> ServeAsync(
        HttpContext http,
        RpcMethods methods,
        EventHub hub,
        NodeControl node,
        ViewerLimits viewers,
        IHostApplicationLifetime life,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return ProblemResults.Invalid("This is JSON-RPC 2.0 over a WebSocket.", "Connect with ws:// or wss://.").ToResult();
        }

        using IDisposable? place = viewers.TryEnter(http.Connection.RemoteIpAddress);
        if (place is null)
        {
            return ViewerLimits.Full.ToResult();
        }

        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
        Uri address = new($"{http.Request.Scheme}://{http.Request.Host}");
        await using RpcConnection connection = new(
            socket,
            http.Caller()!,
            address,
            methods,
            hub,
            node.NodeId,
            loggers.CreateLogger("rig.rpc"),
            time,
            gone.Token
        );
        await connection.RunAsync();
        return Results.Empty;
    }
}
