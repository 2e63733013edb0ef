using Rig.Actors.Settings;

namespace Rig.Actors.Cameras;

/// <summary>
/// When to try a source again: exponential backoff with jitter, and a breaker after repeated failures. Pure; one owner. A source that
/// delivered a picture is a success, however soon it ended.
/// </summary>
public sealed class RetryPolicy(IngestSettings settings, Func<double> random)
{
    private int _failures;

    /// <summary>The breaker is open: the camera counts as broken, attempts are rare.</summary>
    public bool IsOpen => _failures >= settings.BreakerFailures;

    public void Succeeded() => _failures = 0;

    /// <summary>Counts one failure and says how long to wait before the next attempt.</summary>
    public TimeSpan Failed()
    {
        _failures++;
        if (IsOpen)
        {
            return Jitter(settings.BreakerReset);
        }

        double seconds = settings.RetryMin.TotalSeconds * Math.Pow(2, _failures - 1);
        return Jitter(TimeSpan.FromSeconds(Math.Min(seconds, settings.RetryMax.TotalSeconds)));
    }

    private TimeSpan Jitter(TimeSpan delay) => delay * (1 + (settings.RetryJitter * ((2 * random()) - 1)));
}
