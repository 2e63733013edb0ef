using Rig.Streams.Files;

namespace Rig.Streams.Playback;

/// <summary>A part of a cut: bytes made for it, or bytes of a recorded file.</summary>
/// <param name="Start">Place in the cut.</param>
/// <param name="Made">The bytes; null for those of a file.</param>
/// <param name="Offset">Place in <paramref name="File"/>.</param>
internal readonly record struct CutPiece(long Start, long Length, byte[]? Made, FileBytes? File, long Offset);

/// <summary>
/// A cut as a file that exists nowhere: what was made for it lies in memory, the media stay in the recorded files and are read as they are asked for.
/// Its length is known and any place can be read, so that HTTP ranges and archives work as with a file. Closes the files with itself.
/// </summary>
public sealed class CutStream : Stream
{
    private readonly IReadOnlyList<CutPiece> _pieces;
    private readonly IReadOnlyList<FileBytes> _files;
    private long _position;

    internal CutStream(IReadOnlyList<CutPiece> pieces, IReadOnlyList<FileBytes> files)
    {
        (_pieces, _files) = (pieces, files);
        Length = pieces.Count == 0 ? 0 : pieces[^1].Start + pieces[^1].Length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>A recorded file that became shorter or unreadable meanwhile ends the stream with an error, never with other bytes.</summary>
    /// <exception cref="IOException">A recorded file could not be read.</exception>
    public override int Read(Span<byte> buffer)
    {
        int filled = 0;
        while (filled < buffer.Length && _position < Length)
        {
            CutPiece piece = _pieces[Find(_position)];
            long inside = _position - piece.Start;
            int count = (int)Math.Min(buffer.Length - filled, piece.Length - inside);
            Span<byte> target = buffer.Slice(filled, count);
            if (piece.Made is { } made)
            {
                made.AsSpan((int)inside, count).CopyTo(target);
            }
            else if (piece.File!.Read(piece.Offset + inside, target) != count)
            {
                throw new IOException("A recorded file is shorter than it was.");
            }

            filled += count;
            _position += count;
        }

        return filled;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>On the thread pool, away from whoever serves other requests on this connection: a disk may be slow.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Read(buffer.Span), cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        foreach (FileBytes file in disposing ? _files : [])
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Find(long position)
    {
        int low = 0;
        int high = _pieces.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _pieces[middle].Start <= position ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
