using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rig.Streams.Processes;

/// <summary>
/// A child process: started without a shell, its output read raw from a large pipe, its error output kept, ended with its owner
/// (SIGTERM, then SIGKILL, to its whole process group) and by the kernel when this process is killed.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>How long a child may take over SIGTERM: ffmpeg and rpicam-vid need less than one to close their devices.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(3);

    /// <summary>How long the kernel may take over SIGKILL; a child that hangs in a driver is left to it after that.</summary>
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of the output pipe: what Linux allows without privilege, 160 ms of 50 Mbit/s.</summary>
    private const int PipeBytes = 1 << 20;

    private const int ErrorReadBytes = 4096;

    /// <summary>Reads that empty a full error pipe of 64 KB.</summary>
    private const int PipeReads = 16;

    private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LineLog _errors = new();
    private readonly SafeFileHandle _output;
    private readonly Libc.PollFd[] _poll = new Libc.PollFd[1];
    private bool _disposed;

    private ChildProcess(ChildCommand command, int id, SafeFileHandle output, SafeFileHandle? input)
    {
        Command = command;
        Id = id;
        _output = output;
        Input = input is null ? null : new FileStream(input, FileAccess.Write, bufferSize: 0);
    }

    public ChildCommand Command { get; }

    public int Id { get; }

    /// <summary>The child's input, when its command has one. Closing it ends the input.</summary>
    public Stream? Input { get; }

    /// <summary>Completes when the child has ended.</summary>
    public Task<ChildExit> Exited => _exited.Task;

    /// <summary>The last 50 lines of its error output, oldest first.</summary>
    public IReadOnlyList<string> ErrorOutput => _errors.Lines;

    /// <summary>Starts a program. It runs when this returns.</summary>
    /// <exception cref="IOException">It could not be started.</exception>
    public static ChildProcess Start(ChildCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        (SafeFileHandle output, SafeFileHandle childOutput) = MakePipe();
        (SafeFileHandle error, SafeFileHandle childError) = MakePipe();
        (SafeFileHandle? childInput, SafeFileHandle? input) = command.HasInput ? MakePipe() : default;
        using (childOutput)
        using (childError)
        using (childInput)
        {
            try
            {
                _ = Libc.fcntl(Number(output), Libc.SetPipeSize, PipeBytes);
                int id = ChildLauncher.Shared.Start(
                    command,
                    childInput is null ? -1 : Number(childInput),
                    Number(childOutput),
                    Number(childError)
                );
                var child = new ChildProcess(command, id, output, input);
                new Thread(() => child.Watch(error)) { IsBackground = true, Name = $"child {id}" }.Start();
                return child;
            }
            catch (IOException)
            {
                output.Dispose();
                error.Dispose();
                input?.Dispose();
                throw;
            }
        }
    }

    /// <summary>Reads what the child wrote. One thread at a time.</summary>
    /// <param name="buffer">Filled from its start.</param>
    /// <param name="milliseconds">How long to wait for the first byte.</param>
    /// <returns>The bytes read; 0 when the child closed its output; -1 when none came in time.</returns>
    public int Read(Span<byte> buffer, int milliseconds)
    {
        _poll[0] = new Libc.PollFd { Fd = Number(_output), Events = Libc.PollIn };
        int ready = Libc.poll(_poll, 1, milliseconds);
        if (ready <= 0)
        {
            return -1;
        }

        nint count = Libc.read(_poll[0].Fd, ref MemoryMarshal.GetReference(buffer), buffer.Length);
        bool again = count < 0 && Marshal.GetLastPInvokeError() is Libc.ErrorInterrupted or Libc.ErrorAgain;
        return again ? -1 : (int)Math.Max(count, 0);
    }

    /// <summary>Ends the child and all of its process group: politely, and after a grace for certain.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!_exited.Task.IsCompleted)
        {
            _ = Libc.kill(-Id, Libc.SigTerm);
            await Task.WhenAny(_exited.Task, Task.Delay(grace));
        }

        _ = Libc.kill(-Id, Libc.SigKill);
        await Task.WhenAny(_exited.Task, Task.Delay(KillTime));
    }

    /// <summary>Stops the child with the default grace. Nobody may be inside <see cref="Read"/> any more, or read what follows.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (Input is not null)
        {
            await Input.DisposeAsync();
        }

        await StopAsync(DefaultGrace);
        _output.Dispose();
    }

    private static (SafeFileHandle Read, SafeFileHandle Write) MakePipe()
    {
        int[] ends = new int[2];
        if (Libc.pipe2(ends, Libc.OpenCloseOnExec) != 0)
        {
            throw new IOException($"No pipe could be made: error {Marshal.GetLastPInvokeError()} of the kernel.");
        }

        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>Reads error output and waits for the end, on a thread of its own that sleeps unless one of them happens.</summary>
    private void Watch(SafeFileHandle error)
    {
        const int errors = 0;
        const int ended = 1;
        using SafeFileHandle output = error;
        using var process = new SafeFileHandle(Libc.OpenPidFd(Id), ownsHandle: true);
        byte[] buffer = new byte[ErrorReadBytes];
        Libc.PollFd[] both =
        [
            new Libc.PollFd { Fd = Number(error), Events = Libc.PollIn },
            new Libc.PollFd { Fd = Number(process), Events = Libc.PollIn },
        ];
        while (both[ended].Returned == 0 && (both[ended].Fd >= 0 || both[errors].Fd >= 0))
        {
            if (Libc.poll(both, 2, -1) > 0 && both[errors].Returned != 0)
            {
                ReadErrors(ref both[errors], buffer);
            }
        }

        // What the child wrote last is still in the pipe; no more than the pipe holds, since its own children may go on writing.
        both[ended].Fd = -1;
        for (int reads = 0; reads < PipeReads && Libc.poll(both, 2, 0) > 0; reads++)
        {
            ReadErrors(ref both[errors], buffer);
        }

        _ = Libc.waitpid(Id, out int status, 0);
        _exited.SetResult(ChildExit.FromStatus(status));
    }

    private void ReadErrors(ref Libc.PollFd errors, byte[] buffer)
    {
        nint count = Libc.read(errors.Fd, ref buffer[0], buffer.Length);
        if (count > 0)
        {
            _errors.Append(buffer.AsSpan(0, (int)count));
        }
        else if (count == 0)
        {
            errors.Fd = -1; // closed; poll(2) passes over it
        }
    }
}
