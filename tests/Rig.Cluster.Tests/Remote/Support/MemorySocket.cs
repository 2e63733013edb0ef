using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Rig.Cluster.Tests.Remote.Support;

/// <summary>Two ends of a WebSocket in memory, with 64 KiB on the way in each direction; disposing of a stream cuts the cable.</summary>
internal static class MemorySocket
{
    private static readonly PipeOptions Pipe = new(
        pauseWriterThreshold: 64 << 10,
        resumeWriterThreshold: 32 << 10,
        useSynchronizationContext: false
    );

    public static (WebSocket Caller, WebSocket Listener) Pair()
    {
        (Stream caller, Stream listener) = Streams();
        return (Over(caller, isServer: false), Over(listener, isServer: true));
    }

    public static WebSocket Over(Stream stream, bool isServer) =>
        WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = isServer, KeepAliveInterval = TimeSpan.Zero });

    public static (Stream One, Stream Other) Streams()
    {
        Pipe there = new(Pipe);
        Pipe back = new(Pipe);
        return (new Duplex(back.Reader.AsStream(), there.Writer.AsStream()), new Duplex(there.Reader.AsStream(), back.Writer.AsStream()));
    }

    private sealed class Duplex(Stream read, Stream write) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            read.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            write.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => write.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => read.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => write.Write(buffer, offset, count);

        public override void Flush() => write.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                read.Dispose();
                write.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
