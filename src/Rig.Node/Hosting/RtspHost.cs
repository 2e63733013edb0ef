using System.Net;
using System.Net.Sockets;
using Rig.Node.Configuration;
using Rig.Streams.Live;
using Rig.Streams.Live.Rtsp;

namespace Rig.Node.Hosting;

/// <summary>Runs the RTSP server with the node. Ports that another program has keep nobody from recording: the node says so and does without.</summary>
public sealed class RtspHost(RigOptions options, LiveHub hub, IMediaAccess access, TimeProvider time, ILogger<RtspHost> log)
    : IHostedService
{
    /// <summary>Null while it does not run.</summary>
    public RtspServer? Server { get; private set; }

    /// <summary>A camera's address for somebody who reaches this node under a host name or address; null while the server does not run.</summary>
    public string? AddressOf(string camera, string host) => Server is { } server ? $"rtsp://{host}:{server.EndPoint.Port}/{camera}" : null;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Rtsp.Enabled)
        {
            return Task.CompletedTask;
        }

        RtspServerOptions server = new()
        {
            NodeId = options.Node.Id,
            Addresses = [.. options.Http.Addresses.Select(IPAddress.Parse)],
            Port = options.Rtsp.Port,
            UdpPort = options.Rtsp.UdpPort,
            Connections = options.Rtsp.Connections,
        };
        try
        {
            Server = RtspServer.Start(server, hub, access, time);
            NodeLog.Rtsp(log, Server.EndPoint);
        }
        catch (SocketException error)
        {
            NodeLog.NoRtsp(log, options.Rtsp.Port, error.Message);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Server is { } server)
        {
            await server.DisposeAsync();
        }
    }
}
