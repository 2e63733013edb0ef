using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Rig.Node.Hosting;

/// <summary>
/// Sockets that are bound before the server is built, so that a node can tell the rig its addresses before it answers there, whatever ports the
/// system chose.
/// </summary>
public sealed class BoundPorts : IDisposable
{
    private readonly ConcurrentDictionary<EndPoint, Socket> _sockets = new();

    /// <summary>Binds; port 0 takes any free one.</summary>
    /// <returns>The address with its real port.</returns>
    /// <exception cref="IOException">The address cannot be had; says which and why.</exception>
    public IPEndPoint Bind(IPAddress address, int port)
    {
        IPEndPoint wanted = new(address, port);
        try
        {
            // Bound alone is not taken: Linux lets another bind the same address until one of them listens.
            Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(wanted);
            socket.Listen();
            IPEndPoint real = (IPEndPoint)socket.LocalEndPoint!;
            _sockets[real] = socket;
            return real;
        }
        catch (SocketException error)
        {
            throw new IOException(
                $"{wanted} cannot be listened on: {error.Message}. End the program that has it, or choose another port.",
                error
            );
        }
    }

    /// <summary>For the server: the socket of an address that was bound here, or a new one.</summary>
    public Socket Take(EndPoint address) =>
        _sockets.TryRemove(address, out Socket? socket) ? socket : SocketTransportOptions.CreateDefaultBoundListenSocket(address);

    /// <summary>Gives back what the server did not take.</summary>
    public void Dispose()
    {
        foreach (Socket socket in _sockets.Values)
        {
            socket.Dispose();
        }

        _sockets.Clear();
    }
}
