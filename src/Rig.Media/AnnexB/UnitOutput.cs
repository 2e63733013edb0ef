using Rig.Media.Codecs;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.AnnexB;

/// <summary>Where in the stream a NAL unit began and which times were given for what begins there.</summary>
internal readonly record struct UnitStamp(long Offset, MediaTime Presentation, MediaTime Decode, int TimesId);

/// <summary>The outgoing side of a video parser: gives pictures their times and flags and hands them to the sink, announces formats, counts faults.</summary>
internal sealed class UnitOutput(ElementaryTrack track, IAccessUnitSink sink)
{
    private readonly VideoClock _clock = new(track);
    private readonly List<AccessUnit> _held = [];
    private MediaTime _presentation = MediaTime.Unknown;
    private MediaTime _decode = MediaTime.Unknown;
    private long _timesFrom;
    private int _timesId;
    private int _usedTimesId;
    private bool _inGarbage;

    /// <summary>When the newest bytes reached this machine.</summary>
    public UtcInstant Arrival { get; set; }

    /// <summary>Something is missing before the next unit.</summary>
    public bool Discontinuity { get; set; }

    public void SetTimes(MediaTime presentation, MediaTime decode, long offset)
    {
        _presentation = presentation;
        _decode = decode;
        _timesFrom = offset;
        _timesId++;
    }

    /// <summary>The times in force for a NAL unit whose start code begins at <paramref name="offset"/>.</summary>
    public UnitStamp Stamp(long offset)
    {
        _inGarbage = false;
        return offset >= _timesFrom && _timesId != _usedTimesId
            ? new UnitStamp(offset, _presentation, _decode, _timesId)
            : new UnitStamp(offset, MediaTime.Unknown, MediaTime.Unknown, 0);
    }

    public void Fault(StreamFaultKind kind, long offset, string detail) => sink.OnFault(new StreamFault(kind, track.Track, offset, detail));

    /// <summary>Bytes outside of NAL units; counted once for a run.</summary>
    public void Garbage(long offset)
    {
        if (!_inGarbage)
        {
            _inGarbage = true;
            Fault(StreamFaultKind.Garbage, offset, "Bytes before a start code (Annex B).");
        }
    }

    public void Emit(UnitBuilder builder, UnitStamp stamp, PictureInfo picture)
    {
        if (picture.NewFormat is { } format)
        {
            Release(_clock.Flush());
            _clock.Use(format);
            sink.OnFormat(track.Track, format);
        }

        UnitFlags flags = UnitFlags.None;
        flags |= picture.IsKey ? UnitFlags.Key : UnitFlags.None;
        flags |= picture.IsDisposable ? UnitFlags.Disposable : UnitFlags.None;
        flags |= picture.IsDamaged ? UnitFlags.Damaged : UnitFlags.None;
        flags |= Discontinuity ? UnitFlags.Discontinuity : UnitFlags.None;
        Discontinuity = false;
        if (picture.IsDamaged)
        {
            Fault(StreamFaultKind.UnitDamaged, stamp.Offset, "A picture lost some of its bytes.");
        }

        MediaTime presentation = MediaTime.Unknown;
        MediaTime decode = MediaTime.Unknown;
        if (stamp.TimesId != 0 && stamp.TimesId != _usedTimesId)
        {
            (presentation, decode) = (stamp.Presentation, stamp.Decode);
            _usedTimesId = stamp.TimesId;
        }

        (UnitBlock block, int offset, int length) = builder.Take();
        AccessUnit unit = new()
        {
            Block = block,
            Offset = offset,
            Length = length,
            Track = track.Track,
            DecodeTime = decode,
            PresentationTime = presentation,
            Arrival = Arrival,
            Capture = UtcInstant.Unknown,
            Flags = flags,
        };
        if (!track.CountTimes)
        {
            (presentation, decode) = _clock.Times(presentation, decode, picture);
            sink.OnUnit(unit with { PresentationTime = presentation, DecodeTime = decode });
            return;
        }

        _held.Add(unit);
        Release(_clock.Count(picture));
    }

    public void Flush() => Release(_clock.Flush());

    /// <summary>Gives back the units that still wait for their times.</summary>
    public void Dispose()
    {
        foreach (AccessUnit held in _held)
        {
            held.Release();
        }

        _held.Clear();
    }

    private void Release(IReadOnlyList<PictureTimes> times)
    {
        for (int i = 0; i < times.Count; i++)
        {
            sink.OnUnit(_held[i] with { DecodeTime = times[i].Decode, PresentationTime = times[i].Presentation });
        }

        _held.RemoveRange(0, times.Count);
    }
}
