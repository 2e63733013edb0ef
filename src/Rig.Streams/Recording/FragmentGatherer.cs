using Rig.Media.Mp4;
using Rig.Media.Units;

namespace Rig.Streams.Recording;

/// <summary>Lists the buffers of one gathered write; payloads that lie side by side in one block become one buffer.</summary>
internal sealed class FragmentGatherer
{
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];

    public IReadOnlyList<ReadOnlyMemory<byte>> Buffers => _buffers;

    /// <summary>Replaces the list: an optional header, the fragment's head, the payloads in the fragment's order.</summary>
    public void Gather(ReadOnlyMemory<byte> header, in Mp4Fragment fragment, ReadOnlySpan<AccessUnit> units)
    {
        _buffers.Clear();
        if (!header.IsEmpty)
        {
            _buffers.Add(header);
        }

        _buffers.Add(fragment.Head);
        ReadOnlySpan<int> order = fragment.Order.Span;
        for (int i = 0; i < order.Length; )
        {
            ref readonly AccessUnit first = ref units[order[i]];
            int length = first.Length;
            for (i++; i < order.Length && Follows(units[order[i]], first, length); i++)
            {
                length += units[order[i]].Length;
            }

            _buffers.Add(first.Block.Bytes.AsMemory(first.Offset, length));
        }
    }

    public void Clear() => _buffers.Clear();

    private static bool Follows(in AccessUnit next, in AccessUnit first, int length) =>
        ReferenceEquals(next.Block, first.Block) && next.Offset == first.Offset + length;
}
