using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Rig.Streams.Live.Rtsp;

/// <summary>
/// RTSP for players, recorders and MediaMTX (RFC 2326 with the clarity of RFC 7826): cameras of this node, over the connection itself or UDP. Listens, bounds connections
/// in all and from one address; what a connection does is in <see cref="RtspConnection"/>.
/// </summary>
public sealed class RtspServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<RtspConnection, Task> _connections = new();
    private readonly List<(Socket Socket, UdpPair Udp)> _listeners = [];
    private readonly List<Task> _running = [];
    private readonly RtspContext _context;
    private long _accepted;
    private long _refused;

    private RtspServer(RtspContext context) => _context = context;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listeners[0].Socket.LocalEndPoint!;

    /// <exception cref="SocketException">A port cannot be had.</exception>
    public static RtspServer Start(RtspServerOptions options, LiveHub hub, IMediaAccess access, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        RtspServer server = new(new RtspContext(options, hub, access, time));
        try
        {
            int port = options.Port;
            foreach (IPAddress address in options.Addresses)
            {
                Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                server._listeners.Add((socket, UdpPair.Bind(address, options.UdpPort)));
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen();
                port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
        }
        catch (SocketException)
        {
            server.Close();
            server._stop.Dispose();
            throw;
        }

        foreach ((Socket socket, UdpPair udp) in server._listeners)
        {
            server._running.Add(server.AcceptAsync(socket, udp));
            server._running.Add(udp.HearAsync(server._stop.Token));
        }

        return server;
    }

    public RtspStatistics GetStatistics() =>
        new(
            _connections.Count,
            Volatile.Read(ref _accepted),
            Volatile.Read(ref _refused),
            _context.Malformed,
            _context.Unproven,
            _context.Failed
        );

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await Task.WhenAll(_connections.Values);
        Close();
        _stop.Dispose();
    }

    private void Close()
    {
        foreach ((Socket socket, UdpPair udp) in _listeners)
        {
            socket.Dispose();
            udp.Dispose();
        }
    }

    private async Task AcceptAsync(Socket listener, UdpPair udp)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(_stop.Token);
            }
            catch (SocketException)
            {
                // The client has gone before it was greeted, or the process has no descriptor left: others go on.
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Admit(client, udp);
        }
    }

    private void Admit(Socket client, UdpPair udp)
    {
        if (client.RemoteEndPoint is not IPEndPoint remote || !HasPlace(remote.Address))
        {
            Interlocked.Increment(ref _refused);
            client.Dispose();
            return;
        }

        Interlocked.Increment(ref _accepted);
        RtspConnection connection = new(client, remote, udp, _context);
        TaskCompletionSource ended = new();
        _connections[connection] = ended.Task;
        _ = RunAsync(connection, ended);
    }

    private async Task RunAsync(RtspConnection connection, TaskCompletionSource ended)
    {
        try
        {
            await connection.RunAsync(_stop.Token);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    /// <summary>One address may take half of the places, so that it cannot take all.</summary>
    private bool HasPlace(IPAddress address) =>
        _connections.Count < _context.Options.Connections
        && _connections.Keys.Count(known => known.Remote.Address.Equals(address)) < Math.Max(1, (_context.Options.Connections + 1) / 2);
}

/// <summary>What all connections of a server work with.</summary>
internal sealed class RtspContext(RtspServerOptions options, LiveHub hub, IMediaAccess access, TimeProvider time)
{
    private long _malformed;
    private long _unproven;
    private long _failed;

    public RtspServerOptions Options => options;
    public LiveHub Hub => hub;
    public IMediaAccess Access => access;
    public TimeProvider Time => time;
    public long Malformed => Volatile.Read(ref _malformed);
    public long Unproven => Volatile.Read(ref _unproven);
    public long Failed => Volatile.Read(ref _failed);

    public void CountMalformed() => Interlocked.Increment(ref _malformed);

    public void CountUnproven() => Interlocked.Increment(ref _unproven);

    public void CountFailed() => Interlocked.Increment(ref _failed);
}
