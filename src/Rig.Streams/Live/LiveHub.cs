using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>
/// The viewers of this node's cameras: lets them in up to the limits, counts what they get and miss, and notices when a camera gives no pictures, with one timer for
/// all. Any thread.
/// </summary>
public sealed class LiveHub : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedCamera> _cameras = new(StringComparer.Ordinal);
    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly LiveTally _tally = new();
    private int _viewers;
    private bool _ticking;

    public LiveHub(CameraLogs logs, LiveOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(logs);
        ArgumentNullException.ThrowIfNull(time);
        (Logs, _options, _time) = (logs, options, time);
        _timer = time.CreateTimer(static hub => ((LiveHub)hub!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CameraLogs Logs { get; }

    public LiveOptions Options => _options;

    /// <summary>A place for a viewer of a camera; null when there is none left. It must be disposed of.</summary>
    public LiveViewer? TryEnter(string camera, LiveOutput output)
    {
        lock (_gate)
        {
            WatchedCamera? watched = _cameras.GetValueOrDefault(camera);
            if (_viewers >= _options.Viewers || watched?.Viewers.Count >= _options.CameraViewers)
            {
                _tally.Refuse();
                return null;
            }

            if (watched is null)
            {
                watched = new WatchedCamera(camera);
                _cameras.Add(camera, watched);
            }

            _viewers++;
            LiveViewer viewer = new(this, watched, output, _tally.Of(output));
            watched.Viewers.Add(viewer);
            _tally.Of(output).Enter();
            if (!_ticking)
            {
                _ticking = true;
                _timer.Change(Tick, Tick);
            }

            return viewer;
        }
    }

    public LiveStatistics GetStatistics()
    {
        lock (_gate)
        {
            return _tally.Read(_cameras.ToDictionary(camera => camera.Key, camera => camera.Value.Viewers.Count, StringComparer.Ordinal));
        }
    }

    public void Dispose() => _timer.Dispose();

    internal void Leave(LiveViewer viewer)
    {
        lock (_gate)
        {
            WatchedCamera camera = viewer.Watched;
            camera.Viewers.Remove(viewer);
            _viewers--;
            if (camera.Viewers.Count == 0)
            {
                _cameras.Remove(camera.Id);
            }

            if (_viewers == 0)
            {
                _ticking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnTick()
    {
        List<LogReader>? wake = null;
        lock (_gate)
        {
            foreach (WatchedCamera camera in _cameras.Values)
            {
                if (camera.Look(Logs.Find(camera.Id), _time, _options.AwayAfter))
                {
                    wake ??= [];
                    wake.AddRange(camera.Viewers.Select(viewer => viewer.Reader).OfType<LogReader>());
                }
            }
        }

        wake?.ForEach(reader => reader.Wake());
    }
}

/// <summary>A camera that somebody looks at. Guarded by the hub's lock, but for <see cref="IsSilent"/>.</summary>
internal sealed class WatchedCamera(string id)
{
    private GopLog? _log;
    private long _sequence = -1;
    private long _since;
    private bool _silent;

    public string Id => id;
    public HashSet<LiveViewer> Viewers { get; } = [];

    /// <summary>No unit has come for some time.</summary>
    public bool IsSilent => Volatile.Read(ref _silent);

    /// <returns>True when silence has begun or ended.</returns>
    public bool Look(GopLog? log, TimeProvider time, TimeSpan limit)
    {
        long sequence = log?.NextSequence ?? -1;
        long now = time.GetTimestamp();
        if (log is not null && (!ReferenceEquals(log, _log) || sequence != _sequence))
        {
            bool moved = ReferenceEquals(log, _log) || sequence > 0;
            (_log, _sequence, _since) = (log, sequence, now);
            return moved && Set(silent: false);
        }

        _since = _since == 0 ? now : _since;
        return time.GetElapsedTime(_since, now) >= limit && Set(silent: true);
    }

    private bool Set(bool silent)
    {
        bool changed = _silent != silent;
        Volatile.Write(ref _silent, silent);
        return changed;
    }
}
