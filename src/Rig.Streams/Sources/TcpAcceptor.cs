using System.Net;
using System.Net.Sockets;

namespace Rig.Streams.Sources;

/// <summary>Listens on a TCP port and makes a source of every connection: for <c>rig record tcp://:port</c>, where every sender becomes a camera.</summary>
public sealed class TcpAcceptor : IDisposable
{
    /// <summary>Connections that wait while one is being accepted.</summary>
    private const int Backlog = 64;

    private readonly Socket _listener;

    private TcpAcceptor(Socket listener) => _listener = listener;

    /// <summary>The port, also where 0 was asked for.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Listens from now on.</summary>
    /// <exception cref="SourceException">The port is taken or not allowed.</exception>
    public static TcpAcceptor Listen(IPEndPoint at)
    {
        ArgumentNullException.ThrowIfNull(at);
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
            {
                listener.DualMode = true;
            }

            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
            listener.Bind(at);
            listener.Listen(Backlog);
            return new TcpAcceptor(listener);
        }
        catch (SocketException failure)
        {
            listener.Dispose();
            throw NetworkAddress.CannotListen("tcp", at, failure);
        }
    }

    /// <summary>The next sender's source. It holds the connection; dispose it.</summary>
    /// <param name="context">What the source is given.</param>
    /// <exception cref="SocketException">This sender could not be taken (gone already, no file handle left); another attempt may succeed.</exception>
    public async Task<ISource> AcceptAsync(SourceContext context, CancellationToken cancellation)
    {
        Socket connection = await _listener.AcceptAsync(cancellation);
        return new TcpConnectionSource(connection, $"tcp://{connection.RemoteEndPoint}", context);
    }

    public void Dispose() => _listener.Dispose();
}
