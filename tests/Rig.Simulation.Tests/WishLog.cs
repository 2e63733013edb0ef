namespace Rig.Simulation.Tests;

/// <summary>What operators have asked for so far: only that may stop a camera.</summary>
internal sealed class WishLog
{
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cameras = new(StringComparer.Ordinal);
    private readonly HashSet<string> _joined = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _starts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _firstSeen = new(StringComparer.Ordinal);
    private DateTimeOffset _everything = DateTimeOffset.MinValue;

    public void StopAll(DateTimeOffset now) => _everything = now;

    public void StopSession(string sessionId) => _sessions.Add(sessionId);

    public void StopCamera(string camera) => _cameras.Add(camera);

    public void Join(string camera) => _joined.Add(camera);

    /// <summary>A camera begins. Null, or what is wrong with it.</summary>
    public string? Started(string sessionId, string camera, DateTimeOffset start, DateTimeOffset now)
    {
        _firstSeen.TryAdd(sessionId, now);
        if (_joined.Contains(camera) || _starts.TryAdd(sessionId, start) || _starts[sessionId] == start)
        {
            return null;
        }

        return $"{camera} begins {sessionId} at {start:O}, others at {_starts[sessionId]:O}.";
    }

    public bool MayStop(string sessionId, string camera, DateTimeOffset now) =>
        _sessions.Contains(sessionId)
        || _cameras.Contains(camera)
        || (
            _everything > DateTimeOffset.MinValue && _everything >= _firstSeen.GetValueOrDefault(sessionId, now) - TimeSpan.FromSeconds(30)
        );
}
