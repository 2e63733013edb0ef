using System.Collections.Concurrent;

namespace Rig.Streams.Log;

/// <summary>The logs of this node's cameras in their full quality. Whoever makes a camera's log puts it in; a log that has ended is no longer found. Any thread.</summary>
public sealed class CameraLogs : ICameraLogs
{
    private readonly ConcurrentDictionary<string, GopLog> _logs = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Cameras => [.. _logs.Where(camera => !camera.Value.HasEnded).Select(camera => camera.Key)];

    /// <summary>The camera's log from now on. Gives it back.</summary>
    public GopLog Put(string camera, GopLog log)
    {
        foreach ((string id, GopLog ended) in _logs.Where(known => known.Value.HasEnded))
        {
            _logs.TryRemove(KeyValuePair.Create(id, ended));
        }

        _logs[camera] = log;
        return log;
    }

    public LogOpening Open(string camera, StreamQuality quality = StreamQuality.Full) =>
        _logs.TryGetValue(camera, out GopLog? log) && !log.HasEnded
            ? OpenKnown(camera, quality, log)
            : LogOpening.Refused(LogRefusal.UnknownCamera, $"There is no camera '{camera}' on this node.");

    private static LogOpening OpenKnown(string camera, StreamQuality quality, GopLog log) =>
        quality == StreamQuality.Full
            ? new LogOpening(new LogLease(new StreamName(camera), log))
            : LogOpening.Refused(LogRefusal.LowIsOff, "The low-resolution stream is off.");
}
