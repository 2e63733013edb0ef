using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rig.Bench.Load;

/// <summary>Sends one clip to many TCP receivers at once from one thread, paced by the clip's clock.</summary>
internal static class TcpBlaster
{
    /// <summary>Connects to every port (a port may come several times), sends the whole clip, closes.</summary>
    /// <returns>How late the worst group was sent.</returns>
    public static TimeSpan Run(LoadClip clip, IReadOnlyList<int> ports, ManualResetEventSlim connected)
    {
        Socket[] sockets = [.. ports.Select(Connect)];
        connected.Set();
        Stopwatch clock = Stopwatch.StartNew();
        TimeSpan worst = TimeSpan.Zero;
        int sent = 0;
        foreach ((TimeSpan at, int end) in clip.Schedule)
        {
            TimeSpan ahead = at - clock.Elapsed;
            if (ahead > TimeSpan.Zero)
            {
                Thread.Sleep(ahead);
            }

            worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, (clock.Elapsed - at).Ticks));
            foreach (Socket socket in sockets)
            {
                SendAll(socket, clip.Bytes.AsSpan(sent, end - sent));
            }

            sent = end;
        }

        foreach (Socket socket in sockets)
        {
            socket.Shutdown(SocketShutdown.Send);
            socket.Dispose();
        }

        return worst;
    }

    private static Socket Connect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = 1 << 20 };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }
}
