using Rig.Streams.Recording;

namespace Rig.Streams.Tests.Recording;

/// <summary>Real files, with faults where a test asks for them: each hook may throw, wait, or leave a call half done.</summary>
internal sealed class FaultyFiles(ISegmentFiles real) : ISegmentFiles
{
    public const int Eio = 5;
    public const int Enospc = 28;
    public const int Erofs = 30;

    /// <summary>Called before each write with path, offset and bytes; returns how many bytes to write before failing with an errno, or null.</summary>
    public Func<string, long, long, (long Bytes, int Errno)?>? OnWrite { get; set; }

    public Action<string>? OnSync { get; set; }

    public Action<string>? OnCreate { get; set; }

    public Action<string, long>? OnReserve { get; set; }

    public void CreateDirectory(string path) => real.CreateDirectory(path);

    public ISegmentFile? TryCreate(string path)
    {
        OnCreate?.Invoke(path);
        return real.TryCreate(path) is { } file ? new FaultyFile(this, file) : null;
    }

    public ISegmentFile Open(string path) => new FaultyFile(this, real.Open(path));

    public void SyncDirectory(string path) => real.SyncDirectory(path);

    public void Delete(string path) => real.Delete(path);

    private sealed class FaultyFile(FaultyFiles owner, ISegmentFile real) : ISegmentFile
    {
        public string Path => real.Path;

        public long Length => real.Length;

        public int Read(long offset, Span<byte> into) => real.Read(offset, into);

        public void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
        {
            if (owner.OnWrite?.Invoke(Path, offset, buffers.Sum(buffer => (long)buffer.Length)) is not { } fault)
            {
                real.Write(offset, buffers);
                return;
            }

            byte[] all = [.. buffers.SelectMany(buffer => buffer.ToArray())];
            real.Write(offset, [all.AsMemory(0, (int)Math.Min(fault.Bytes, all.Length))]);
            throw new SegmentIoException("pwritev", Path, fault.Errno);
        }

        public void SyncData()
        {
            owner.OnSync?.Invoke(Path);
            real.SyncData();
        }

        public bool TryReserve(long offset, long bytes)
        {
            owner.OnReserve?.Invoke(Path, bytes);
            return real.TryReserve(offset, bytes);
        }

        public void Truncate(long length) => real.Truncate(length);

        public void Dispose() => real.Dispose();
    }
}
