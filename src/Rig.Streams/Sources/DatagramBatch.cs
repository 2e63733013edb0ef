using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary>
/// Receives many datagrams with one system call, recvmmsg(2): at 50 Mbit/s a call for each of 4,700 datagrams a second is what costs.
/// The kernel's structures lie in pinned memory that is laid out once. One thread.
/// </summary>
internal sealed class DatagramBatch
{
    /// <summary>Datagrams a call: 5 ms at 100 Mbit/s.</summary>
    private const int Capacity = 64;

    /// <summary>Bytes of a datagram that are kept: a jumbo frame. MPEG-TS over UDP has 1,316 bytes, RTP 12 more.</summary>
    private const int DatagramBytes = 9216;

    /// <summary>struct mmsghdr on 64-bit Linux: msghdr (56 bytes), msg_len and padding.</summary>
    private const int HeaderWords = 8;
    private const int VectorsField = 2;
    private const int VectorCountField = 3;
    private const int LengthField = 7;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Capacity * DatagramBytes, pinned: true);
    private readonly long[] _headers = GC.AllocateArray<long>(Capacity * HeaderWords, pinned: true);
    private readonly long[] _vectors = GC.AllocateArray<long>(Capacity * 2, pinned: true);
    private readonly Socket _socket;

    public DatagramBatch(Socket socket)
    {
        _socket = socket;
        for (int i = 0; i < Capacity; i++)
        {
            _vectors[2 * i] = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, i * DatagramBytes);
            _vectors[(2 * i) + 1] = DatagramBytes;
            _headers[(i * HeaderWords) + VectorsField] = Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, 2 * i);
            _headers[(i * HeaderWords) + VectorCountField] = 1;
        }
    }

    /// <summary>Whether the last call filled the batch: more is waiting.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Takes what is there without waiting.</summary>
    /// <returns>The number of datagrams, 0 when none is there.</returns>
    public int Receive()
    {
        const int dontWait = 0x40;
        int count = Libc.recvmmsg((int)_socket.Handle, ref _headers[0], Capacity, dontWait, 0);
        IsFull = count == Capacity;
        return Math.Max(count, 0);
    }

    /// <summary>A datagram of the last call; valid until the next.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        _bytes.AsSpan(index * DatagramBytes, Math.Min(DatagramBytes, (int)(uint)_headers[(index * HeaderWords) + LengthField]));
}
