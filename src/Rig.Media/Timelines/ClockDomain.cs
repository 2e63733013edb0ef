namespace Rig.Media.Timelines;

/// <summary>
/// The wire clock that a camera's tracks share (MPEG-TS, files), or that one track has for itself (RTP: every stream starts at a
/// random stamp, RFC 3550 5.1). Maps wire time to the output line by an offset that changes only when the clock jumps; tracks that
/// jump together find the same new offset, so that they stay aligned. All times in nanoseconds.
/// </summary>
internal sealed class ClockDomain
{
    /// <summary>Wire times closer than this belong together; beyond it the clock has jumped.</summary>
    public const long JumpLimit = 10_000_000_000;

    private Epoch? _current;
    private long _exactOffset;
    private bool _exact;
    private long _lastOut;
    private long _lastArrival;
    private bool _hasArrival;

    public TransitFilter Transit { get; } = new();

    /// <summary>The newest wire time of any track; null before the first.</summary>
    public long? LastWire => _current?.LastWire;

    /// <summary>Capture instant less output time: as sent, or estimated.</summary>
    public long CaptureOffset => _exact ? _exactOffset : Transit.Offset;

    public bool HasCaptureOffset => _exact || Transit.IsStarted;

    /// <summary>Whether a unit at this wire time belongs to the epoch.</summary>
    public static bool IsNear(Epoch epoch, long wire) => Math.Abs(wire - epoch.LastWire) <= JumpLimit;

    /// <summary>Where a track goes on whose clock begins or jumps: with the other tracks if one of them is near already, else in a new epoch.</summary>
    /// <param name="wire">The unit's decode time on the wire.</param>
    /// <param name="arrival">When it came; <see cref="long.MinValue"/> when unknown.</param>
    /// <param name="duration">What lies at least between it and the last unit before the jump.</param>
    /// <param name="leaving">The epoch that the track leaves; null at its first unit.</param>
    /// <param name="start">Where the output line starts when this is the first unit of all.</param>
    public Epoch Enter(long wire, long arrival, long duration, Epoch? leaving, long start)
    {
        // Only a newer epoch can be joined: a file that starts again comes near its own past.
        if (_current is not null && _current != leaving && IsNear(_current, wire))
        {
            return _current;
        }

        long at = start;
        if (_current is not null)
        {
            long spacing = _hasArrival && arrival != long.MinValue ? arrival - _lastArrival : 0;
            at = _lastOut + Math.Max(spacing, duration);
            Transit.Restart();
        }

        _current = new Epoch(at - wire) { LastWire = wire };
        return _current;
    }

    /// <summary>A unit has got its place.</summary>
    public void Advance(Epoch epoch, long wire, long output, long arrival)
    {
        epoch.LastWire = Math.Max(epoch.LastWire, wire);
        if (output >= _lastOut || !_hasArrival)
        {
            _lastOut = output;
            _lastArrival = arrival;
            _hasArrival = arrival != long.MinValue;
        }
    }

    /// <summary>The sender said when a unit was captured.</summary>
    public void SetExact(long offset) => (_exact, _exactOffset) = (true, offset);

    /// <summary>The node's clock was moved by so many nanoseconds; the output line is not.</summary>
    public void Shift(long by)
    {
        Transit.Shift(by);
        _exactOffset += by;
        _lastArrival += _hasArrival ? by : 0;
    }

    /// <summary>A stretch of the wire clock without a jump.</summary>
    internal sealed class Epoch(long offset)
    {
        /// <summary>Output time less wire time.</summary>
        public long Offset { get; private set; } = offset;

        /// <summary>Moves the stretch on, because a track that follows would overlap its own past; all its tracks move.</summary>
        public void Delay(long by) => Offset += by;

        public long LastWire { get; set; }
    }
}
