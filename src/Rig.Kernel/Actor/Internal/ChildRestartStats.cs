namespace Akka.Actor.Internal;

/// <summary>A child as its parent knows it: the reference, and how often it has been restarted in the current window.</summary>
internal sealed class ChildRestartStats(IInternalActorRef child)
{
    private int _restarts;
    private TimeSpan? _windowStart;

    public IInternalActorRef Child { get; } = child;

    /// <summary>Counts one restart and says whether it is allowed.</summary>
    /// <param name="maxNrOfRetries">Restarts allowed in a window; negative for any number, zero for none.</param>
    /// <param name="withinTime">Length of the window; null when the restarts of a whole life count.</param>
    /// <param name="now">The scheduler's monotonic clock.</param>
    public bool RequestRestartPermission(int maxNrOfRetries, TimeSpan? withinTime, TimeSpan now)
    {
        if (maxNrOfRetries == 0)
        {
            return false;
        }
        if (withinTime is not { } window)
        {
            return maxNrOfRetries < 0 || ++_restarts <= maxNrOfRetries;
        }
        // A window without a number of retries allows one restart in it, as in Akka.
        var allowed = maxNrOfRetries < 0 ? 1 : maxNrOfRetries;
        if (_windowStart is { } start && now - start <= window)
        {
            return ++_restarts <= allowed;
        }
        _windowStart = now;
        _restarts = 1;
        return true;
    }
}
