using System.Numerics;

namespace Rig.Streams.TestCamera;

/// <summary>Writes the syntax elements of H.264 (clause 7.2, 9.1) one behind the other into a reused buffer, without emulation prevention. One thread.</summary>
internal sealed class BitWriter
{
    private byte[] _bytes = new byte[1 << 14];
    private int _length;
    private ulong _pending;
    private int _pendingBits;

    /// <summary>The whole bytes written. Invalid after the next call.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        _pending = 0;
        _pendingBits = 0;
    }

    /// <summary>u(n), 0 to 32 bits.</summary>
    public void Bits(uint value, int count)
    {
        _pending = (_pending << count) | value;
        _pendingBits += count;
        while (_pendingBits >= 8)
        {
            _pendingBits -= 8;
            Reserve(1)[0] = (byte)(_pending >> _pendingBits);
        }
    }

    public void Flag(bool value) => Bits(value ? 1u : 0u, 1);

    /// <summary>ue(v), clause 9.1.</summary>
    public void Unsigned(uint value)
    {
        int length = 32 - BitOperations.LeadingZeroCount(value + 1);
        Bits(0, length - 1);
        Bits(value + 1, length);
    }

    /// <summary>se(v), clause 9.1.1.</summary>
    public void Signed(int value) => Unsigned(value > 0 ? (uint)((2 * value) - 1) : (uint)(-2 * value));

    /// <summary>pcm_alignment_zero_bit up to the next byte.</summary>
    public void AlignWithZeros()
    {
        if (_pendingBits > 0)
        {
            Bits(0, 8 - _pendingBits);
        }
    }

    /// <summary>rbsp_trailing_bits(), clause 7.3.2.11.</summary>
    public void TrailingBits()
    {
        Bits(1, 1);
        AlignWithZeros();
    }

    /// <summary>Whole bytes; the position must be aligned.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(_length + count)));
        }

        Span<byte> reserved = _bytes.AsSpan(_length, count);
        _length += count;
        return reserved;
    }
}
