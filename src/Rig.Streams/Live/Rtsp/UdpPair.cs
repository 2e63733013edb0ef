using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Rig.Streams.Live.Rtsp;

/// <summary>The two UDP ports that all sessions of a listening address send from: RTP on an even one, RTCP on the next (RFC 3550 11). Hears receiver reports.</summary>
internal sealed class UdpPair : IDisposable
{
    /// <summary>Attempts to find an even port whose successor is free.</summary>
    private const int Attempts = 50;

    private readonly ConcurrentDictionary<EndPoint, RtspConnection> _receivers = new();

    private UdpPair(Socket rtp, Socket rtcp) => (Rtp, Rtcp) = (rtp, rtcp);

    public Socket Rtp { get; }
    public Socket Rtcp { get; }
    public int Port => ((IPEndPoint)Rtp.LocalEndPoint!).Port;

    /// <exception cref="SocketException">The ports cannot be had.</exception>
    public static UdpPair Bind(IPAddress address, int port)
    {
        for (int attempt = 1; ; attempt++)
        {
            Socket rtp = New(address);
            Socket rtcp = New(address);
            try
            {
                rtp.Bind(new IPEndPoint(address, port));
                int got = ((IPEndPoint)rtp.LocalEndPoint!).Port;
                if (got % 2 == 0)
                {
                    rtcp.Bind(new IPEndPoint(address, got + 1));
                    return new UdpPair(rtp, rtcp);
                }
            }
            catch (SocketException) when (port == 0 && attempt < Attempts)
            {
                // The port after it is taken: another pair.
            }
            catch (SocketException)
            {
                rtp.Dispose();
                rtcp.Dispose();
                throw;
            }

            rtp.Dispose();
            rtcp.Dispose();
            if (attempt >= Attempts)
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
        }
    }

    /// <summary>Reports from this address are signs of life of that client.</summary>
    public void Expect(IPEndPoint rtcp, RtspConnection client) => _receivers[rtcp] = client;

    public void Forget(IPEndPoint rtcp) => _receivers.TryRemove(rtcp, out _);

    /// <summary>Reads what comes until cancelled: reports on one socket, on the other what clients send to open their firewalls.</summary>
    public async Task HearAsync(CancellationToken cancel)
    {
        await Task.WhenAll(HearAsync(Rtcp, cancel), HearAsync(Rtp, cancel));
    }

    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
    }

    private async Task HearAsync(Socket socket, CancellationToken cancel)
    {
        byte[] buffer = new byte[2048];
        IPEndPoint any = new(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, any, cancel);
                if (_receivers.TryGetValue(got.RemoteEndPoint, out RtspConnection? client))
                {
                    client.Seen();
                }
            }
            catch (SocketException)
            {
                // A client's port is closed (ICMP): it is gone, and times out.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static Socket New(IPAddress address) =>
        new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 2 << 20 };
}
