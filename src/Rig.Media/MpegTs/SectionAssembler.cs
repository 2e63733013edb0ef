namespace Rig.Media.MpegTs;

/// <summary>Puts the sections of one PID together from packet payloads, ISO/IEC 13818-1 2.4.4: a section may span packets, a packet may hold several.</summary>
internal sealed class SectionAssembler
{
    /// <summary>PAT and PMT sections: section_length must not exceed 1021 (2.4.4.3, 2.4.4.8); three bytes precede it.</summary>
    public const int MaxSection = 1024;

    private const int LengthFieldEnd = 3;
    private const byte Stuffing = 0xff;

    private readonly byte[] _section = new byte[MaxSection];
    private int _held;

    /// <summary>What <see cref="Append"/> gives a section to; the bytes are valid during the call. The CRC is not checked yet.</summary>
    public delegate void SectionHandler(ReadOnlySpan<byte> section);

    /// <summary>Forgets a section under construction, because bytes are missing.</summary>
    public void Reset() => _held = 0;

    /// <summary>Takes the payload of the next packet.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="starts">payload_unit_start_indicator: a pointer_field comes first (2.4.4.2).</param>
    /// <param name="handler">Called for every whole section.</param>
    /// <returns>False when the payload cannot be what it says.</returns>
    public bool Append(ReadOnlySpan<byte> payload, bool starts, SectionHandler handler)
    {
        if (!starts)
        {
            return _held == 0 || Continue(payload, handler);
        }

        if (payload.IsEmpty || payload[0] >= payload.Length)
        {
            Reset();
            return false;
        }

        bool good = _held == 0 || Continue(payload.Slice(1, payload[0]), handler);
        Reset();
        return StartAll(payload[(1 + payload[0])..], handler) && good;
    }

    private bool StartAll(ReadOnlySpan<byte> bytes, SectionHandler handler)
    {
        while (!bytes.IsEmpty && bytes[0] != Stuffing)
        {
            int used = Fill(bytes, out bool good);
            if (!good || !Complete())
            {
                return good;
            }

            Deliver(handler);
            bytes = bytes[used..];
        }

        return true;
    }

    private bool Continue(ReadOnlySpan<byte> bytes, SectionHandler handler)
    {
        Fill(bytes, out bool good);
        if (good && Complete())
        {
            Deliver(handler);
        }

        return good;
    }

    /// <summary>Copies as much of <paramref name="bytes"/> as belongs to the section under construction.</summary>
    private int Fill(ReadOnlySpan<byte> bytes, out bool good)
    {
        int used = 0;
        if (_held < LengthFieldEnd)
        {
            used = Take(bytes, LengthFieldEnd - _held);
        }

        good = true;
        if (_held < LengthFieldEnd)
        {
            return used;
        }

        int total = Length();
        if (total > MaxSection)
        {
            Reset();
            good = false;
            return used;
        }

        return used + Take(bytes[used..], total - _held);
    }

    private int Take(ReadOnlySpan<byte> bytes, int wanted)
    {
        int count = Math.Min(bytes.Length, wanted);
        bytes[..count].CopyTo(_section.AsSpan(_held));
        _held += count;
        return count;
    }

    private int Length() => LengthFieldEnd + (((_section[1] & 0x0f) << 8) | _section[2]);

    private bool Complete() => _held >= LengthFieldEnd && _held == Length();

    private void Deliver(SectionHandler handler)
    {
        int length = _held;
        Reset();
        handler(_section.AsSpan(0, length));
    }
}
