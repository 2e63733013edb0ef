namespace Rig.Media.Mp4;

/// <summary>A list that grows by blocks, so that adding never copies what is there and never holds more than one block too much.</summary>
internal sealed class BlockList<T>
    where T : unmanaged
{
    /// <summary>Entries of a block: 16 KB of sample sizes, about a minute of video at 60 fps.</summary>
    private const int BlockSize = 1 << BlockBits;
    private const int BlockBits = 12;

    private readonly List<T[]> _blocks = [];

    public int Count { get; private set; }

    /// <summary>The entry at an index, to read or to change.</summary>
    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _blocks[index >> BlockBits][index & (BlockSize - 1)];
        }
    }

    public ref T Last => ref this[Count - 1];

    public void Add(T value)
    {
        if (Count == _blocks.Count << BlockBits)
        {
            _blocks.Add(GC.AllocateUninitializedArray<T>(BlockSize));
        }

        _blocks[Count >> BlockBits][Count & (BlockSize - 1)] = value;
        Count++;
    }
}
