using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Streams.TestCamera;

/// <summary>
/// When the test camera takes its pictures: at multiples of the picture period since the Unix epoch, so that all cameras of one rate, on
/// one node or on several with a common clock, take theirs at the same instants. A camera whose clock drifts begins on the grid and
/// leaves it. Immutable.
/// </summary>
internal readonly struct FrameGrid
{
    private const long Second = 1_000_000_000;

    private readonly long _first;
    private readonly Ratio _rate;
    private readonly double _driftPpm;

    /// <param name="from">The first picture is taken at the grid's next instant after it.</param>
    /// <param name="rate">Pictures a second.</param>
    /// <param name="driftPpm">Millionths by which the camera's clock is fast: it finds its period over too soon.</param>
    public FrameGrid(UtcInstant from, Ratio rate, double driftPpm)
    {
        _rate = rate;
        _driftPpm = driftPpm;
        Int128 units = (Int128)from.Nanoseconds * rate.Numerator;
        Int128 period = (Int128)Second * rate.Denominator;
        _first = (long)(units / period) + 1;
    }

    /// <summary>When picture <paramref name="frame"/>, counted from 0, is taken: UTC in whole microseconds, as its stamp says.</summary>
    public UtcInstant CaptureOf(long frame)
    {
        long onGrid = Timescale.Scale(_first + frame, Second * _rate.Denominator, _rate.Numerator);
        double early = _driftPpm / 1e6 * SinceFirst(frame).Nanoseconds;
        return UtcInstant.FromMicroseconds((onGrid - (long)early) / 1000);
    }

    /// <summary>Time from the first picture to <paramref name="frame"/> as the camera's own clock counts it.</summary>
    public MediaSpan SinceFirst(long frame) => new(Timescale.Scale(frame, Second * _rate.Denominator, _rate.Numerator));

    /// <summary>The picture that was to be taken at or before an instant.</summary>
    public long FrameAt(UtcInstant instant)
    {
        double elapsed = (instant - CaptureOf(0)).Nanoseconds * (1 + (_driftPpm / 1e6));
        return Math.Max(0, (long)(elapsed * _rate.Numerator / ((double)Second * _rate.Denominator)));
    }
}
