using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Streams.Sources.Ingest;

/// <summary>Counts what goes into a camera's log. Written by the source's thread without locks, read by any; costs the unit path a few adds.</summary>
internal sealed class UnitMeter(IAccessUnitSink next, Action<int, TrackFormat> onFormat, Action onUnit) : IAccessUnitSink
{
    private readonly TrackFormat?[] _formats = new TrackFormat?[StreamLimits.Tracks];
    private readonly SourceCounters _faults = new();
    private long _units;
    private long _pictures;
    private long _keys;
    private long _bytes;
    private long _gaps;
    private long _lastUnit = long.MinValue;

    public long Units => Volatile.Read(ref _units);

    public long Pictures => Volatile.Read(ref _pictures);

    public long KeyPictures => Volatile.Read(ref _keys);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Gaps => Volatile.Read(ref _gaps);

    /// <summary>Nanoseconds since 1970 of the newest unit's arrival.</summary>
    public long LastUnit => Volatile.Read(ref _lastUnit);

    public IReadOnlyDictionary<StreamFaultKind, long> Faults => _faults.Read().Faults;

    /// <summary>The format of the first track of a kind.</summary>
    public TrackFormat? First(TrackKind kind) => Array.Find(_formats, format => format?.Kind == kind);

    public void OnFormat(int track, TrackFormat format)
    {
        next.OnFormat(track, format);
        Volatile.Write(ref _formats[track], format);
        onFormat(track, format);
    }

    public void OnContents(StreamContents contents) => next.OnContents(contents);

    public void OnUnit(in AccessUnit unit)
    {
        bool isPicture = _formats[unit.Track]?.Kind == TrackKind.Video;
        Volatile.Write(ref _bytes, _bytes + unit.Length);
        Volatile.Write(ref _pictures, _pictures + (isPicture ? 1 : 0));
        Volatile.Write(ref _keys, _keys + (isPicture && unit.IsKey ? 1 : 0));
        Volatile.Write(ref _gaps, _gaps + ((unit.Flags & UnitFlags.Discontinuity) != 0 ? 1 : 0));
        Volatile.Write(ref _lastUnit, unit.Arrival.Nanoseconds);
        Volatile.Write(ref _units, _units + 1);
        next.OnUnit(unit);
        onUnit();
    }

    public void OnFault(in StreamFault fault)
    {
        _faults.CountFault(fault.Kind);
        next.OnFault(fault);
    }
}
