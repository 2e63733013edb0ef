using System.Net;
using System.Net.Sockets;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>A way to a server that can be cut like a cable: what is sent goes nowhere, nothing is refused and nothing is closed.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _connections = [];
    private readonly Uri _target;
    private readonly Task _accepting;
    private CancellationTokenSource _healed = new();
    private bool _cut;

    public CuttableProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new UriBuilder(target) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public void Cut()
    {
        lock (_gate)
        {
            _cut = true;
        }
    }

    /// <summary>Connections of the time of the cut are dead; new ones pass.</summary>
    public void Heal()
    {
        CancellationTokenSource dead;
        lock (_gate)
        {
            if (!_cut)
            {
                return;
            }

            (dead, _healed, _cut) = (_healed, new CancellationTokenSource(), false);
        }

        dead.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        CancellationToken healed;
        lock (_gate)
        {
            healed = _healed.Token;
        }

        using TcpClient near = client;
        using TcpClient far = new() { NoDelay = true };
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, healed);
        try
        {
            near.NoDelay = true;
            await far.ConnectAsync(_target.Host, _target.Port, end.Token);
            await await Task.WhenAny(
                PumpAsync(near.GetStream(), far.GetStream(), end.Token),
                PumpAsync(far.GetStream(), near.GetStream(), end.Token)
            );
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
            // One of the sides is gone.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken cancel)
    {
        byte[] buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer, cancel) is var count and > 0)
        {
            if (IsCut())
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }

            await to.WriteAsync(buffer.AsMemory(0, count), cancel);
        }
    }

    private bool IsCut()
    {
        lock (_gate)
        {
            return _cut;
        }
    }
}
