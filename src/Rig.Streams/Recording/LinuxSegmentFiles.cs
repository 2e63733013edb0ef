using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rig.Streams.Recording;

/// <summary>The real files, by the system calls of Linux: errno is kept, and fdatasync, fallocate and fsync of a directory have no other way.</summary>
public sealed partial class LinuxSegmentFiles : ISegmentFiles
{
    private const int OpenReadWrite = 2;
    private const int OpenCreate = 0x40;
    private const int OpenExclusive = 0x80;
    private const int OpenCloseOnExec = 0x8_0000;
    private const int Eintr = 4;
    private const int Eexist = 17;
    private const int OwnerAndGroup = 0b110_110_100;

    public void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            const int Eio = 5;
            throw new SegmentIoException("mkdir", path, error.HResult is > 0 and < 4096 ? error.HResult : Eio);
        }
    }

    public ISegmentFile? TryCreate(string path)
    {
        SafeFileHandle handle = open(path, OpenReadWrite | OpenCreate | OpenExclusive | OpenCloseOnExec, OwnerAndGroup);
        int errno = Marshal.GetLastPInvokeError();
        if (!handle.IsInvalid)
        {
            return new LinuxSegmentFile(path, handle);
        }

        handle.Dispose();
        return errno == Eexist ? null : throw new SegmentIoException("create", path, errno);
    }

    public ISegmentFile Open(string path) => new LinuxSegmentFile(path, Open(path, OpenReadWrite | OpenCloseOnExec));

    public void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Open(path, OpenCloseOnExec);
        Check(fsync(directory), "fsync", path);
    }

    public void Delete(string path) => Check(unlink(path), "unlink", path);

    private static SafeFileHandle Open(string path, int flags)
    {
        SafeFileHandle handle = open(path, flags, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        throw new SegmentIoException("open", path, errno);
    }

    private static void Check(int result, string operation, string path)
    {
        if (result != 0)
        {
            throw new SegmentIoException(operation, path, Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pwritev(SafeFileHandle file, IoVector* vectors, int count, long offset);

    /// <summary>struct iovec of readv(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public nint Base;
        public nint Length;
    }

    private sealed class LinuxSegmentFile(string path, SafeFileHandle handle) : ISegmentFile
    {
        /// <summary>Buffers of one call: a fragment of a second has about this many; IOV_MAX is 1024.</summary>
        private const int VectorsPerCall = 128;

        private const int KeepSize = 1;
        private const int Eopnotsupp = 95;
        private const int Enosys = 38;

        public string Path { get; } = path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> into)
        {
            try
            {
                return RandomAccess.Read(handle, into, offset);
            }
            catch (IOException error)
            {
                throw new SegmentIoException("pread", Path, error.HResult);
            }
        }

        public unsafe void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
        {
            IoVector* vectors = stackalloc IoVector[VectorsPerCall];
            MemoryHandle[] pins = ArrayPool<MemoryHandle>.Shared.Rent(VectorsPerCall);
            try
            {
                for (int from = 0; from < buffers.Count; from += VectorsPerCall)
                {
                    int count = Math.Min(VectorsPerCall, buffers.Count - from);
                    for (int i = 0; i < count; i++)
                    {
                        pins[i] = buffers[from + i].Pin();
                        vectors[i] = new IoVector { Base = (nint)pins[i].Pointer, Length = buffers[from + i].Length };
                    }

                    offset = WriteAll(vectors, count, offset);
                    Unpin(pins, count);
                }
            }
            finally
            {
                Unpin(pins, VectorsPerCall);
                ArrayPool<MemoryHandle>.Shared.Return(pins, clearArray: true);
            }
        }

        public void SyncData() => Check(fdatasync(handle), "fdatasync", Path);

        public bool TryReserve(long offset, long bytes)
        {
            if (fallocate(handle, KeepSize, offset, bytes) == 0)
            {
                return true;
            }

            int errno = Marshal.GetLastPInvokeError();
            return errno is Eopnotsupp or Enosys ? false : throw new SegmentIoException("fallocate", Path, errno);
        }

        public void Truncate(long length) => Check(ftruncate(handle, length), "ftruncate", Path);

        public void Dispose() => handle.Dispose();

        private unsafe long WriteAll(IoVector* vectors, int count, long offset)
        {
            while (count > 0)
            {
                nint written = pwritev(handle, vectors, count, offset);
                int errno = Marshal.GetLastPInvokeError();
                if (written < 0 && errno == Eintr)
                {
                    continue;
                }

                if (written < 0)
                {
                    throw new SegmentIoException("pwritev", Path, errno);
                }

                offset += written;
                for (; count > 0 && written >= vectors->Length; vectors++, count--)
                {
                    written -= vectors->Length;
                }

                if (count > 0)
                {
                    vectors->Base += written;
                    vectors->Length -= written;
                }
            }

            return offset;
        }

        private static void Unpin(MemoryHandle[] pins, int count)
        {
            for (int i = 0; i < count; i++)
            {
                pins[i].Dispose();
                pins[i] = default;
            }
        }
    }
}
