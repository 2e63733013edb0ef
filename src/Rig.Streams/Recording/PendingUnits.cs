using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <summary>Units that wait to be written: holds a reference to each until <see cref="Clear"/>.</summary>
internal sealed class PendingUnits
{
    private LogItem[] _items = new LogItem[64];

    public int Count { get; private set; }

    public ReadOnlySpan<LogItem> Items => _items.AsSpan(0, Count);

    /// <summary>Lowest sequence number; <see cref="long.MaxValue"/> when empty.</summary>
    public long First { get; private set; } = long.MaxValue;

    public long Last { get; private set; } = -1;

    /// <summary>Payload bytes of all.</summary>
    public long Bytes { get; private set; }

    public void Add(in LogItem item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, 2 * Count);
        }

        _items[Count++] = item;
        Bytes += item.Unit.Length;
        First = Math.Min(First, item.Sequence);
        Last = Math.Max(Last, item.Sequence);
    }

    /// <summary>Moves units of other tracks than <paramref name="main"/> that were captured at or after an instant to another list, in order.</summary>
    public void MoveFrom(UtcInstant instant, int main, Action<LogItem> to)
    {
        int kept = 0;
        int count = Count;
        (First, Last) = (long.MaxValue, -1);
        for (int i = 0; i < count; i++)
        {
            LogItem item = _items[i];
            if (item.Unit.Track != main && item.Unit.Capture >= instant)
            {
                Bytes -= item.Unit.Length;
                to(item);
                continue;
            }

            _items[kept++] = item;
            First = Math.Min(First, item.Sequence);
            Last = Math.Max(Last, item.Sequence);
        }

        _items.AsSpan(kept, count - kept).Clear();
        Count = kept;
    }

    /// <summary>Forgets the units without releasing: somebody else has taken the references.</summary>
    public void Forget()
    {
        _items.AsSpan(0, Count).Clear();
        Bytes = 0;
        (Count, First, Last) = (0, long.MaxValue, -1);
    }

    public void Clear()
    {
        foreach (ref readonly LogItem item in Items)
        {
            item.Unit.Release();
        }

        Forget();
    }
}
