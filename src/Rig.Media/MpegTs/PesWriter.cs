using System.Buffers;
using System.Buffers.Binary;

namespace Rig.Media.MpegTs;

/// <summary>
/// Cuts one PES packet into transport packets (ISO/IEC 13818-1 2.4.3): the first may carry clock and random access flag in its
/// adaptation field, the last is filled up by one. The whole length is given beforehand, the bytes in any pieces.
/// </summary>
internal ref struct PesWriter
{
    private const int MaxPayload = TsPacket.Size - TsPacket.HeaderSize;
    private const int PcrSize = 6;

    private readonly IBufferWriter<byte> _output;
    private readonly int _pid;
    private readonly long _pcr;
    private readonly bool _randomAccess;
    private readonly ref byte _continuity;
    private Span<byte> _packet;
    private int _left;
    private int _position;
    private bool _started;

    /// <param name="output">Where the packets go.</param>
    /// <param name="pid">PID.</param>
    /// <param name="continuity">The PID's counter; advanced by every packet.</param>
    /// <param name="length">Bytes of the PES packet with its header.</param>
    /// <param name="pcr">Clock in 27 MHz ticks, or -1.</param>
    /// <param name="randomAccess">random_access_indicator (2.4.3.5).</param>
    public PesWriter(IBufferWriter<byte> output, int pid, ref byte continuity, int length, long pcr, bool randomAccess)
    {
        _output = output;
        _pid = pid;
        _continuity = ref continuity;
        _left = length;
        _pcr = pcr;
        _randomAccess = randomAccess;
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_position == _packet.Length)
            {
                Open();
            }

            int count = Math.Min(bytes.Length, _packet.Length - _position);
            bytes[..count].CopyTo(_packet[_position..]);
            bytes = bytes[count..];
            _position += count;
            _left -= count;
            if (_position == _packet.Length)
            {
                _output.Advance(TsPacket.Size);
                _packet = default;
                _position = 0;
            }
        }
    }

    /// <summary>A packet that has only an adaptation field with a clock (2.4.3.3: its continuity counter is not advanced).</summary>
    public static void WritePcr(IBufferWriter<byte> output, int pid, byte continuity, long pcr)
    {
        Span<byte> packet = output.GetSpan(TsPacket.Size)[..TsPacket.Size];
        WriteHeader(packet, pid, starts: false, control: 0x20, (byte)((continuity - 1) & 15));
        WriteAdaptation(packet, MaxPayload, pcr, randomAccess: false);
        output.Advance(TsPacket.Size);
    }

    public static void WriteHeader(Span<byte> packet, int pid, bool starts, int control, byte continuity)
    {
        packet[0] = TsPacket.Sync;
        packet[1] = (byte)((starts ? 0x40 : 0) | (pid >> 8));
        packet[2] = (byte)pid;
        packet[3] = (byte)(control | (continuity & 15));
    }

    private void Open()
    {
        _packet = _output.GetSpan(TsPacket.Size)[..TsPacket.Size];
        bool first = !_started;
        bool flags = first && (_pcr >= 0 || _randomAccess);
        int needed = !flags ? 0 : 2 + (_pcr >= 0 ? PcrSize : 0);
        int adaptation = Math.Max(needed, MaxPayload - _left);
        WriteHeader(_packet, _pid, first, adaptation > 0 ? 0x30 : 0x10, _continuity);
        if (adaptation > 0)
        {
            WriteAdaptation(_packet, adaptation, first ? _pcr : -1, first && _randomAccess);
        }

        _continuity = (byte)((_continuity + 1) & 15);
        _position = TsPacket.HeaderSize + adaptation;
        _started = true;
    }

    private static void WriteAdaptation(Span<byte> packet, int size, long pcr, bool randomAccess)
    {
        Span<byte> field = packet.Slice(TsPacket.HeaderSize, size);
        field[0] = (byte)(size - 1);
        if (size == 1)
        {
            return;
        }

        field[1..].Fill(0xff);
        field[1] = (byte)((randomAccess ? 0x40 : 0) | (pcr >= 0 ? 0x10 : 0));
        if (pcr >= 0)
        {
            long clock = pcr / 300;
            int extension = (int)(pcr % 300);
            BinaryPrimitives.WriteUInt32BigEndian(field[2..], (uint)(clock >> 1));
            field[6] = (byte)((clock << 7) | 0x7e | (uint)(extension >> 8));
            field[7] = (byte)extension;
        }
    }
}
