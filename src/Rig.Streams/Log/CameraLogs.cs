namespace Rig.Streams.Log;

/// <summary>
/// The GOP logs of this node's cameras by id, for whatever reads them live: viewers, snapshots, relays. Whoever opens a log for a camera puts it here; a log
/// that ends needs no word. A camera that is made anew gets a new log under its old id. Any thread.
/// </summary>
public sealed class CameraLogs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GopLog> _logs = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = Signal();

    /// <summary>Ids of the cameras that have a log now.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_gate)
            {
                return [.. _logs.Where(camera => !camera.Value.HasEnded).Select(camera => camera.Key)];
            }
        }
    }

    /// <summary>The log of a camera from now on.</summary>
    public void Put(string camera, GopLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        TaskCompletionSource changed;
        lock (_gate)
        {
            foreach (string ended in _logs.Where(known => known.Value.HasEnded).Select(known => known.Key).ToList())
            {
                _logs.Remove(ended);
            }

            _logs[camera] = log;
            (changed, _changed) = (_changed, Signal());
        }

        changed.SetResult();
    }

    /// <summary>
    /// Finds what is no camera's own log but a stream that is made of it on demand (<c>cam0~low</c>, <see cref="StreamName"/>): begins it when it does not run; it ends some
    /// time after its last reader. Null where there is none.
    /// </summary>
    public Func<string, GopLog?>? OnDemand { get; set; }

    /// <summary>
    /// The log of a camera, or of a stream of it (<see cref="OnDemand"/>); null when there is none, or for the moment in which it is made anew.
    /// </summary>
    public GopLog? Find(string camera) => FindOwn(camera) ?? OnDemand?.Invoke(camera);

    /// <summary>The camera's own log.</summary>
    public GopLog? FindOwn(string camera)
    {
        lock (_gate)
        {
            return _logs.TryGetValue(camera, out GopLog? log) && !log.HasEnded ? log : null;
        }
    }

    /// <summary>Whoever waits for a log looks again: a stream on demand may be had now.</summary>
    public void LookAgain()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, Signal());
        }

        changed.SetResult();
    }

    /// <summary>The log of a camera, as soon as it has one that has not ended.</summary>
    public async ValueTask<GopLog> WaitAsync(string camera, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (Find(camera) is { } log)
            {
                return log;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
