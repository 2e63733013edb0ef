using System.Collections.Concurrent;

namespace Rig.Media.Units;

/// <summary>
/// Gives out <see cref="UnitBlock"/>s and takes them back when their last reference is released. Sizes are powers of two; what lies
/// idle beyond <see cref="IdleLimit"/> goes to the garbage collector. Shared by all cameras of a node; any thread.
/// </summary>
public sealed class BlockPool(long idleLimit = BlockPool.DefaultIdleLimit)
{
    /// <summary>Bytes kept idle by default: a GOP of a second of 25 cameras at 50 Mbit/s, which logs may let go of in the same moment.</summary>
    public const long DefaultIdleLimit = 160L << 20;

    /// <summary>The smallest block: some seconds of audio.</summary>
    public const int MinBlock = 1 << 14;

    private readonly ConcurrentBag<byte[]>?[] _idle = new ConcurrentBag<byte[]>?[32];
    private long _idleBytes;
    private long _rentedBytes;

    /// <summary>The pool that production code shares.</summary>
    public static BlockPool Shared { get; } = new();

    public long IdleLimit { get; } = idleLimit;

    /// <summary>Bytes of all blocks that somebody holds.</summary>
    public long RentedBytes => Volatile.Read(ref _rentedBytes);

    /// <summary>Bytes of all blocks that wait for use.</summary>
    public long IdleBytes => Volatile.Read(ref _idleBytes);

    /// <summary>A block of at least <paramref name="minimum"/> bytes, its content arbitrary, holding one reference for the caller.</summary>
    public UnitBlock Rent(int minimum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimum);
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(minimum, MinBlock));
        Interlocked.Add(ref _rentedBytes, size);
        if (Bag(size).TryTake(out byte[]? bytes))
        {
            Interlocked.Add(ref _idleBytes, -size);
        }
        else
        {
            bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        }

        return new UnitBlock(this, bytes);
    }

    internal void Return(byte[] bytes)
    {
        Interlocked.Add(ref _rentedBytes, -bytes.Length);
        if (Interlocked.Add(ref _idleBytes, bytes.Length) <= IdleLimit)
        {
            Bag(bytes.Length).Add(bytes);
        }
        else
        {
            Interlocked.Add(ref _idleBytes, -bytes.Length);
        }
    }

    private ConcurrentBag<byte[]> Bag(int size)
    {
        ref ConcurrentBag<byte[]>? bag = ref _idle[System.Numerics.BitOperations.Log2((uint)size)];
        return Volatile.Read(ref bag) ?? Interlocked.CompareExchange(ref bag, [], null) ?? bag;
    }
}
