using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Streams.Sources;

/// <summary>Passes all on and counts the faults on the way: what stands between a source's demuxer and its output.</summary>
internal sealed class CountingSink(IAccessUnitSink next, SourceCounters counters) : IAccessUnitSink
{
    /// <summary>Whether a format came: the bytes made sense.</summary>
    public bool HasFormat { get; private set; }

    public void OnFormat(int track, TrackFormat format)
    {
        HasFormat = true;
        next.OnFormat(track, format);
    }

    public void OnContents(StreamContents contents) => next.OnContents(contents);

    public void OnUnit(in AccessUnit unit) => next.OnUnit(unit);

    public void OnFault(in StreamFault fault)
    {
        counters.CountFault(fault.Kind);
        next.OnFault(fault);
    }
}
