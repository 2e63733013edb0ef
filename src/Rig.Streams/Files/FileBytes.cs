using Microsoft.Win32.SafeHandles;
using Rig.Media.Mp4;

namespace Rig.Streams.Files;

/// <summary>A file on disk for the MP4 reader.</summary>
public sealed class FileBytes : IRandomAccessBytes, IDisposable
{
    private readonly SafeFileHandle _file;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public FileBytes(string path) => _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public long Length => RandomAccess.GetLength(_file);

    public int Read(long offset, Span<byte> destination) => RandomAccess.Read(_file, destination, offset);

    public void Dispose() => _file.Dispose();
}
