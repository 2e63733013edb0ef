using System.Threading.Channels;

namespace Rig.Cluster.Remote;

/// <summary>
/// Frames on their way to one socket, bounded by number and bytes; what the socket is taking still counts. A heartbeat needs no room: one waits at most. Any
/// number of writers, one reader.
/// </summary>
internal sealed class OutgoingQueue(LinkOptions options)
{
    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly Lock _lock = new();
    private int _count;
    private long _bytes;
    private bool _heartbeat;

    public (int Frames, long Bytes) Waiting
    {
        get
        {
            lock (_lock)
            {
                return (_count, _bytes);
            }
        }
    }

    /// <summary>False when there is no room, or the queue is closed.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> frame)
    {
        lock (_lock)
        {
            if (_count >= options.MostFrames || _bytes + frame.Length > options.MostBytes || !_frames.Writer.TryWrite(frame))
            {
                return false;
            }

            _count++;
            _bytes += frame.Length;
            return true;
        }
    }

    public void AddHeartbeat()
    {
        lock (_lock)
        {
            _heartbeat = _heartbeat || _frames.Writer.TryWrite(FrameCodec.Heartbeat);
        }
    }

    /// <summary>The next frame; null once the queue is closed. <see cref="Sent"/> gives its room back.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> TakeAsync()
    {
        if (await _frames.Reader.WaitToReadAsync() && _frames.Reader.TryRead(out ReadOnlyMemory<byte> frame))
        {
            return frame;
        }

        return null;
    }

    public void Sent(ReadOnlyMemory<byte> frame)
    {
        lock (_lock)
        {
            if (frame.Equals(FrameCodec.Heartbeat))
            {
                _heartbeat = false;
                return;
            }

            _count--;
            _bytes -= frame.Length;
        }
    }

    /// <summary>Nothing more goes in, and what is in does not come out.</summary>
    public int Close()
    {
        lock (_lock)
        {
            _frames.Writer.TryComplete();
            int left = 0;
            while (_frames.Reader.TryRead(out ReadOnlyMemory<byte> frame))
            {
                left += frame.Equals(FrameCodec.Heartbeat) ? 0 : 1;
            }

            return left;
        }
    }
}
