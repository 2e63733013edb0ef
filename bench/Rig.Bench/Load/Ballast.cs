using System.Runtime.InteropServices;

namespace Rig.Bench.Load;

/// <summary>
/// Keeps the machine's free memory backed by its host. A hypervisor with free page reporting (virtio balloon) takes back what a guest has
/// free in whole blocks of 2 MiB; the next touch of such a page then costs more than all that a recorder does with it, as much by chance
/// for one recorder as for the other. This takes memory, touches it, and gives back all but a page of each MiB: what is free stays in
/// pieces that are too small to be taken. On real hardware it changes nothing.
/// </summary>
internal sealed partial class Ballast : IDisposable
{
    private const int PageBytes = 4096;
    private const int StepBytes = 1 << 20;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int DontNeed = 4;

    private readonly nint _memory;
    private readonly nuint _bytes;

    /// <param name="wanted">Bytes to keep backed; at most three quarters of what is available are.</param>
    public unsafe Ballast(long wanted)
    {
        long bytes = Math.Min(wanted, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3) / StepBytes * StepBytes;
        _bytes = (nuint)bytes;
        _memory = mmap(0, _bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (_memory == -1)
        {
            throw new IOException($"mmap of {bytes} bytes failed: errno {Marshal.GetLastPInvokeError()}.");
        }

        for (long at = 0; at < bytes; at += PageBytes)
        {
            *(byte*)(_memory + (nint)at) = 1;
        }

        for (long at = 0; at < bytes; at += StepBytes)
        {
            _ = madvise(_memory + (nint)at + PageBytes, StepBytes - PageBytes, DontNeed);
        }
    }

    public void Dispose() => _ = munmap(_memory, _bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);
}
