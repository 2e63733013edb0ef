namespace Rig.Media.Units;

/// <summary>
/// A pooled, pinned, reference-counted piece of memory that holds the payloads of several access units. Whoever keeps a unit keeps
/// one reference; the last release gives the memory back. A release too many, or a use after the last, throws.
/// </summary>
public sealed class UnitBlock
{
    private readonly BlockPool _pool;
    private readonly byte[] _bytes;
    private int _references = 1;

    internal UnitBlock(BlockPool pool, byte[] bytes)
    {
        _pool = pool;
        _bytes = bytes;
    }

    public int Length => _bytes.Length;

    /// <summary>The whole block. Valid while the caller holds a reference.</summary>
    public byte[] Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);
            return _bytes;
        }
    }

    /// <exception cref="ObjectDisposedException">The block has already gone back to its pool.</exception>
    public void AddReference()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            Interlocked.Decrement(ref _references);
            throw new ObjectDisposedException(nameof(UnitBlock), "A reference was taken on a block that is back in its pool.");
        }
    }

    /// <exception cref="ObjectDisposedException">Released more often than referenced.</exception>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            _pool.Return(_bytes);
        }
        else if (left < 0)
        {
            throw new ObjectDisposedException(nameof(UnitBlock), "A block was released more often than it was referenced.");
        }
    }
}
