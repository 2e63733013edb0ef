using System.Buffers.Binary;

namespace Rig.Media.Bits;

/// <summary>
/// Reads bit fields, most significant bit first, as the syntax tables of H.264 (7.2, 9.1), H.265, AAC and AV1 name them. Never throws:
/// what lies beyond the end reads as zeros and sets <see cref="Overrun"/>, so that a parser checks once, when it is done.
/// For NAL units take the emulation prevention out first (<see cref="Rbsp"/>).
/// </summary>
public ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Leading zeros of the longest Exp-Golomb code that fits 32 bits (H.264 9.1).</summary>
    private const int MaxLeadingZeros = 31;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bits read so far; stops at the end of the data.</summary>
    public int Position { get; private set; }

    /// <summary>Whether more was asked for than there is, or a code was longer than its type.</summary>
    public bool Overrun { get; private set; }

    /// <summary>Bits that are left.</summary>
    public readonly int Left => (_bytes.Length * 8) - Position;

    public readonly bool IsAligned => (Position & 7) == 0;

    /// <summary>u(1) as a flag.</summary>
    public bool Flag() => Bits(1) != 0;

    /// <summary>u(n), n from 0 to 32.</summary>
    public uint Bits(int count)
    {
        if (count > Left)
        {
            Position = _bytes.Length * 8;
            Overrun = true;
            return 0;
        }

        if (count == 0)
        {
            return 0;
        }

        uint value = (uint)(Window() >> (64 - count));
        Position += count;
        return value;
    }

    public void Skip(int count)
    {
        if ((uint)count > (uint)Left)
        {
            Position = _bytes.Length * 8;
            Overrun = true;
            return;
        }

        Position += count;
    }

    public void Align() => Position = (Position + 7) & ~7;

    /// <summary>ue(v), H.264 9.1. A code beyond 32 bits is an overrun and reads as 0.</summary>
    public uint Ue()
    {
        int zeros = System.Numerics.BitOperations.LeadingZeroCount(Window());
        if (zeros > MaxLeadingZeros || zeros >= Left)
        {
            Position = _bytes.Length * 8;
            Overrun = true;
            return 0;
        }

        Position += zeros + 1;
        return (1u << zeros) - 1 + Bits(zeros);
    }

    /// <summary>se(v), H.264 9.1.1.</summary>
    public int Se()
    {
        uint code = Ue();
        int magnitude = (int)((code >> 1) + (code & 1));
        return (code & 1) != 0 ? magnitude : -magnitude;
    }

    /// <summary>ue(v) that the standard bounds; a greater value counts as an overrun.</summary>
    public int Ue(int max)
    {
        uint value = Ue();
        if (value > (uint)max)
        {
            Overrun = true;
            return 0;
        }

        return (int)value;
    }

    /// <summary>Marks the data as unreadable: a value that the standard forbids.</summary>
    public void Fail() => Overrun = true;

    /// <summary>more_rbsp_data() of H.264 7.2: whether anything stands before the trailing stop bit.</summary>
    public readonly bool HasMoreRbspData()
    {
        int last = _bytes.Length - 1;
        while (last >= 0 && _bytes[last] == 0)
        {
            last--;
        }

        return last >= 0 && Position < (last * 8) + 7 - System.Numerics.BitOperations.TrailingZeroCount(_bytes[last]);
    }

    /// <summary>The bytes from an aligned position on.</summary>
    public readonly ReadOnlySpan<byte> Rest() => _bytes[Math.Min((Position + 7) >> 3, _bytes.Length)..];

    private readonly ulong Window()
    {
        int at = Position >> 3;
        ulong window = 0;
        if (_bytes.Length - at >= 8)
        {
            window = BinaryPrimitives.ReadUInt64BigEndian(_bytes[at..]);
        }
        else
        {
            for (int i = at; i < _bytes.Length; i++)
            {
                window |= (ulong)_bytes[i] << (56 - ((i - at) * 8));
            }
        }

        return window << (Position & 7);
    }
}
