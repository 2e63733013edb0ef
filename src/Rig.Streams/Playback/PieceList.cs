using System.Runtime.InteropServices;
using Rig.Media.Mp4;
using Rig.Media.Units;
using Rig.Streams.Files;

namespace Rig.Streams.Playback;

/// <summary>Collects the pieces of a cut; neighbours in a recorded file become one.</summary>
internal sealed class PieceList
{
    private readonly List<CutPiece> _pieces = [];
    private long _length;

    public IReadOnlyList<CutPiece> Pieces => _pieces;

    public void Add(byte[] made)
    {
        _pieces.Add(new CutPiece(_length, made.Length, made, null, 0));
        _length += made.Length;
    }

    /// <summary>Changes bytes of the first piece.</summary>
    public void Patch(long offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_pieces[0].Made.AsSpan((int)offset));

    /// <summary>Makes a fragment of the units, whose payloads lie at <paramref name="places"/>, and begins the next.</summary>
    public void Add(Mp4SegmentWriter writer, List<AccessUnit> units, List<(FileBytes File, long Offset)> places)
    {
        if (units.Count == 0)
        {
            return;
        }

        Mp4Fragment fragment = writer.Fragment(CollectionsMarshal.AsSpan(units));
        Add(fragment.Head.ToArray());
        foreach (int index in fragment.Order.Span)
        {
            (FileBytes file, long offset) = places[index];
            Add(file, offset, units[index].Length);
        }

        units.Clear();
        places.Clear();
    }

    private void Add(FileBytes file, long offset, int length)
    {
        CutPiece last = _pieces[^1];
        if (last.File == file && last.Offset + last.Length == offset)
        {
            _pieces[^1] = last with { Length = last.Length + length };
        }
        else
        {
            _pieces.Add(new CutPiece(_length, length, null, file, offset));
        }

        _length += length;
    }
}
