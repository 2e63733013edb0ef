using System.Numerics;

namespace Rig.Media.Bits;

/// <summary>Writes bit fields, most significant bit first, into a given buffer; the counterpart of <see cref="BitReader"/>.</summary>
public ref struct BitWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    /// <summary>Bits written so far.</summary>
    public int Position { get; private set; }

    /// <summary>What was written, its last byte filled with zeros.</summary>
    public readonly ReadOnlySpan<byte> Written => _target[..((Position + 7) >> 3)];

    /// <summary>u(n), n from 0 to 32.</summary>
    /// <exception cref="ArgumentException">The buffer is full.</exception>
    public void Bits(uint value, int count)
    {
        if (Position + count > _target.Length * 8)
        {
            throw new ArgumentException("The buffer is too small for the bits written to it.", nameof(count));
        }

        for (int i = count - 1; i >= 0; i--, Position++)
        {
            int mask = 0x80 >> (Position & 7);
            ref byte place = ref _target[Position >> 3];
            place = (byte)(((value >> i) & 1) != 0 ? place | mask : place & ~mask);
        }
    }

    public void Flag(bool value) => Bits(value ? 1u : 0u, 1);

    /// <summary>ue(v), H.264 9.1; up to 2^32 - 2.</summary>
    public void Ue(uint value)
    {
        int zeros = BitOperations.Log2(value + 1);
        Bits(0, zeros);
        Bits(value + 1, zeros + 1);
    }

    /// <summary>se(v), H.264 9.1.1.</summary>
    public void Se(int value) => Ue(value > 0 ? (uint)((value * 2L) - 1) : (uint)(-2L * value));

    /// <summary>Fills up the byte with zeros.</summary>
    public void Align() => Bits(0, -Position & 7);

    /// <summary>rbsp_trailing_bits() of H.264 7.3.2.11.</summary>
    public void TrailingBits()
    {
        Bits(1, 1);
        Align();
    }
}
