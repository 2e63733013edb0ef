using System.Buffers;
using System.Net.WebSockets;

namespace Rig.Cluster.Remote;

/// <summary>Whole frames from a socket. Holds one frame at a time, in a buffer that grows with it and shrinks again.</summary>
internal sealed class FrameReader(WebSocket socket, Action heard) : IDisposable
{
    /// <summary>Bytes that are kept between frames; heartbeats and commands fit.</summary>
    private const int Usual = 16 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Usual);

    /// <summary>The next frame, valid until the next call; null when the peer has closed.</summary>
    /// <exception cref="FrameException">Too large, or not text.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        if (_buffer.Length > 2 * Usual)
        {
            Replace(Usual, 0);
        }

        for (int length = 0; ; )
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancel);
            heard();
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.MessageType != WebSocketMessageType.Text)
            {
                throw new FrameException(LinkCount.Malformed, "a binary message came, frames are text");
            }

            if (length > LinkOptions.LargestFrame)
            {
                throw new FrameException(LinkCount.Oversize, $"a frame has more than {LinkOptions.LargestFrame} bytes");
            }

            if (part.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }

            if (length == _buffer.Length)
            {
                Replace(Math.Min(2 * length, LinkOptions.LargestFrame + 1), length);
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Replace(int size, int keep)
    {
        byte[] next = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, keep).CopyTo(next);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = next;
    }
}
