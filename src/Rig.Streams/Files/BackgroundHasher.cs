using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Rig.Streams.Files;

/// <summary>
/// Computes SHA-256 of finished files, one after the other, on one thread of the lowest processor and disk priority, so that hashing
/// never competes with recording. Nothing here knows what the files are.
/// </summary>
public sealed partial class BackgroundHasher : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private readonly BlockingCollection<(string Path, TaskCompletionSource<string> Result)> _queue = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public BackgroundHasher()
    {
        _thread = new Thread(Work)
        {
            Name = "hasher",
            IsBackground = true,
            Priority = ThreadPriority.Lowest,
        };
        _thread.Start();
    }

    /// <summary>The hash of a file as it is when its turn comes: 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">In the task: the file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">In the task: the hasher was disposed.</exception>
    public Task<string> HashAsync(string path)
    {
        TaskCompletionSource<string> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_stop.IsCancellationRequested)
        {
            result.SetCanceled();
        }
        else
        {
            _queue.Add((path, result));
        }

        return result.Task;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _stop.Dispose();
    }

    private void Work()
    {
        LowerPriority();
        byte[] buffer = new byte[ChunkBytes];
        foreach ((string path, TaskCompletionSource<string> result) in _queue.GetConsumingEnumerable())
        {
            try
            {
                result.SetResult(Hash(path, buffer));
            }
            catch (OperationCanceledException)
            {
                result.SetCanceled();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                result.SetException(error);
            }
        }
    }

    private string Hash(string path, byte[] buffer)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        long done = 0;
        for (int read; (read = file.Read(buffer)) > 0; done += read)
        {
            _stop.Token.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            // The pages of a file that nobody reads again must not push others out of memory.
            _ = PosixFadvise(file.SafeFileHandle, done, read, FadviseDontNeed);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Nice 19 and the idle class of ioprio_set(2) for this thread alone. Refusal changes nothing but manners.</summary>
    private static void LowerPriority()
    {
        _ = SetPriority(PriorityProcess, 0, 19);
        if (RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64)
        {
            int number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 251 : 30;
            _ = Syscall(number, IoPriorityWhoProcess, 0, IoPriorityClassIdle << IoPriorityClassShift);
        }
    }

    private const int PriorityProcess = 0;
    private const int IoPriorityWhoProcess = 1;
    private const int IoPriorityClassIdle = 3;
    private const int IoPriorityClassShift = 13;
    private const int FadviseDontNeed = 4;

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number, nint which, nint who, nint priority);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int PosixFadvise(SafeHandle file, long offset, long length, int advice);
}
