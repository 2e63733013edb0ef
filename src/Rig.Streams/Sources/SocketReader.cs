using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Rig.Streams.Sources;

/// <summary>
/// A connection as a source reads it: blocking, and not before a good piece has arrived or some time has passed, so that neither the
/// kernel nor the runtime wakes a thread for each segment. Not reading makes the sender wait.
/// </summary>
internal sealed class SocketReader : IByteReader
{
    /// <summary>Bytes that are waited for (SO_RCVLOWAT): 10 ms of 50 Mbit/s.</summary>
    private const int LowWaterBytes = 64 << 10;

    /// <summary>How long they are waited for (SO_RCVTIMEO); then what is there is taken. Less than a frame period at 50 fps.</summary>
    private const int LowWaterMilliseconds = 20;

    // socket(7); the same numbers on every architecture that .NET runs on.
    private const int SolSocket = 1;
    private const int SoRcvLowat = 18;

    private readonly Socket _socket;

    public SocketReader(Socket socket)
    {
        _socket = socket;
        Span<byte> lowWater = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(lowWater, LowWaterBytes);
        socket.SetRawSocketOption(SolSocket, SoRcvLowat, lowWater);
        socket.ReceiveTimeout = LowWaterMilliseconds;
    }

    public bool CanWait => true;

    public bool Gathers => true;

    public int Read(Span<byte> buffer, int milliseconds)
    {
        int count = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock or SocketError.Interrupted or SocketError.TimedOut => -1,
            SocketError.ConnectionReset or SocketError.ConnectionAborted => 0,
            _ => throw new SourceException($"The connection failed: {error}."),
        };
    }
}
