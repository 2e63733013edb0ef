using System.Net;
using System.Net.Sockets;

namespace Rig.Cluster.Joining.Beacons;

/// <summary>Asks the local network for lighthouses, and answers for one.</summary>
public static class Beacon
{
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(1);

    /// <summary>Answers questions until cancelled.</summary>
    /// <param name="port">0 for one chosen by the system; see <paramref name="bound"/>.</param>
    /// <param name="bound">Told the port.</param>
    public static async Task AnswerAsync(
        IPAddress listen,
        int port,
        string rigId,
        string discovery,
        TimeProvider time,
        Action<int> bound,
        CancellationToken cancel
    )
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(BeaconMessage.Group, listen));
        bound(((IPEndPoint)socket.LocalEndPoint!).Port);
        BeaconLimits limits = new();
        byte[] answer = BeaconMessage.Tell(rigId, discovery);
        byte[] buffer = new byte[BeaconMessage.Size + 1];
        long began = time.GetTimestamp();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancel);
                IPEndPoint sender = (IPEndPoint)got.RemoteEndPoint;
                if (
                    BeaconMessage.IsQuestion(buffer.AsSpan(0, got.ReceivedBytes))
                    && limits.MayAnswer(sender.Address, time.GetElapsedTime(began))
                )
                {
                    await socket.SendToAsync(answer, sender, cancel);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // A datagram that was cut, or an answer that nobody takes: the next one counts.
            }
        }
    }

    /// <summary>Asks once a second until a lighthouse answers; null when none did in <paramref name="limit"/>.</summary>
    /// <param name="target">The group, or one computer; null for <see cref="BeaconMessage.Group"/>.</param>
    public static async Task<BeaconAnswer?> FindAsync(
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancel,
        IPEndPoint? target = null
    )
    {
        target ??= new IPEndPoint(BeaconMessage.Group, BeaconMessage.Port);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        long began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < limit)
        {
            using CancellationTokenSource patience = new(BetweenQuestions, time);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
            try
            {
                await socket.SendToAsync(BeaconMessage.Ask(), target, cancel);
                return await HearAsync(socket, end.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Nobody yet: asked again.
            }
        }

        return null;
    }

    private static async Task<BeaconAnswer> HearAsync(Socket socket, CancellationToken cancel)
    {
        byte[] buffer = new byte[BeaconMessage.Size + 1];
        while (true)
        {
            SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancel);
            if (BeaconMessage.TryReadAnswer(buffer.AsSpan(0, got.ReceivedBytes), out BeaconAnswer? answer))
            {
                return answer;
            }
        }
    }
}
