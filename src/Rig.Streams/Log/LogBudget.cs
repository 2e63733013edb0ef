namespace Rig.Streams.Log;

/// <summary>
/// The bytes that all GOP logs of a node may hold together. When they become scarce every log is limited to an equal share: a camera whose
/// disk is stuck gives way before any camera that keeps up loses something. Any thread.
/// </summary>
/// <param name="maxBytes">Bytes for all logs together.</param>
public sealed class LogBudget(long maxBytes = LogBudget.DefaultBytes)
{
    public const long DefaultBytes = 8L << 30;

    private const double ScarceAbove = 0.8;
    private const double EnoughBelow = 0.6;

    private long _used;
    private int _logs;
    private bool _scarce;

    public long MaxBytes { get; } = maxBytes;

    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Logs that share the budget.</summary>
    public int Logs => Volatile.Read(ref _logs);

    /// <summary>Whether each log is limited to its share.</summary>
    public bool IsScarce => Volatile.Read(ref _scarce);

    /// <summary>The bytes that every log may hold when memory is scarce.</summary>
    public long Share => MaxBytes / Math.Max(1, Logs);

    internal void Join() => Interlocked.Increment(ref _logs);

    internal void Leave() => Interlocked.Decrement(ref _logs);

    internal void Add(long bytes)
    {
        long used = Interlocked.Add(ref _used, bytes);
        bool scarce = Volatile.Read(ref _scarce);
        if (scarce ? used <= MaxBytes * EnoughBelow : used > MaxBytes * ScarceAbove)
        {
            Volatile.Write(ref _scarce, !scarce);
        }
    }
}
