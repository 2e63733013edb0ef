using Rig.Media.Time;

namespace Rig.Streams.Clocks;

/// <summary>
/// The time that a node lives by: the system's clock with all its slow corrections, but without its steps while something records. A step then
/// is held back, so that capture instants, T0, T1 and file names of a running session stay on one line; when the last recording has ended the line
/// joins the system's clock again at once. A step is what the clock moves against the monotonic one beyond what any slewing can.
/// Any thread.
/// </summary>
public sealed class SteadyTime : TimeProvider
{
    /// <summary>Below this a step is not told from the scatter of two readings on a busy machine, and is a third of a frame.</summary>
    private static readonly TimeSpan SmallestStep = TimeSpan.FromMilliseconds(10);

    /// <summary>The fastest slew: chrony's default <c>maxslewrate</c> is 83333 ppm, adjtimex's own 500 ppm.</summary>
    private const double FastestSlew = 0.1;

    private readonly TimeProvider _system;
    private readonly Lock _gate = new();
    private DateTimeOffset _lastWall;
    private long _lastTick;
    private TimeSpan _held;
    private int _holders;
    private SteadySteps _steps = new(0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, UtcInstant.Unknown);

    public SteadyTime(TimeProvider system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _system = system;
        (_lastWall, _lastTick) = (system.GetUtcNow(), system.GetTimestamp());
    }

    public override TimeZoneInfo LocalTimeZone => _system.LocalTimeZone;

    public override long TimestampFrequency => _system.TimestampFrequency;

    /// <summary>What happened to the clock so far.</summary>
    public SteadySteps Steps
    {
        get
        {
            lock (_gate)
            {
                Look();
                return _steps;
            }
        }
    }

    /// <summary>Steps are held back until the result is disposed of; nothing for a provider that is no steady one.</summary>
    public static IDisposable? Hold(TimeProvider time)
    {
        if (time is not SteadyTime steady)
        {
            return null;
        }

        lock (steady._gate)
        {
            steady.Look();
            steady._holders++;
        }

        return new Holder(steady);
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return Look();
        }
    }

    public override long GetTimestamp() => _system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _system.CreateTimer(callback, state, dueTime, period);

    private DateTimeOffset Look()
    {
        long tick = _system.GetTimestamp();
        DateTimeOffset wall = _system.GetUtcNow();
        TimeSpan elapsed = _system.GetElapsedTime(_lastTick, tick);
        TimeSpan moved = wall - _lastWall - elapsed;
        (_lastWall, _lastTick) = (wall, tick);
        if (moved.Duration() > SmallestStep + (FastestSlew * elapsed))
        {
            _held += moved;
            _steps = _steps with { Count = _steps.Count + 1, Last = moved, Held = _held };
        }

        if (_holders == 0 && _held != TimeSpan.Zero)
        {
            _steps = _steps with { Held = TimeSpan.Zero, Shifted = _steps.Shifted + _held, ShiftedAt = UtcInstant.From(wall) };
            _held = TimeSpan.Zero;
        }

        return wall - _held;
    }

    private sealed class Holder(SteadyTime steady) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                lock (steady._gate)
                {
                    steady._holders--;
                }
            }
        }
    }
}

/// <summary>Steps of the system's clock as a <see cref="SteadyTime"/> met them.</summary>
/// <param name="Count">Steps since the start.</param>
/// <param name="Last">The newest one; positive when the clock was put forward.</param>
/// <param name="Held">What is held back now: system's clock less the line.</param>
/// <param name="Shifted">By how much the line itself has moved in all, because nothing recorded.</param>
/// <param name="ShiftedAt">The new line's instant at the newest such move; unknown before the first.</param>
public readonly record struct SteadySteps(int Count, TimeSpan Last, TimeSpan Held, TimeSpan Shifted, UtcInstant ShiftedAt);
