namespace Rig.Media.Codecs;

/// <summary>
/// From picture order counts in decode order to places in presentation order ("bumping", H.264 C.4.5.3, H.265 C.5.2): a picture is
/// presented when more than the reorder depth are waiting, the lowest count first; a new sequence comes after everything before it.
/// Places are given out in decode order as soon as they are certain.
/// </summary>
public sealed class PictureOrder
{
    private const long NoRank = -1;

    /// <summary>More than the deepest picture buffer (16 frames, H.264 A.3.1): bounds what a lying stream can hold back.</summary>
    private const int MaxDepth = 16;

    /// <summary>Pictures not yet given out, in decode order.</summary>
    private readonly List<(int OrderCount, long Rank)> _pictures = [];
    private int _waiting;
    private long _nextRank;

    /// <summary>The next picture in decode order.</summary>
    /// <param name="orderCount">Its picture order count.</param>
    /// <param name="startsSequence">Whether it is an IDR picture or begins a sequence otherwise.</param>
    /// <param name="depth">Pictures that may precede a picture in decode order and follow it in presentation.</param>
    public void Push(int orderCount, bool startsSequence, int depth)
    {
        if (startsSequence)
        {
            Flush();
        }

        _pictures.Add((orderCount, NoRank));
        _waiting++;
        while (_waiting > Math.Min(depth, MaxDepth))
        {
            Present();
        }
    }

    /// <summary>No picture comes before those that wait.</summary>
    public void Flush()
    {
        while (_waiting > 0)
        {
            Present();
        }
    }

    /// <summary>The place of the oldest picture not yet given out, counted from 0 since the start.</summary>
    public bool TryTake(out long rank)
    {
        rank = _pictures.Count > 0 ? _pictures[0].Rank : NoRank;
        if (rank == NoRank)
        {
            return false;
        }

        _pictures.RemoveAt(0);
        return true;
    }

    private void Present()
    {
        int lowest = -1;
        for (int i = 0; i < _pictures.Count; i++)
        {
            if (_pictures[i].Rank == NoRank && (lowest < 0 || _pictures[i].OrderCount < _pictures[lowest].OrderCount))
            {
                lowest = i;
            }
        }

        _pictures[lowest] = (_pictures[lowest].OrderCount, _nextRank++);
        _waiting--;
    }
}
