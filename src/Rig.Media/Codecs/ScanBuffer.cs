namespace Rig.Media.Codecs;

/// <summary>
/// Windows onto a stream of small frames that arrives in pieces. A piece is scanned where it lies; only what is left of it, the
/// beginning of a frame, is kept until more comes. Bounded by the longest frame.
/// </summary>
/// <param name="longestFrame">Bytes after which a scanner knows what to do with the window's beginning.</param>
/// <param name="scan">Handles the frames of a window.</param>
internal sealed class ScanBuffer(int longestFrame, ScanBuffer.Scanner scan)
{
    private readonly byte[] _kept = new byte[longestFrame];
    private int _count;

    /// <summary>Handles whole frames.</summary>
    /// <param name="window">Bytes of the stream.</param>
    /// <param name="offset">Offset of the window in the stream.</param>
    /// <returns>Bytes that are done with; must not be 0 for a window of the longest frame.</returns>
    public delegate int Scanner(ReadOnlySpan<byte> window, long offset);

    /// <summary>Offset in the stream of the first byte that is kept, or of the next to come.</summary>
    public long Start => End - _count;

    /// <summary>Offset in the stream behind all that came.</summary>
    public long End { get; private set; }

    /// <summary>What is kept.</summary>
    public ReadOnlySpan<byte> Waiting => _kept.AsSpan(0, _count);

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (_count > 0 && !bytes.IsEmpty)
        {
            int before = _count;
            int added = Math.Min(bytes.Length, _kept.Length - before);
            bytes[..added].CopyTo(_kept.AsSpan(before));
            int done = scan(_kept.AsSpan(0, before + added), End - before);
            if (done >= before)
            {
                // Nothing old is left: go on in the piece itself.
                _count = 0;
                End += done - before;
                bytes = bytes[(done - before)..];
                break;
            }

            _kept.AsSpan(done, before + added - done).CopyTo(_kept);
            _count = before + added - done;
            End += added;
            bytes = bytes[added..];
        }

        if (!bytes.IsEmpty)
        {
            int done = scan(bytes, End);
            ReadOnlySpan<byte> rest = bytes[done..];
            rest.CopyTo(_kept);
            _count = rest.Length;
            End += bytes.Length;
        }
    }

    /// <summary>Takes bytes from the beginning of what is kept.</summary>
    public void Consume(int count)
    {
        _kept.AsSpan(count, _count - count).CopyTo(_kept);
        _count -= count;
    }

    public void Clear() => _count = 0;
}
