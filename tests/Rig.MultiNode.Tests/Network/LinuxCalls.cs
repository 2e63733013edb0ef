using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rig.MultiNode.Tests.Network;

/// <summary>The few system calls that the lab needs and .NET does not offer.</summary>
internal static partial class LinuxCalls
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const nuint SetInterface = 0x400454ca;
    private const short Tun = 0x0001;
    private const short NoPacketInformation = 0x1000;
    private const int NetworkNamespace = 0x40000000;
    private const short Readable = 1;

    /// <summary>Makes a TUN device: what the kernel sends to it is read from the descriptor, what is written there arrives from it (tun.txt).</summary>
    public static int OpenTun(string name)
    {
        int descriptor = Check(Open("/dev/net/tun", ReadWrite | CloseOnExec));
        InterfaceRequest request = new(name, Tun | NoPacketInformation);
        Check(Ioctl(descriptor, SetInterface, ref request));
        return descriptor;
    }

    public static int OpenFile(string path) => Check(Open(path, CloseOnExec));

    /// <summary>Moves the calling thread into a network namespace.</summary>
    public static void EnterNetwork(int descriptor) => Check(SetNamespace(descriptor, NetworkNamespace));

    /// <summary>Waits until there is something to read.</summary>
    public static bool WaitReadable(int descriptor, int milliseconds)
    {
        PollEntry entry = new() { Descriptor = descriptor, Events = Readable };
        return Poll(ref entry, 1, milliseconds) > 0;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, ref InterfaceRequest argument);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entry, nuint count, int milliseconds);

    /// <summary>struct ifreq: 16 bytes of name, then a union of 24.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private unsafe struct InterfaceRequest
    {
        private fixed byte _name[16];
        private readonly short _flags;

        public InterfaceRequest(string name, short flags)
        {
            for (int i = 0; i < name.Length; i++)
            {
                _name[i] = (byte)name[i];
            }

            _flags = flags;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
