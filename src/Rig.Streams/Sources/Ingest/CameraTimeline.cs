using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Timelines;
using Rig.Media.Units;

namespace Rig.Streams.Sources.Ingest;

/// <summary>
/// The time line of a camera. It outlives the runs of its source, so that a source that was started again goes on where the line is, not
/// at its own beginning; the first unit of every track says that something is missing before it. One run at a time.
/// </summary>
public sealed class CameraTimeline
{
    private readonly Relay _relay = new();
    private readonly Timeline _timeline;
    private bool _hasRun;
    private TimeSpan? _shifted;

    public CameraTimeline() => _timeline = new Timeline(_relay);

    /// <summary>The camera's clock against the node's in millionths; null while unknown.</summary>
    public double? DriftPpm => _timeline.DriftPpm;

    /// <summary>Takes note of how far the node's clock was moved in all, also between two runs; says by how much since the last time. On the thread of the units.</summary>
    internal MediaSpan FollowClock(TimeSpan shifted)
    {
        _shifted ??= shifted;
        if (shifted == _shifted)
        {
            return MediaSpan.Zero;
        }

        MediaSpan by = MediaSpan.From(shifted - _shifted.Value);
        _shifted = shifted;
        _timeline.ShiftArrivals(by);
        return by;
    }

    /// <summary>Where the next run of the source writes; what comes out goes to <paramref name="target"/>.</summary>
    internal IAccessUnitSink Begin(IAccessUnitSink target)
    {
        _relay.Begin(target, _hasRun);
        _hasRun = true;
        return _timeline;
    }

    private sealed class Relay : IAccessUnitSink
    {
        private readonly bool[] _afterBreak = new bool[StreamLimits.Tracks];
        private IAccessUnitSink? _target;

        public void Begin(IAccessUnitSink target, bool afterBreak)
        {
            _target = target;
            Array.Fill(_afterBreak, afterBreak);
        }

        public void OnFormat(int track, TrackFormat format) => _target?.OnFormat(track, format);

        public void OnContents(StreamContents contents) => _target?.OnContents(contents);

        public void OnUnit(in AccessUnit unit)
        {
            if (_target is not { } target)
            {
                unit.Release();
            }
            else if (_afterBreak[unit.Track])
            {
                _afterBreak[unit.Track] = false;
                target.OnUnit(unit with { Flags = unit.Flags | UnitFlags.Discontinuity });
            }
            else
            {
                target.OnUnit(unit);
            }
        }

        public void OnFault(in StreamFault fault) => _target?.OnFault(fault);
    }
}
