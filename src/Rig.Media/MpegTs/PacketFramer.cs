namespace Rig.Media.MpegTs;

/// <summary>Takes what <see cref="PacketFramer"/> found.</summary>
internal interface IPacketRun
{
    /// <summary>Handles whole packets from the start of <paramref name="bytes"/> on, as long as each begins with the sync byte.</summary>
    /// <param name="bytes">Begins where a packet should.</param>
    /// <param name="stride">Bytes from one packet to the next.</param>
    /// <param name="offset">Position of the first byte in the input.</param>
    /// <returns>Packets handled x stride.</returns>
    int OnRun(ReadOnlySpan<byte> bytes, int stride, long offset);

    /// <summary>No packet begins where one should.</summary>
    void OnSyncLost();

    /// <summary>Bytes that belong to no packet lie before the packet that comes next.</summary>
    void OnGarbage(long offset, long count);
}

/// <summary>
/// Finds the packets in a stream of bytes (ISO/IEC 13818-1 annex G.1) of 188 bytes, 192 (a time stamp before each: Blu-ray, many
/// cameras' files) or 204 (16 bytes of outer code behind each: ETSI EN 300 429). What it decides depends on the bytes only, never on
/// how they are cut into pushes. Packets are handed on where they lie; only what is cut off at the end of a push is copied.
/// </summary>
internal sealed class PacketFramer(IPacketRun handler)
{
    /// <summary>Sync bytes at the same distance that make a lock: a wrong one passes with a probability of 2^-16, and is lost again at once.</summary>
    private const int SyncsForLock = 3;

    private const int MaxStride = 204;

    /// <summary>Bytes from a candidate on that decide whether it is a packet.</summary>
    private const int Window = ((SyncsForLock - 1) * MaxStride) + 1;

    /// <summary>Keeps searching cheap: several windows are looked at for one move of the rest.</summary>
    private const int SeamSize = 8 * Window;

    private const int TimeStampSize = 4;
    private const int StampedStride = 192;

    private readonly byte[] _seam = new byte[SeamSize];
    private int _held;
    private int _stride;
    private int _lastStride = TsPacket.Size;
    private int _skip;
    private long _offset;
    private long _garbage;

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (_held > 0 && !bytes.IsEmpty)
        {
            int wanted = _stride == 0 ? SeamSize : TsPacket.Size;
            int count = Math.Min(bytes.Length, wanted - _held);
            bytes[..count].CopyTo(_seam.AsSpan(_held));
            bytes = bytes[count..];
            _held += count;
            Shift(Consume(_seam.AsSpan(0, _held), final: false));
        }

        if (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> rest = bytes[Consume(bytes, final: false)..];
            rest.CopyTo(_seam);
            _held = rest.Length;
        }
    }

    /// <summary>The input ended: decides on what it has, then is as new.</summary>
    public void Flush()
    {
        int used = Consume(_seam.AsSpan(0, _held), final: true);
        _garbage += _held - used;
        ReportGarbage();
        _held = _skip = _stride = 0;
    }

    private void Shift(int used)
    {
        _seam.AsSpan(used, _held - used).CopyTo(_seam);
        _held -= used;
    }

    private int Consume(ReadOnlySpan<byte> bytes, bool final)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            if (_skip > 0)
            {
                Advance(ref position, Math.Min(_skip, bytes.Length - position), ref _skip);
            }
            else if (_stride == 0)
            {
                int skipped = Search(bytes[position..], final);
                position += skipped;
                _offset += skipped;
                _garbage += skipped;
                if (_stride == 0)
                {
                    return position;
                }

                ReportGarbage();
            }
            else
            {
                int left = bytes.Length - position;
                int used = handler.OnRun(bytes[position..], _stride, _offset);
                _skip = used;
                Advance(ref position, Math.Min(used, left), ref _skip);
                if (position == bytes.Length || bytes[position] == TsPacket.Sync)
                {
                    return position;
                }

                _stride = 0;
                handler.OnSyncLost();
            }
        }

        return position;
    }

    private void Advance(ref int position, int count, ref int pending)
    {
        position += count;
        pending -= count;
        _offset += count;
    }

    /// <summary>Looks for the next packet: how many bytes lie before it, with the stride set; or before the first place that cannot be judged yet.</summary>
    private int Search(ReadOnlySpan<byte> bytes, bool final)
    {
        int position = 0;
        while (true)
        {
            int next = bytes[position..].IndexOf(TsPacket.Sync);
            if (next < 0)
            {
                return bytes.Length;
            }

            position += next;
            if (!final && bytes.Length - position < Window)
            {
                return position;
            }

            ReadOnlySpan<byte> candidate = bytes[position..];
            foreach (int stride in (ReadOnlySpan<int>)[_lastStride, TsPacket.Size, StampedStride, MaxStride])
            {
                if (IsPacketRun(candidate, stride))
                {
                    _stride = _lastStride = stride;
                    return position;
                }
            }

            position++;
        }
    }

    private static bool IsPacketRun(ReadOnlySpan<byte> bytes, int stride)
    {
        // adaptation_field_control '00' is reserved: decoders shall discard such packets (2.4.3.3).
        if (bytes.Length < TsPacket.Size || (bytes[3] & 0x30) == 0)
        {
            return false;
        }

        for (int index = 1; index < SyncsForLock && index * stride < bytes.Length; index++)
        {
            if (bytes[index * stride] != TsPacket.Sync)
            {
                return false;
            }
        }

        return true;
    }

    private void ReportGarbage()
    {
        bool isTimeStamp = _garbage == TimeStampSize && _stride == StampedStride;
        if (_garbage > 0 && !isTimeStamp)
        {
            handler.OnGarbage(_offset - _garbage, _garbage);
        }

        _garbage = 0;
    }
}
