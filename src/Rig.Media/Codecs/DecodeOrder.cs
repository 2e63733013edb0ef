using Rig.Media.Time;

namespace Rig.Media.Codecs;

/// <summary>
/// From presentation times in decode order to decode times, for wires that carry only the former (RTP, RFC 6184 5.1): with a reorder
/// depth of n the decode time of a picture is the lowest of the n + 1 newest presentation times not used yet. The result never
/// decreases, and does not exceed the presentation time unless the stream reorders more than it says.
/// </summary>
public sealed class DecodeOrder
{
    private const int MaxDepth = 16;

    private readonly List<long> _pending = [];
    private long _last = long.MinValue;

    /// <summary>The decode time of the next picture.</summary>
    /// <param name="presentation">Its presentation time, not wrapping.</param>
    /// <param name="frame">Length of a frame in ticks, for the first pictures.</param>
    /// <param name="depth">Reorder depth of the stream.</param>
    public MediaTime Next(MediaTime presentation, long frame, int depth)
    {
        depth = Math.Clamp(depth, 0, MaxDepth);
        if (_last == long.MinValue)
        {
            // The first pictures are decoded as many frames before the first presentation as may overtake it.
            for (int i = depth; i > 0; i--)
            {
                _pending.Add(presentation.Ticks - (i * frame));
            }
        }

        int place = _pending.BinarySearch(presentation.Ticks);
        _pending.Insert(place < 0 ? ~place : place, presentation.Ticks);
        long decode = _pending[0];
        while (_pending.Count > depth)
        {
            decode = _pending[0];
            _pending.RemoveAt(0);
        }

        _last = Math.Max(_last, Math.Min(decode, presentation.Ticks));
        return new MediaTime(_last);
    }

    /// <summary>The clock jumped or pictures are missing.</summary>
    public void Restart()
    {
        _pending.Clear();
        _last = long.MinValue;
    }
}
