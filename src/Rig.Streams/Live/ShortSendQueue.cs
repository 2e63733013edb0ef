using System.Net.Sockets;

namespace Rig.Streams.Live;

/// <summary>
/// Keeps the kernel from taking seconds of pictures for a slow viewer: what is not sent yet stays in the GOP log, where it can still be skipped (tcp(7),
/// TCP_NOTSENT_LOWAT).
/// </summary>
public static class ShortSendQueue
{
    private const int TcpLevel = 6;
    private const int NotSentLowWater = 25;

    /// <summary>A tenth of a second at 10 Mbit/s; what is on its way is not counted, so that a far viewer still gets full speed.</summary>
    private const int Bytes = 128 << 10;

    public static void Set(Socket? socket)
    {
        if (OperatingSystem.IsLinux())
        {
            socket?.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(Bytes));
        }
    }
}
