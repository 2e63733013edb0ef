using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Clocks;

namespace Rig.Streams.Sources.Ingest;

/// <summary>
/// Tells a camera's time line when the node's clock was moved, in front of the first unit that arrived after it. Without that the line would
/// take the step for a change of the transit time and follow it for minutes.
/// </summary>
internal sealed class ShiftFollower(IAccessUnitSink next, CameraTimeline line, SteadyTime time) : IAccessUnitSink
{
    public void OnFormat(int track, TrackFormat format) => next.OnFormat(track, format);

    public void OnContents(StreamContents contents) => next.OnContents(contents);

    public void OnUnit(in AccessUnit unit)
    {
        SteadySteps steps = time.Steps;
        MediaSpan by = line.FollowClock(steps.Shifted);
        if (by == MediaSpan.Zero)
        {
            next.OnUnit(unit);
            return;
        }

        // A unit that was received before the clock was put forward would look as if it had come far too early.
        bool isStale = by > MediaSpan.Zero && unit.Arrival.IsKnown && unit.Arrival < steps.ShiftedAt;
        next.OnUnit(isStale ? unit with { Arrival = unit.Arrival + by } : unit);
    }

    public void OnFault(in StreamFault fault) => next.OnFault(fault);
}
