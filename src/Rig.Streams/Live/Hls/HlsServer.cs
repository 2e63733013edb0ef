namespace Rig.Streams.Live.Hls;

/// <summary>The cameras that somebody watches by HLS: begins to cut one at the first request, ends when nobody has asked for a while. Any thread.</summary>
public sealed class HlsServer : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HlsStream> _streams = new(StringComparer.Ordinal);
    private readonly List<Task> _ending = [];
    private readonly LiveHub _hub;
    private readonly HlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _disposed;

    public HlsServer(LiveHub hub, HlsOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_hub, _options, _time) = (hub, options, time);
        _timer = time.CreateTimer(static server => ((HlsServer)server!).EndUnused(), this, Tick, Tick);
    }

    /// <summary>Cameras being cut now.</summary>
    public int Streams
    {
        get
        {
            lock (_gate)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>The stream of a camera of this node; null when there is no place for it.</summary>
    public HlsStream? Open(string camera)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return null;
            }

            if (_streams.TryGetValue(camera, out HlsStream? stream) && !stream.HasEnded)
            {
                return stream;
            }

            if (_hub.TryEnter(camera, LiveOutput.Hls) is not { } viewer)
            {
                return null;
            }

            return _streams[camera] = new HlsStream(viewer, _options, _time);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (_gate)
        {
            _disposed = true;
            ending = [.. _ending, .. _streams.Values.Select(stream => stream.DisposeAsync().AsTask())];
            _streams.Clear();
        }

        await _timer.DisposeAsync();
        await Task.WhenAll(ending);
    }

    private void EndUnused()
    {
        lock (_gate)
        {
            _ending.RemoveAll(task => task.IsCompleted);
            foreach (
                (string camera, HlsStream stream) in _streams
                    .Where(stream => stream.Value.Unused > _options.Idle || stream.Value.HasEnded)
                    .ToList()
            )
            {
                _streams.Remove(camera);
                _ending.Add(stream.DisposeAsync().AsTask());
            }
        }
    }
}
