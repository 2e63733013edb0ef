using System.Net.Sockets;

namespace Rig.Streams.Sources;

/// <summary>A connection as a source reads it: blocking, so that the runtime does not wake a thread for each segment that arrives. Not reading makes the sender wait.</summary>
internal sealed class SocketReader(Socket socket) : IByteReader
{
    public bool CanWait => true;

    public int Read(Span<byte> buffer, int milliseconds)
    {
        if (!socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead))
        {
            return -1;
        }

        int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock or SocketError.Interrupted or SocketError.TimedOut => -1,
            SocketError.ConnectionReset or SocketError.ConnectionAborted => 0,
            _ => throw new SourceException($"The connection failed: {error}."),
        };
    }
}
