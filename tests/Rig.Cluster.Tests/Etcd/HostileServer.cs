using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>Takes every connection, reads what comes, and answers with given bytes, over and over when told so.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _answer;
    private readonly bool _endless;
    private readonly Task _accepting;
    private readonly List<Task> _serving = [];

    public HostileServer(string answer, bool endless = false)
    {
        (_answer, _endless) = (Encoding.UTF8.GetBytes(answer), endless);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public static string Ok(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                byte[] request = new byte[64 << 10];
                while (await stream.ReadAsync(request, _stop.Token) > 0)
                {
                    do
                    {
                        await stream.WriteAsync(_answer, _stop.Token);
                    } while (_endless);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException)
            {
                // The client has had enough.
            }
        }
    }
}
