namespace Rig.Cluster.Remote;

/// <summary>Waits between attempts: doubling, with a random part so that many nodes that lost the same peer do not come back in one instant.</summary>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest)
{
    private TimeSpan? _last;

    /// <param name="random">0 to 1: the wait is between half and the whole of its step.</param>
    public TimeSpan Next(double random)
    {
        TimeSpan step = _last * 2 ?? shortest;
        _last = step < longest ? step : longest;
        return _last.Value * (0.5 + (random / 2));
    }

    public void Reset() => _last = null;
}
