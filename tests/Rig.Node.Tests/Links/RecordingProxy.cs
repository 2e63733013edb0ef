using System.Net;
using System.Net.Sockets;

namespace Rig.Node.Tests.Links;

/// <summary>Stands between a caller and a port of loopback, and remembers what the caller of the first connection sent.</summary>
internal sealed class RecordingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly MemoryStream _recorded = new();
    private readonly Lock _lock = new();
    private readonly TcpClient _server = new();
    private TcpClient? _caller;

    public RecordingProxy(int port)
    {
        _listener.Start();
        _ = RunAsync(port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public byte[] FromCaller()
    {
        lock (_lock)
        {
            return _recorded.ToArray();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _server.Dispose();
        _caller?.Dispose();
        _recorded.Dispose();
    }

    private async Task RunAsync(int port)
    {
        _caller = await _listener.AcceptTcpClientAsync();
        await _server.ConnectAsync(IPAddress.Loopback, port);
        _ = _server.GetStream().CopyToAsync(_caller.GetStream());
        byte[] buffer = new byte[16 << 10];
        while (await _caller.GetStream().ReadAsync(buffer) is > 0 and var count)
        {
            lock (_lock)
            {
                _recorded.Write(buffer, 0, count);
            }

            await _server.GetStream().WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
