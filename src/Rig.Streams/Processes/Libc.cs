using System.Runtime.InteropServices;

namespace Rig.Streams.Processes;

/// <summary>The calls of the C library that child processes and batches of datagrams need and .NET does not offer. Linux, 64 bits.</summary>
internal static class Libc
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int ErrorInterrupted = 4;
    public const int ErrorAgain = 11;
    public const short PollIn = 1;
    public const int OpenCloseOnExec = 0x80000;
    public const int SetPipeSize = 1031;
    public const short SpawnSetProcessGroup = 0x02;
    public const short SpawnSetDefaultSignals = 0x04;
    public const short SpawnSetSignalMask = 0x08;

    /// <summary>More than posix_spawnattr_t (336 bytes), posix_spawn_file_actions_t (80) and sigset_t (128) take in any C library for Linux.</summary>
    public const int OpaqueSize = 1024;

    private const string Library = "libc";
    private const long PidFdOpen = 434;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>A descriptor that becomes readable when the process has ended (Linux 5.3).</summary>
    public static int OpenPidFd(int pid) => (int)syscall(PidFdOpen, pid, 0);

    [DllImport(Library, SetLastError = true)]
    public static extern int pipe2(int[] ends, int flags);

    [DllImport(Library, SetLastError = true)]
    public static extern int fcntl(int fd, int command, int argument);

    [DllImport(Library, SetLastError = true)]
    public static extern nint read(int fd, ref byte buffer, nint count);

    [DllImport(Library, SetLastError = true)]
    public static extern int close(int fd);

    [DllImport(Library, SetLastError = true)]
    public static extern int poll([In, Out] PollFd[] fds, ulong count, int milliseconds);

    [DllImport(Library, SetLastError = true)]
    public static extern int kill(int pid, int signal);

    [DllImport(Library, SetLastError = true)]
    public static extern int waitpid(int pid, out int status, int options);

    [DllImport(Library, SetLastError = true)]
    public static extern int recvmmsg(int socket, ref long headers, uint count, int flags, nint timeout);

    [DllImport(Library)]
    public static extern int posix_spawn(out int pid, byte[] path, byte[] actions, byte[] attributes, nint[] arguments, nint[] environment);

    [DllImport(Library)]
    public static extern int posix_spawn_file_actions_init(byte[] actions);

    [DllImport(Library)]
    public static extern int posix_spawn_file_actions_destroy(byte[] actions);

    [DllImport(Library)]
    public static extern int posix_spawn_file_actions_adddup2(byte[] actions, int fd, int newFd);

    [DllImport(Library)]
    public static extern int posix_spawn_file_actions_addopen(byte[] actions, int fd, byte[] path, int flags, uint mode);

    [DllImport(Library)]
    public static extern int posix_spawnattr_init(byte[] attributes);

    [DllImport(Library)]
    public static extern int posix_spawnattr_destroy(byte[] attributes);

    [DllImport(Library)]
    public static extern int posix_spawnattr_setflags(byte[] attributes, short flags);

    [DllImport(Library)]
    public static extern int posix_spawnattr_setpgroup(byte[] attributes, int group);

    [DllImport(Library)]
    public static extern int posix_spawnattr_setsigdefault(byte[] attributes, byte[] signals);

    [DllImport(Library)]
    public static extern int posix_spawnattr_setsigmask(byte[] attributes, byte[] signals);

    [DllImport(Library)]
    public static extern int sigemptyset(byte[] signals);

    [DllImport(Library)]
    public static extern int sigfillset(byte[] signals);

    [DllImport(Library, SetLastError = true)]
    private static extern long syscall(long number, int pid, uint flags);
}
