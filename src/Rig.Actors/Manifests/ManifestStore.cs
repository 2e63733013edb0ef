using System.Threading.Channels;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Manifests;

/// <summary>
/// The one writer of manifests. Recorder, hashing, repair and offload all change them through here, in order; the newest version is in
/// memory at once and on disk soon after. While the disk refuses, the store keeps trying: what happened to a recording is never
/// forgotten because the disk was full when it happened.
/// </summary>
public sealed class ManifestStore : IAsyncDisposable
{
    private readonly string _recordings;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception> _onError;
    private readonly Action<Manifest> _onWritten;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Session, string Camera), Entry> _entries = [];
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writer;

    /// <summary>How often a complete manifest has left memory.</summary>
    private long _forgotten;

    /// <param name="recordings">The recordings folder.</param>
    /// <param name="time">Paces the retries.</param>
    /// <param name="onWritten">Hears of each version that became durable, on the store's own thread. Its failure is reported and ends nothing.</param>
    /// <param name="onError">Hears of each failed read or write; must not throw.</param>
    public ManifestStore(string recordings, TimeProvider time, Action<Manifest> onWritten, Action<string, Exception> onError)
    {
        _recordings = recordings;
        _time = time;
        _onWritten = onWritten;
        _onError = onError;
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Between two attempts while the disk refuses.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    /// <summary>The newest version, from memory or disk; null when there is none or it cannot be read.</summary>
    public Manifest? Find(string session, string camera) => Find(session, camera, out _);

    private Manifest? Find(string session, string camera, out bool unreadable)
    {
        unreadable = false;
        lock (_lock)
        {
            if (_entries.TryGetValue((session, camera), out Entry? entry))
            {
                return entry.Manifest;
            }
        }

        string path = ManifestFile.PathOf(_recordings, session, camera);
        try
        {
            return File.Exists(path) ? ManifestFile.Read(path) : null;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            unreadable = true;
            _onError(path, error);
            return null;
        }
    }

    /// <summary>Versions that whoever is told of writes may not know yet.</summary>
    public IReadOnlyDictionary<(string Session, string Camera), Manifest> Unwritten()
    {
        lock (_lock)
        {
            return _entries.ToDictionary(entry => entry.Key, entry => entry.Value.Manifest!);
        }
    }

    /// <summary>Changes a manifest. Edits of one manifest happen one after the other in the order of the calls.</summary>
    /// <param name="edit">Gets the newest version, null when there is none yet; returning null leaves things as they are. Pure.</param>
    public void Update(string session, string camera, Func<Manifest?, Manifest?> edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        while (!TryUpdate(session, camera, edit))
        {
            // What was read meanwhile went from memory to disk; it is read again.
        }
    }

    /// <returns>False when the version that was found may no longer be the newest.</returns>
    private bool TryUpdate(string session, string camera, Func<Manifest?, Manifest?> edit)
    {
        long forgotten = Volatile.Read(ref _forgotten);
        Manifest? known = Find(session, camera, out bool unreadable);
        lock (_lock)
        {
            if (!_entries.TryGetValue((session, camera), out Entry? entry))
            {
                if (forgotten != _forgotten)
                {
                    return false;
                }

                entry = new Entry { Manifest = known, SetsAside = unreadable };
            }

            if (edit(entry.Manifest) is not { } next)
            {
                return true;
            }

            entry.Manifest = next;
            entry.Version++;
            _entries[(session, camera)] = entry;
        }

        _work.Writer.TryWrite(new Work(session, camera, null));
        return true;
    }

    /// <summary>Completes when everything that was changed before this call is durable.</summary>
    public Task FlushAsync(CancellationToken cancel)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Writer.TryWrite(new Work("", "", reached));
        return reached.Task.WaitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _stop.CancelAsync();
        await _writer;
        _stop.Dispose();
    }

    /// <summary>A manifest that the disk refuses is put aside and tried again; the others do not wait for it.</summary>
    private async Task WriteAsync()
    {
        List<Work> refused = [];
        List<TaskCompletionSource> waiting = [];
        Task<bool> more = _work.Reader.WaitToReadAsync().AsTask();
        while (true)
        {
            if (refused.Count > 0)
            {
                await Task.WhenAny(more, Task.Delay(RetryInterval, _time, _stop.Token));
            }

            if (refused.Count == 0 || more.IsCompleted)
            {
                if (!await more)
                {
                    return;
                }
            }

            refused.RemoveAll(work => TryWrite(work.Session, work.Camera));
            while (_work.Reader.TryRead(out Work work))
            {
                if (work.Reached is { } reached)
                {
                    waiting.Add(reached);
                }
                else if (!TryWrite(work.Session, work.Camera))
                {
                    refused.Add(work);
                }
            }

            if (refused.Count == 0)
            {
                waiting.ForEach(reached => reached.TrySetResult());
                waiting.Clear();
            }

            more = _work.Reader.WaitToReadAsync().AsTask();
        }
    }

    private bool TryWrite(string session, string camera)
    {
        Entry entry;
        Manifest manifest;
        long version;
        lock (_lock)
        {
            if (!_entries.TryGetValue((session, camera), out Entry? found) || found.Version == found.Durable)
            {
                return true;
            }

            entry = found;
            manifest = found.Manifest!;
            version = found.Version;
        }

        string path = ManifestFile.PathOf(_recordings, session, camera);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (entry.SetsAside && File.Exists(path))
            {
                ManifestFile.SetAside(path);
            }

            entry.SetsAside = false;
            ManifestFile.Write(path, manifest);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _onError(path, error);
            return false;
        }

        Tell(path, manifest);
        lock (_lock)
        {
            entry.Durable = version;
            if (manifest.Complete && entry.Version == version)
            {
                _entries.Remove((session, camera));
                _forgotten++;
            }
        }

        return true;
    }

    private void Tell(string path, Manifest manifest)
    {
        try
        {
            _onWritten(manifest);
        }
        catch (Exception error)
        {
            // An index that cannot take it (a full disk) is rebuilt from the manifests, which must go on being written.
            _onError(path, error);
        }
    }

    /// <summary>A manifest to write, or a place in the queue that somebody waits to be reached.</summary>
    private readonly record struct Work(string Session, string Camera, TaskCompletionSource? Reached);

    private sealed class Entry
    {
        public Manifest? Manifest;
        public long Version;
        public long Durable;

        /// <summary>What lies in the manifest's place cannot be read: it is kept under another name. Touched by the writer alone once it is queued.</summary>
        public bool SetsAside;
    }
}
