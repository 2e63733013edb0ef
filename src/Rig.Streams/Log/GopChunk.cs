using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Log;

/// <summary>A unit in a chunk.</summary>
internal readonly record struct LogEntry(AccessUnit Unit, FormatSet Formats);

/// <summary>
/// A GOP in the log, or a piece of one that was cut by force. Written by the log's writer alone and read without a lock: an entry is
/// complete before the count that includes it is published. Holders are counted (the log itself and readers that are copying at this
/// moment); the last one to let go releases the units and the chunk is used again, under another <see cref="Id"/>.
/// </summary>
internal sealed class GopChunk
{
    /// <summary>Small, because every picture of an intra-only camera has its own chunk; chunks are used again and keep what they grew to.</summary>
    private const int FirstCapacity = 16;

    private LogEntry[] _entries = [];
    private int _count;
    private int _holders;
    private GopChunk? _next;
    private long _id;

    /// <summary>Consecutive over the chunks of a log; tells a reader whether the chunk is still the one it knew.</summary>
    public long Id => Volatile.Read(ref _id);

    /// <summary>Sequence number of the first entry.</summary>
    public long First { get; private set; }

    /// <summary>Whether decoding can start at the first entry. Guarded by the log's lock.</summary>
    public bool StartsAtKey { get; set; }

    /// <summary>Capture instant of the first entry.</summary>
    public UtcInstant Capture { get; private set; }

    /// <summary>Log time of the first entry: see <c>GopLog</c>.</summary>
    public MediaSpan Time { get; private set; }

    /// <summary>Payloads and <see cref="GopLogOptions.UnitOverhead"/>s. Guarded by the log's lock.</summary>
    public long Bytes { get; private set; }

    /// <summary>Units of the track that begins GOPs. Guarded by the log's lock.</summary>
    public int MainUnits { get; private set; }

    /// <summary>The next older or newer chunk in a list of chunks that nobody can find any more. Guarded by whoever holds that list.</summary>
    public GopChunk? Link { get; set; }

    /// <summary>Entries that may be read.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The chunk after this one; set when this one is complete.</summary>
    public GopChunk? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    public long End => First + Count;

    public ref readonly LogEntry this[int index] => ref Volatile.Read(ref _entries)[index];

    /// <summary>Begins a new life, held once by the log.</summary>
    public void Open(long id, long first, bool startsAtKey, UtcInstant capture, MediaSpan time)
    {
        (First, StartsAtKey, Capture, Time, Bytes, MainUnits) = (first, startsAtKey, capture, time, 0, 0);
        Volatile.Write(ref _id, id);
        Volatile.Write(ref _holders, 1);
    }

    public void Append(in AccessUnit unit, FormatSet formats, bool isMain)
    {
        if (_count == _entries.Length)
        {
            var larger = new LogEntry[Math.Max(FirstCapacity, 2 * _count)];
            _entries.AsSpan(0, _count).CopyTo(larger);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = new LogEntry(unit, formats);
        Bytes += unit.Length + GopLogOptions.UnitOverhead;
        MainUnits += isMain ? 1 : 0;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Keeps the chunk's units from being released until <see cref="Release"/>, if it still is the chunk of that id.</summary>
    /// <param name="mustRelease">The chunk lives another life but was held for a moment: the caller releases it.</param>
    public bool TryHold(long id, out bool mustRelease)
    {
        mustRelease = false;
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                mustRelease = Id != id;
                return !mustRelease;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Lets go. True for the last holder, whose units have been released and who gives the chunk back to the log.</summary>
    public bool Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return false;
        }

        foreach (ref readonly LogEntry entry in _entries.AsSpan(0, _count))
        {
            entry.Unit.Release();
        }

        _entries.AsSpan(0, _count).Clear();
        Volatile.Write(ref _count, 0);
        Next = null;
        return true;
    }
}
