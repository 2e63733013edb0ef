using System.Numerics;

namespace Rig.Media.Units;

/// <summary>
/// Assembles access units of one track one behind the other in pooled blocks: append bytes, then <see cref="Take"/> the unit. The
/// bytes are copied once, from the receive buffer to their final place. Only a unit that outgrows its block is moved. Blocks grow with
/// the track's units, so that a 64 kbit/s audio track does not hold a block made for 50 Mbit/s video. One thread.
/// </summary>
public sealed class UnitBuilder(BlockPool pool) : IDisposable
{
    /// <summary>Units a block should hold: moves less than one unit in eight, and lets go of memory soon after eviction.</summary>
    private const int UnitsPerBlock = 8;

    /// <summary>No block is made larger than this for several units; a single unit may still need more.</summary>
    private const int MaxSharedBlock = 2 << 20;

    private UnitBlock? _block;
    private int _start;
    private int _end;
    private int _largest;

    /// <summary>Bytes of the unit under construction.</summary>
    public int Length => _end - _start;

    /// <summary>The unit under construction, for changes in place. Invalid after the next call.</summary>
    public Span<byte> Span => _block is null ? default : _block.Bytes.AsSpan(_start, _end - _start);

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    /// <summary>Makes the unit longer by <paramref name="count"/> bytes and returns them, their content arbitrary.</summary>
    public Span<byte> Grow(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_block is null || _block.Length - _end < count)
        {
            Move(count);
        }

        Span<byte> added = _block!.Bytes.AsSpan(_end, count);
        _end += count;
        return added;
    }

    /// <summary>Cuts the unit under construction to its first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        _end = _start + length;
    }

    /// <summary>Forgets the unit under construction.</summary>
    public void Discard() => _end = _start;

    /// <summary>Ends the unit: its place in memory, with one reference that now belongs to the caller. Must not be empty.</summary>
    public (UnitBlock Block, int Offset, int Length) Take()
    {
        if (_block is null || Length == 0)
        {
            throw new InvalidOperationException("An access unit must not be empty.");
        }

        _largest = Math.Max(Length, _largest - (_largest >> 6));
        _block.AddReference();
        var taken = (_block, _start, Length);
        _start = _end;
        return taken;
    }

    public void Dispose()
    {
        _block?.Release();
        _block = null;
        _start = _end = 0;
    }

    private void Move(int count)
    {
        int length = Length;
        long expected = Math.Max((long)length + count, _largest);
        int several = (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)expected) * UnitsPerBlock, MaxSharedBlock);
        int needed = checked(length + count);
        UnitBlock block = pool.Rent(Math.Max(several, needed + (needed >> 1)));
        Span.CopyTo(block.Bytes);
        _block?.Release();
        _block = block;
        _start = 0;
        _end = length;
    }
}
