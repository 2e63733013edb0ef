namespace Rig.Streams.Sources.Ingest;

/// <summary>Rates over the last five seconds from counts that are read once a second. One thread.</summary>
internal sealed class RateMeter
{
    /// <summary>Seconds that are averaged, and that an encoder must be behind before anyone is told.</summary>
    private const int Span = 5;

    /// <summary>Behind is below 95 % of nominal, well again above 98 %: between them the last word stands.</summary>
    private const double Behind = 0.95;
    private const double Well = 0.98;

    private readonly (double Seconds, long Pictures, long Bytes)[] _samples = new (double, long, long)[Span + 1];
    private int _count;

    public double FramesPerSecond { get; private set; }

    public double BitsPerSecond { get; private set; }

    /// <summary>Whether the encoder has been behind for the whole span and is not well again.</summary>
    public bool IsBehind { get; private set; }

    /// <param name="seconds">By a clock that is never set.</param>
    /// <param name="pictures">Since the start.</param>
    /// <param name="bytes">Since the start.</param>
    /// <param name="nominal">Pictures a second that an encoder on this machine is to make; null when there is none.</param>
    public void Sample(double seconds, long pictures, long bytes, double? nominal)
    {
        if (_count > 0 && seconds <= _samples[_count - 1].Seconds)
        {
            return;
        }

        if (_count == _samples.Length)
        {
            Array.Copy(_samples, 1, _samples, 0, --_count);
        }

        _samples[_count++] = (seconds, pictures, bytes);
        (double Seconds, long Pictures, long Bytes) first = _samples[0];
        double elapsed = seconds - first.Seconds;
        if (elapsed > 0)
        {
            FramesPerSecond = (pictures - first.Pictures) / elapsed;
            BitsPerSecond = (bytes - first.Bytes) * 8 / elapsed;
        }

        Judge(nominal);
    }

    /// <summary>Forgets the past: what a stream does after a silence says nothing about its encoder before.</summary>
    public void Restart()
    {
        _count = 0;
        FramesPerSecond = 0;
        BitsPerSecond = 0;
    }

    private void Judge(double? nominal)
    {
        if (nominal is not { } target || _count < _samples.Length)
        {
            return;
        }

        IsBehind = IsBehind ? FramesPerSecond < target * Well : FramesPerSecond < target * Behind;
    }
}
