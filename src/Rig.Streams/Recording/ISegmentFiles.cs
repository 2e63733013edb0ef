namespace Rig.Streams.Recording;

/// <summary>What the recorder asks of a file system. Every call blocks until done and throws <see cref="SegmentIoException"/> when it fails. Any thread.</summary>
public interface ISegmentFiles
{
    /// <summary>Makes a folder and those above it.</summary>
    void CreateDirectory(string path);

    /// <summary>Makes a new file; null when the name is taken.</summary>
    ISegmentFile? TryCreate(string path);

    /// <summary>Opens a file to read and change it.</summary>
    ISegmentFile Open(string path);

    /// <summary>Makes the names in a folder durable (fsync of the directory).</summary>
    void SyncDirectory(string path);

    void Delete(string path);
}

/// <summary>An open segment file. One thread at a time, except <see cref="SyncData"/>, which may run beside a write.</summary>
public interface ISegmentFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads bytes at a place; fewer than asked only at the end.</summary>
    int Read(long offset, Span<byte> into);

    /// <summary>Writes all buffers, one behind the other, from a place on, gathered into as few calls as possible.</summary>
    void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> buffers);

    /// <summary>Makes what was written, and the length, durable (fdatasync).</summary>
    void SyncData();

    /// <summary>Reserves space without changing the length (fallocate, keep size). False where the file system cannot.</summary>
    bool TryReserve(long offset, long bytes);

    /// <summary>Sets the length and gives back space reserved behind it.</summary>
    void Truncate(long length);
}

/// <summary>A call to the file system failed.</summary>
public sealed class SegmentIoException(string operation, string path, int errno)
    : IOException($"{operation} {path}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)} ({errno})")
{
    private const int Enospc = 28;
    private const int Edquot = 122;

    /// <summary>errno(3).</summary>
    public int Errno { get; } = errno;

    /// <summary>No space is left, on the device or of the quota.</summary>
    public bool IsFull => Errno is Enospc or Edquot;
}
