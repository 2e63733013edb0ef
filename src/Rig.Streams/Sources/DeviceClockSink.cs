using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Sources;

/// <summary>
/// Takes the capture instants from presentation times that are the device's own: Unix time in ticks of 90 kHz, of which MPEG-TS keeps the lower 33
/// bits (26.5 h). The arrival tells which multiple was meant. A time that is then more than a minute from the arrival was none of the
/// device's, and its unit's instant is left to be estimated.
/// </summary>
internal sealed class DeviceClockSink(IAccessUnitSink next) : IAccessUnitSink
{
    private const long Wrap = 1L << 33;

    /// <summary>Encoders hold pictures back for seconds at most; a clock that was never set is off by more.</summary>
    private static readonly MediaSpan Plausible = MediaSpan.FromSeconds(60);

    public void OnFormat(int track, TrackFormat format) => next.OnFormat(track, format with { CaptureClock = CaptureClock.Device });

    public void OnContents(StreamContents contents) => next.OnContents(contents);

    public void OnUnit(in AccessUnit unit) => next.OnUnit(unit with { Capture = Find(unit.PresentationTime, unit.Arrival) });

    public void OnFault(in StreamFault fault) => next.OnFault(fault);

    /// <summary>The instant nearest to <paramref name="arrival"/> whose lower 33 bits are those of <paramref name="presentation"/>.</summary>
    internal static UtcInstant Find(MediaTime presentation, UtcInstant arrival)
    {
        if (!presentation.IsKnown || !arrival.IsKnown)
        {
            return UtcInstant.Unknown;
        }

        long arrived = Timescale.Mpeg.ToTicks(new MediaSpan(arrival.Nanoseconds));
        long ago = (arrived - presentation.Ticks) & (Wrap - 1);
        long distance = ago > Wrap / 2 ? ago - Wrap : ago;
        UtcInstant capture = arrival - Timescale.Mpeg.ToSpan(distance);
        return (arrival - capture).Abs() <= Plausible ? capture : UtcInstant.Unknown;
    }
}
