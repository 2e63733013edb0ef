using Rig.Streams.Log;

namespace Rig.Streams.Transcoding;

/// <summary>
/// The low-resolution streams of a node: each begun for its first viewer and ended some time after its last, all of them ended while the machine is too busy
/// (<see cref="CpuGuard"/>). Never touches a camera's own log but by reading it. Any thread.
/// </summary>
public sealed class LowStreams : IAsyncDisposable
{
    /// <summary>How often the machine's load is read while there is anything to guard.</summary>
    private static readonly TimeSpan GuardPeriod = TimeSpan.FromSeconds(1);

    private readonly CameraLogs _cameras;
    private readonly Func<LowStreamSettings> _settings;
    private readonly TimeProvider _time;
    private readonly Func<double> _load;
    private readonly Action<bool> _suspended;
    private readonly CpuGuard _guard = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _streams = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private long _tickedAt;
    private bool _disposed;

    /// <param name="cameras">The cameras' own logs.</param>
    /// <param name="settings">As configured at this moment.</param>
    /// <param name="load">Load of the machine since the last call, 0 to 1; called once a second.</param>
    /// <param name="suspended">Told when the guard ends the streams (true) and lets them come back (false).</param>
    public LowStreams(
        CameraLogs cameras,
        Func<LowStreamSettings> settings,
        TimeProvider time,
        Func<double>? load = null,
        Action<bool>? suspended = null
    )
    {
        ArgumentNullException.ThrowIfNull(time);
        (_cameras, _settings, _time) = (cameras, settings, time);
        _load = load ?? new MachineLoad().Read;
        _suspended = suspended ?? (static _ => { });
        _tickedAt = time.GetTimestamp();
        cameras.OnDemand = Find;
        _timer = time.CreateTimer(static streams => ((LowStreams)streams!).Tick(), this, GuardPeriod, GuardPeriod);
    }

    /// <summary>Cameras whose low-resolution stream runs now.</summary>
    public IReadOnlyList<string> Running
    {
        get
        {
            lock (_gate)
            {
                return [.. _streams.Keys];
            }
        }
    }

    /// <summary>The guard has ended the streams and keeps them away.</summary>
    public bool IsSuspended
    {
        get
        {
            lock (_gate)
            {
                return _guard.IsSuspended;
            }
        }
    }

    /// <summary>The low-resolution log of a camera; begins it when it does not run.</summary>
    public LogOpening Open(string camera)
    {
        LowStreamSettings settings = _settings();
        if (!settings.Enabled)
        {
            return LogOpening.Refused(LogRefusal.LowIsOff, "The low-resolution stream is off: lowStream.enabled.");
        }

        if (_cameras.FindOwn(camera) is not { } log)
        {
            return LogOpening.Refused(LogRefusal.UnknownCamera, $"There is no camera '{camera}' on this node.");
        }

        lock (_gate)
        {
            if (_guard.IsSuspended || _disposed)
            {
                return LogOpening.Refused(
                    LogRefusal.LowIsSuspended,
                    "The machine is too busy for the low-resolution stream; it comes back by itself."
                );
            }

            if (!_streams.TryGetValue(camera, out Entry? entry) || entry.Stream.Log.HasEnded)
            {
                entry = new Entry(new LowStream(camera, log, settings, _time));
                _streams[camera] = entry;
            }

            entry.Viewers++;
            return new LogOpening(new LogLease(new StreamName(camera, StreamQuality.Low), entry.Stream.Log, () => Leave(entry)));
        }
    }

    /// <summary>The low-resolution log behind a name (<c>cam0~low</c>) for whoever only reads: begun when it does not run, ended some time after its last reader.</summary>
    public GopLog? Find(string name)
    {
        if (!StreamName.TryParse(name, quality: null, out StreamName stream) || stream.Quality != StreamQuality.Low)
        {
            return null;
        }

        using LogLease? lease = Open(stream.Camera).Lease;
        return lease?.Log;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        List<LowStream> all;
        lock (_gate)
        {
            _disposed = true;
            all = [.. _streams.Values.Select(entry => entry.Stream)];
            _streams.Clear();
        }

        await Task.WhenAll(all.Select(stream => stream.DisposeAsync().AsTask()));
    }

    private void Leave(Entry entry)
    {
        lock (_gate)
        {
            entry.Viewers--;
            entry.UsedAt = _time.GetTimestamp();
        }
    }

    /// <summary>Once a second: reads the load, and ends what nobody watches, what has ended by itself, or everything.</summary>
    private void Tick()
    {
        LowStreamSettings settings = _settings();
        double load = _load();
        List<LowStream> over = [];
        bool changed;
        bool suspended;
        lock (_gate)
        {
            changed = _guard.Step(load, _time.GetElapsedTime(_tickedAt), settings.GuardLevels) && settings.Enabled;
            _tickedAt = _time.GetTimestamp();
            suspended = _guard.IsSuspended;
            foreach ((string camera, Entry entry) in _streams.ToArray())
            {
                bool isRead = entry.Viewers > 0 || entry.Stream.Log.GetStatistics().Readers > 0;
                entry.UsedAt = isRead ? _tickedAt : entry.UsedAt;
                bool unused = !isRead && _time.GetElapsedTime(entry.UsedAt) >= settings.LingerTime;
                if (suspended || unused || !settings.Enabled || entry.Stream.Ended.IsCompleted)
                {
                    _streams.Remove(camera);
                    over.Add(entry.Stream);
                }
            }
        }

        foreach (LowStream stream in over)
        {
            _ = Task.Run(async () => await stream.DisposeAsync());
        }

        if (changed)
        {
            _suspended(suspended);
        }

        if (changed && !suspended)
        {
            _cameras.LookAgain();
        }
    }

    private sealed class Entry(LowStream stream)
    {
        public LowStream Stream { get; } = stream;
        public int Viewers { get; set; }

        /// <summary>When somebody read it last.</summary>
        public long UsedAt { get; set; }
    }
}
