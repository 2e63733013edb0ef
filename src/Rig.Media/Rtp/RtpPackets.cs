using System.Buffers.Binary;

namespace Rig.Media.Rtp;

/// <summary>
/// The packets of one unit, one behind the other in a buffer that is used again. Before each lies the room for its interleaving header (RFC 7826 14), so that over TCP the
/// whole buffer leaves in one piece:
/// <code>
/// '$' | channel 8 | length 16 | packet ...
/// </code>
/// One thread.
/// </summary>
public sealed class RtpPackets
{
    public const int InterleavedHeader = 4;

    private readonly List<(int Offset, int Length)> _packets = [];
    private byte[] _bytes = new byte[16 << 10];
    private int _end;

    public int Count => _packets.Count;

    /// <summary>All packets with their interleaving headers. Invalid after the next change.</summary>
    public ReadOnlyMemory<byte> Interleaved => _bytes.AsMemory(0, _end);

    /// <summary>A packet without interleaving header. Invalid after the next change.</summary>
    public ReadOnlyMemory<byte> this[int index] => _bytes.AsMemory(_packets[index].Offset, _packets[index].Length);

    public void Clear()
    {
        _packets.Clear();
        _end = 0;
    }

    /// <summary>Adds a packet of a channel; its content is the caller's to write before the next change.</summary>
    public Span<byte> Add(byte channel, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ushort.MaxValue);
        int needed = _end + InterleavedHeader + length;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        Span<byte> head = _bytes.AsSpan(_end, InterleavedHeader);
        head[0] = (byte)'$';
        head[1] = channel;
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)length);
        _packets.Add((_end + InterleavedHeader, length));
        _end = needed;
        return _bytes.AsSpan(needed - length, length);
    }
}
