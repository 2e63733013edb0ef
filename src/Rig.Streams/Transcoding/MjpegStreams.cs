using Rig.Streams.Log;

namespace Rig.Streams.Transcoding;

/// <summary>A place before a camera's JPEG pictures; disposing of it gives it back.</summary>
public sealed class MjpegLease(LatestPicture pictures, Action left) : IDisposable
{
    private Action? _left = left;

    public LatestPicture Pictures { get; } = pictures;

    public void Dispose() => Interlocked.Exchange(ref _left, null)?.Invoke();
}

/// <summary>
/// Cameras as JPEG pictures (<c>multipart/x-mixed-replace</c>), for whatever cannot play video: one decoder for all who watch the same camera alike, while somebody
/// does. Any thread.
/// </summary>
public sealed class MjpegStreams(ICameraLogs logs, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Decoders at once; each takes a part of a processor core.</summary>
    public const int MostStreams = 16;

    /// <summary>Viewers at once, over all cameras.</summary>
    public const int MostViewers = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Camera, MjpegOptions Options), Entry> _streams = [];
    private int _viewers;

    /// <summary>Decoders that run now.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>A place; null when there is none left.</summary>
    /// <param name="known">False when there is no such camera.</param>
    public MjpegLease? Open(string camera, MjpegOptions options, out bool known)
    {
        using LogLease? lease = logs.Open(camera).Lease;
        known = lease is not null;
        if (lease is null)
        {
            return null;
        }

        lock (_gate)
        {
            (string, MjpegOptions) key = (camera, options);
            bool runs = _streams.TryGetValue(key, out Entry? entry) && !entry.Stream.Ended.IsCompleted;
            if (_viewers >= MostViewers || (!runs && _streams.Count >= MostStreams))
            {
                return null;
            }

            if (!runs)
            {
                entry = new Entry(new MjpegStream(lease.Log, options, time));
                _streams[key] = entry;
            }

            _viewers++;
            entry!.Viewers++;
            return new MjpegLease(entry.Stream.Pictures, () => Leave(key, entry));
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<MjpegStream> all;
        lock (_gate)
        {
            all = [.. _streams.Values.Select(entry => entry.Stream)];
            _streams.Clear();
        }

        await Task.WhenAll(all.Select(stream => stream.DisposeAsync().AsTask()));
    }

    private void Leave((string Camera, MjpegOptions Options) key, Entry entry)
    {
        lock (_gate)
        {
            _viewers--;
            if (--entry.Viewers > 0)
            {
                return;
            }

            if (_streams.TryGetValue(key, out Entry? now) && now == entry)
            {
                _streams.Remove(key);
            }
        }

        _ = Task.Run(async () => await entry.Stream.DisposeAsync());
    }

    private sealed class Entry(MjpegStream stream)
    {
        public MjpegStream Stream { get; } = stream;
        public int Viewers { get; set; }
    }
}
