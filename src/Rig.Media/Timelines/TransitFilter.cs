namespace Rig.Media.Timelines;

/// <summary>
/// Estimates where a camera's media clock lies on the node's clock, from arrivals alone: arrival less media time is the transit time
/// plus a constant; delays only ever add to it, so that its minimum over a window is the estimate (the convoy's fastest car). The
/// estimate follows the minimum at a bounded rate, so that capture instants never run backwards and a paced sender's are smooth.
/// Also measures drift, by a straight line through the minima of the last minutes. Memory is constant.
/// </summary>
/// <remarks>All times in nanoseconds. Windows are counted in media time, so that a burst of old units does not fill them.</remarks>
internal sealed class TransitFilter
{
    /// <summary>Span of one minimum: some dozens of units even at 15 pictures a second.</summary>
    private const long BucketSpan = 2_000_000_000;

    /// <summary>Minima that are kept: 8 minutes for the drift.</summary>
    private const int Buckets = 240;

    /// <summary>Minima that the estimate looks at: half a minute. Longer than any stall that a live sender buffers through, short against drift (50 ppm: 1.5 ms).</summary>
    private const int Window = 15;

    /// <summary>Minima before a drift is reported: below 10 s the jitter of a network hides it.</summary>
    private const int MinBucketsForDrift = 5;

    /// <summary>A crystal is within 100 ppm, a bad one within 500: beyond this the input is not paced by its clock (a file).</summary>
    private const double MaxDriftPpm = 5000;

    private const double PartsPerMillion = 1e6;

    private readonly long[] _media = new long[Buckets];
    private readonly long[] _transit = new long[Buckets];
    private int _newest = -1;
    private int _count;
    private long _bucketStart;
    private long _windowMinimum;
    private long _lastMedia;
    private bool _started;

    /// <summary>Node time less media time, as applied: capture = media time + offset.</summary>
    public long Offset { get; private set; }

    /// <summary>Media seconds a node second beyond one, in millionths; null while unknown.</summary>
    public double? DriftPpm { get; private set; }

    /// <summary>The smallest transit of the window: what <see cref="Offset"/> follows.</summary>
    public long Minimum => _windowMinimum;

    public bool IsStarted => _started;

    /// <summary>The relation of the clocks is a new one: forgets the past, but goes on from the estimate it had.</summary>
    public void Restart() => (_count, _newest) = (0, -1);

    /// <summary>The node's clock was moved by so much: what was measured holds on the new one.</summary>
    public void Shift(long by)
    {
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            _transit[bucket] += by;
        }

        Offset += by;
        _windowMinimum += by;
    }

    /// <summary>
    /// Moves an estimate towards the minimum: half as fast as media time while it is far off, by a thousandth when it is near. Media
    /// time plus estimate thus always rises.
    /// </summary>
    public static long Follow(long estimate, long minimum, long elapsed)
    {
        const long Far = 100_000_000;
        const long Near = 5_000_000;
        long error = minimum - estimate;
        long distance = Math.Abs(error);
        long step =
            distance > Far ? elapsed / 2
            : distance > Near ? elapsed / 20
            : elapsed / 1000;
        return estimate + Math.Clamp(error, -step, step);
    }

    /// <summary>An arrival of a unit with a media (presentation) time.</summary>
    public void Add(long media, long arrival)
    {
        long transit = arrival - media;
        if (!_started)
        {
            (_started, _lastMedia, Offset) = (true, media, transit);
            Open(media, transit);
            return;
        }

        if (_count == 0 || media - _bucketStart >= BucketSpan)
        {
            Open(media, transit);
        }
        else if (transit < _transit[_newest])
        {
            (_media[_newest], _transit[_newest]) = (media, transit);
            _windowMinimum = Math.Min(_windowMinimum, transit);
        }

        if (media > _lastMedia)
        {
            Offset = Follow(Offset, _windowMinimum, media - _lastMedia);
            _lastMedia = media;
        }
    }

    private void Open(long media, long transit)
    {
        if (_count > 0)
        {
            Measure();
        }

        _newest = (_newest + 1) % Buckets;
        (_media[_newest], _transit[_newest]) = (media, transit);
        _count = Math.Min(_count + 1, Buckets);
        _bucketStart = media;
        _windowMinimum = long.MaxValue;
        for (int back = 0; back < Math.Min(_count, Window); back++)
        {
            _windowMinimum = Math.Min(_windowMinimum, _transit[(_newest - back + Buckets) % Buckets]);
        }
    }

    /// <summary>Least squares through the closed minima; the one being filled is left out.</summary>
    private void Measure()
    {
        if (_count < MinBucketsForDrift)
        {
            return;
        }

        int oldest = (_newest - _count + 1 + Buckets) % Buckets;
        (long media0, long transit0) = (_media[oldest], _transit[oldest]);
        double sumX = 0,
            sumY = 0,
            sumXx = 0,
            sumXy = 0;
        for (int index = 0; index < _count; index++)
        {
            int at = (oldest + index) % Buckets;
            double x = _media[at] - media0;
            double y = _transit[at] - transit0;
            sumX += x;
            sumY += y;
            sumXx += x * x;
            sumXy += x * y;
        }

        double spread = (_count * sumXx) - (sumX * sumX);
        double slope = spread > 0 ? ((_count * sumXy) - (sumX * sumY)) / spread : 0;

        // transit = node - media: media runs at 1 / (1 + slope) of the node's clock.
        double drift = ((1 / (1 + slope)) - 1) * PartsPerMillion;
        DriftPpm = Math.Abs(drift) <= MaxDriftPpm ? drift : null;
    }
}
