using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rig.Bench.Load;

/// <summary>Sends one clip to many TCP receivers at once from one thread, paced by the clip's clock.</summary>
internal static class TcpBlaster
{
    private const int SendBuffer = 1 << 20;

    /// <summary>Connects to every port (a port may come several times), sends the whole clip, closes. On a thread of its own.</summary>
    /// <param name="connected">Set once all are connected.</param>
    /// <returns>How late the worst group was sent.</returns>
    public static Task<TimeSpan> RunAsync(
        LoadClip clip,
        IReadOnlyList<int> ports,
        TaskCompletionSource connected,
        CancellationToken cancel
    ) =>
        Task.Factory.StartNew(
            () =>
            {
                List<Socket> sockets = [];
                try
                {
                    sockets.AddRange(ports.Select(Connect));
                    connected.SetResult();
                    return Send(clip, sockets, cancel);
                }
                catch (Exception error)
                {
                    connected.TrySetException(error);
                    throw;
                }
                finally
                {
                    sockets.ForEach(socket => socket.Dispose());
                }
            },
            cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static TimeSpan Send(LoadClip clip, List<Socket> sockets, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan worst = TimeSpan.Zero;
        int sent = 0;
        foreach ((TimeSpan at, int end) in clip.Schedule)
        {
            TimeSpan ahead = at - clock.Elapsed;
            if (ahead > TimeSpan.Zero)
            {
                cancel.WaitHandle.WaitOne(ahead);
            }

            cancel.ThrowIfCancellationRequested();
            worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, (clock.Elapsed - at).Ticks));
            foreach (Socket socket in sockets)
            {
                SendAll(socket, clip.Bytes.AsSpan(sent, end - sent));
            }

            sent = end;
        }

        sockets.ForEach(socket => socket.Shutdown(SocketShutdown.Send));
        return worst;
    }

    private static Socket Connect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendBufferSize = SendBuffer,
        };
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
