namespace Rig.Media.Mp4;

/// <summary>Bytes that can be read at any place: a file, a block of memory. Written to by nobody while it is being read, or only appended to.</summary>
public interface IRandomAccessBytes
{
    /// <summary>Number of bytes.</summary>
    long Length { get; }

    /// <summary>Reads bytes from a place on; fewer than asked only at the end, 0 at or behind it.</summary>
    int Read(long offset, Span<byte> destination);
}

/// <summary>Bytes in memory.</summary>
public sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : IRandomAccessBytes
{
    public long Length => bytes.Length;

    public int Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset >= bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }
}
