using Microsoft.Win32.SafeHandles;
using Rig.Media.Mp4;

namespace Rig.Streams.Files;

/// <summary>A file on disk for the MP4 reader.</summary>
public sealed class FileBytes : IRandomAccessBytes, IDisposable
{
    private readonly SafeFileHandle _file;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public FileBytes(string path)
        : this(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)) { }

    /// <param name="file">Closed with this object.</param>
    internal FileBytes(SafeFileHandle file) => _file = file;

    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Reads as much as asked for, less only at the end: read(2) may give less on network file systems.</summary>
    public int Read(long offset, Span<byte> destination)
    {
        int read = 0;
        while (read < destination.Length && RandomAccess.Read(_file, destination[read..], offset + read) is > 0 and int count)
        {
            read += count;
        }

        return read;
    }

    public void Dispose() => _file.Dispose();
}
