namespace Rig.Media.Timelines;

/// <summary>
/// Keeps an audio track's time in samples: each unit begins exactly where the last one ended, whatever its time stamp's rounding.
/// Real gaps are kept. Where count and stamps part slowly (the sound card's clock is not the camera's), the count is pulled back at
/// 10 % a second once it is off by 100 ms, and set anew beyond 1 s.
/// </summary>
internal sealed class SampleCounter(long sampleRate)
{
    /// <summary>The thresholds of the ingestion's synchronisation settings: threshold 100 ms, correction_rate 0.1, max_drift 1 s.</summary>
    private const double CorrectionRate = 0.1;

    /// <summary>Stamps of cameras that take them from a timer scatter by some milliseconds; a lost frame is longer (2.5 ms Opus frames are rare).</summary>
    private const double MinGapSeconds = 0.010;

    /// <summary>Part of a unit that counts as a missing unit.</summary>
    private const double GapUnits = 0.75;

    private readonly double _threshold = 0.1 * sampleRate;
    private readonly double _release = 0.01 * sampleRate;
    private readonly double _maximum = sampleRate;
    private long _next;
    private double _offset;
    private double _fraction;
    private bool _started;
    private bool _correcting;

    /// <summary>How far the stamps are ahead of the count, smoothed over about a second, in samples.</summary>
    public double Offset => _offset;

    /// <summary>Seconds by which the count was pulled towards the stamps in all.</summary>
    public double CorrectedSamples { get; private set; }

    /// <summary>Starts anew at the next stamp, but not before the end of what was counted.</summary>
    public void Restart()
    {
        _started = false;
        _correcting = false;
    }

    /// <summary>Where the next unit begins.</summary>
    /// <param name="stamp">Where its time stamp puts it, in samples.</param>
    /// <param name="samples">Its length.</param>
    /// <param name="gap">Whether it was put later than the end of its predecessor because something is missing.</param>
    public long Next(long stamp, int samples, out bool gap)
    {
        gap = false;
        if (!_started)
        {
            long end = _next;
            _next = end == 0 ? stamp : Math.Max(stamp, end);
            (_started, _offset) = (true, 0);
        }
        else
        {
            double error = stamp - _next;
            double jump = error - _offset;
            gap = jump >= Math.Max(GapUnits * samples, MinGapSeconds * sampleRate) || error >= _maximum;
            if (gap)
            {
                _next = Math.Max(_next, stamp - (error >= _maximum ? 0 : (long)_offset));
                _offset = error >= _maximum ? 0 : _offset;
            }
            else
            {
                _offset += jump * Math.Min(1, (double)samples / sampleRate);
                Correct(samples);
            }
        }

        long start = _next;
        _next += samples;
        return start;
    }

    private void Correct(int samples)
    {
        double distance = Math.Abs(_offset);
        _correcting = distance > (_correcting ? _release : _threshold);
        if (!_correcting)
        {
            return;
        }

        double step = Math.CopySign(Math.Min(CorrectionRate * samples, distance), _offset) + _fraction;
        long whole = (long)Math.Truncate(step);
        _fraction = step - whole;
        _next += whole;
        _offset -= whole;
        CorrectedSamples += Math.Abs(whole);
    }
}
