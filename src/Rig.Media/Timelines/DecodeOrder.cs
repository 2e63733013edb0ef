namespace Rig.Media.Timelines;

/// <summary>
/// Derives decode times where only presentation times are sent (RTP; ISO/IEC 13818-1 streams that leave the DTS out against 2.7.5):
/// with pictures reordered by at most N, the decode times are the presentation times in rising order, N pictures late.
/// </summary>
internal sealed class DecodeOrder(int depth)
{
    /// <summary>H.264 A.3.1 and H.265 A.4.2: at most 16 pictures are held for reordering.</summary>
    public const int MaxDepth = 16;

    private readonly long[] _sorted = new long[Math.Clamp(depth, 0, MaxDepth) + 1];
    private int _count;

    public int Depth => _sorted.Length - 1;

    public void Reset() => _count = 0;

    /// <summary>The decode time of the next picture in decode order, never above <paramref name="presentation"/>.</summary>
    /// <param name="presentation">Its presentation time.</param>
    /// <param name="duration">The spacing of pictures, which the first ones are counted back by.</param>
    public long Next(long presentation, long duration)
    {
        if (_count == 0)
        {
            for (; _count < Depth; _count++)
            {
                _sorted[_count] = presentation - ((Depth - _count) * duration);
            }
        }

        int at = _count;
        while (at > 0 && _sorted[at - 1] > presentation)
        {
            _sorted[at] = _sorted[at - 1];
            at--;
        }

        _sorted[at] = presentation;
        long smallest = _sorted[0];
        Array.Copy(_sorted, 1, _sorted, 0, _count);
        return smallest;
    }
}
