namespace Rig.Actors.Clock;

/// <summary>
/// The best of the last exchanges with one other node: delays on the way only ever add to a round trip, so that the shortest one is the truest. An older
/// sample counts for less by what two uncorrected clocks may part meanwhile. Also says how fast they part. Pure; one owner.
/// </summary>
internal sealed class ExchangeFilter
{
    /// <summary>Some rounds' worth: a Wi-Fi link is quiet at least once in them.</summary>
    private const int Samples = 16;

    /// <summary>Crystals of small computers are within 50 ppm of true each.</summary>
    private const double DriftAllowance = 100e-6;

    /// <summary>What is older says nothing of now: it would be off by 30 ms.</summary>
    private static readonly TimeSpan OldestSample = TimeSpan.FromMinutes(5);

    /// <summary>10 minutes of rounds of 5 s, for the drift.</summary>
    private const int Rounds = 120;

    /// <summary>1 ms of network scatter over 2 minutes is 8 ppm; over less it is no measurement.</summary>
    private static readonly TimeSpan ShortestDriftSpan = TimeSpan.FromMinutes(2);

    /// <summary>Seconds that reading a clock scatters by on a busy machine; keeps a round trip of nothing from outweighing all others.</summary>
    private const double ClockScatter = 100e-6;

    private readonly Queue<TimeSample> _newest = new();
    private readonly Queue<TimeSample> _rounds = new();

    /// <summary>How much faster this node's clock runs than the other's, in millionths; null until it was watched for two minutes.</summary>
    public double? DriftPpm { get; private set; }

    /// <summary>Forgets everything: the other node is another one, or this clock was set.</summary>
    public void Clear()
    {
        _newest.Clear();
        _rounds.Clear();
        DriftPpm = null;
    }

    /// <summary>Takes the samples of one round.</summary>
    public void Add(IReadOnlyList<TimeSample> round)
    {
        foreach (TimeSample sample in round)
        {
            _newest.Enqueue(sample);
            if (_newest.Count > Samples)
            {
                _newest.Dequeue();
            }
        }

        if (round.Count > 0)
        {
            _rounds.Enqueue(round.MinBy(sample => sample.RoundTrip));
            if (_rounds.Count > Rounds)
            {
                _rounds.Dequeue();
            }

            DriftPpm = Slope();
        }
    }

    /// <summary>The offset now and the most that it may be wrong; null when nothing fresh is known.</summary>
    /// <param name="now">On the monotonic clock of the samples.</param>
    public (TimeSpan Offset, TimeSpan Uncertainty)? Best(TimeSpan now)
    {
        (TimeSpan Offset, TimeSpan Uncertainty)? best = null;
        foreach (TimeSample sample in _newest.Where(sample => now - sample.At <= OldestSample))
        {
            TimeSpan uncertainty = (sample.RoundTrip / 2) + ((now - sample.At) * DriftAllowance);
            if (best is not { } known || uncertainty < known.Uncertainty)
            {
                best = (sample.Offset, uncertainty);
            }
        }

        return best;
    }

    /// <summary>Least squares through the best sample of every round, each weighed by what it can be wrong.</summary>
    private double? Slope()
    {
        TimeSample first = _rounds.Peek();
        if (_rounds.Last().At - first.At < ShortestDriftSpan)
        {
            return null;
        }

        double sum = 0,
            sumX = 0,
            sumY = 0,
            sumXx = 0,
            sumXy = 0;
        foreach (TimeSample sample in _rounds)
        {
            double weight = 1 / Math.Pow(sample.RoundTrip.TotalSeconds + ClockScatter, 2);
            double x = (sample.At - first.At).TotalSeconds;
            double y = (sample.Offset - first.Offset).TotalSeconds;
            sum += weight;
            sumX += weight * x;
            sumY += weight * y;
            sumXx += weight * x * x;
            sumXy += weight * x * y;
        }

        double spread = (sum * sumXx) - (sumX * sumX);
        return spread > 0 ? ((sum * sumXy) - (sumX * sumY)) / spread * 1e6 : null;
    }
}
