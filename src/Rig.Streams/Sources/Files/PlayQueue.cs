using System.Diagnostics.CodeAnalysis;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Streams.Sources.Files;

/// <summary>An announcement, a format, a fault or a unit on its way from a file's demuxer to its output.</summary>
internal readonly record struct PlayItem(int Track, TrackFormat? Format, StreamFault? Fault, StreamContents? Contents, AccessUnit Unit);

/// <summary>What a piece of a file turned out to hold, in order, until it is played. At most the units of one read are in it. One thread.</summary>
internal sealed class PlayQueue(SourceCounters counters) : IAccessUnitSink
{
    private readonly Queue<PlayItem> _items = new();

    public void OnFormat(int track, TrackFormat format) => _items.Enqueue(new PlayItem(track, format, null, null, default));

    public void OnContents(StreamContents contents) => _items.Enqueue(new PlayItem(-1, null, null, contents, default));

    public void OnUnit(in AccessUnit unit) => _items.Enqueue(new PlayItem(unit.Track, null, null, null, unit));

    public void OnFault(in StreamFault fault)
    {
        counters.CountFault(fault.Kind);
        _items.Enqueue(new PlayItem(fault.Track, null, fault, null, default));
    }

    public bool TryTake([MaybeNullWhen(false)] out PlayItem item) => _items.TryDequeue(out item);

    /// <summary>Gives back the memory of what was not played.</summary>
    public void Clear()
    {
        while (_items.TryDequeue(out PlayItem item))
        {
            if (item is { Format: null, Fault: null, Contents: null })
            {
                item.Unit.Release();
            }
        }
    }
}
