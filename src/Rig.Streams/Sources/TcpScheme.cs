using System.Net;
using System.Net.Sockets;

namespace Rig.Streams.Sources;

/// <summary><c>tcp://:PORT</c> waits for one sender; <c>tcp://HOST:PORT</c> calls one. MPEG-TS, or what is detected.</summary>
public sealed class TcpScheme : ISourceScheme
{
    public IReadOnlyList<string> Names => ["tcp"];

    public string Example => "tcp://:5000; tcp://HOST:5000";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        (string path, _) = uri.SplitOptions();
        return new TcpSource(NetworkAddress.Parse(uri, path, Example), uri.Text, context);
    }

    /// <summary>Where a listening source is to listen, for a <see cref="TcpAcceptor"/>; null when the source calls or is of another scheme.</summary>
    /// <exception cref="SourceException">The text is wrong.</exception>
    public IPEndPoint? FindListener(SourceUri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (uri.Scheme != "tcp")
        {
            return null;
        }

        var address = NetworkAddress.Parse(uri, uri.SplitOptions().Path, Example);
        return address.IsListening ? address.ListenEndPoint() : null;
    }

    private sealed class TcpSource(NetworkAddress address, string description, SourceContext context) : ISource
    {
        private ISource? _connection;

        public bool WaitsForSender => address.IsListening;

        public string Description => _connection?.Description ?? description;

        public SourceStatistics Statistics => _connection?.Statistics ?? new SourceStatistics();

        public async Task RunAsync(ISourceOutput output, CancellationToken cancellation)
        {
            _connection = address.IsListening ? await AcceptAsync(cancellation) : await ConnectAsync(cancellation);
            await _connection.RunAsync(output, cancellation);
        }

        public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

        /// <summary>Takes one sender and closes the port, so that a second one is refused and does not wait unheard.</summary>
        private async Task<ISource> AcceptAsync(CancellationToken cancellation)
        {
            using var acceptor = TcpAcceptor.Listen(address.ListenEndPoint());
            return await acceptor.AcceptAsync(context, cancellation);
        }

        private async Task<ISource> ConnectAsync(CancellationToken cancellation)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address.Host, address.Port, cancellation);
                return new TcpConnectionSource(socket, description, context);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                string remedy =
                    $"{failure.SocketErrorCode}. Check that the sender runs, listens on that port, and can be reached from here";
                throw new SourceException($"{description} could not be reached: {remedy}.", failure);
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
