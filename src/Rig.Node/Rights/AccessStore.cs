using System.Text.Json;
using Rig.Actors;
using Rig.Cluster;
using Rig.Cluster.Joining;
using Rig.Node.Configuration;
using Rig.Node.Hosting;

namespace Rig.Node.Rights;

/// <summary>
/// The rights of the rig on this node: follows the shared state and keeps a copy beside the journal, so that whoever could sign in yesterday can while
/// the rig is away. Writing needs the rig. Any thread.
/// </summary>
internal sealed class AccessStore : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ISharedState _state;
    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<string, AccessDocument> _documents;
    private readonly Dictionary<string, long> _revisions = new(StringComparer.Ordinal);
    private volatile AccessBook _book;

    public AccessStore(RigSystem rig, ConfigurationStore configuration, ILoggerFactory loggers, TimeProvider time)
    {
        _state = rig.Rig.State;
        _file = Path.Combine(configuration.Current.Options.Node.StateFolder(), "access.json");
        _time = time;
        _log = loggers.CreateLogger("rig.access");
        _documents = ReadCopy();
        _book = new AccessBook(_documents.Values);
    }

    /// <summary>What holds now.</summary>
    public AccessBook Book => _book;

    /// <summary>Done when the rig has told once what holds.</summary>
    public Task Listed => _listed.Task;

    /// <summary>Called after each change, on the thread that made it.</summary>
    public Action? Changed { get; set; }

    /// <summary>Writes a document, or deletes it (null), for the whole rig. It holds here when this returns.</summary>
    /// <exception cref="ClusterAwayException">The rig cannot be reached; nothing is certain.</exception>
    public async Task WriteAsync(string key, AccessDocument? document, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? bytes = document is null
            ? null
            : JsonSerializer.SerializeToUtf8Bytes(document, AccessJson.Default.AccessDocument);
        if (await _state.WriteAsync(key, bytes, new WriteGuard(), cancel) is WriteResult.Written written)
        {
            Take(key, document, written.Revision);
        }
    }

    /// <summary>A login while the rig is away: it holds on this node, until the rig is back.</summary>
    public void KeepHere(SessionDocument session)
    {
        lock (_lock)
        {
            _documents[AccessKeys.Sessions + session.Hash] = session;
            Publish();
        }
    }

    /// <summary>A login that ends while the rig is away ends on this node.</summary>
    public void ForgetHere(string key)
    {
        lock (_lock)
        {
            _documents.Remove(key);
            Publish();
        }

        Changed?.Invoke();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is ClusterAwayException or RevisionCompactedException)
            {
                RightsLog.Away(_log, away.Message);
                await Task.Delay(Retry, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        StateSnapshot all = await _state.ListAsync(AccessKeys.Prefix, cancel);
        Replace(all);
        _listed.TrySetResult();
        await foreach (StateEntry entry in _state.WatchAsync(AccessKeys.Prefix, all.Revision, cancel))
        {
            Take(entry.Key, Read(entry), entry.Revision);
        }

        throw new ClusterAwayException("The watch of the rights has ended.");
    }

    private void Replace(StateSnapshot all)
    {
        lock (_lock)
        {
            Dictionary<string, AccessDocument> next = new(StringComparer.Ordinal);
            _revisions.Clear();
            foreach (StateEntry entry in all.Entries)
            {
                if (Read(entry) is { } document)
                {
                    next[entry.Key] = document;
                    _revisions[entry.Key] = entry.Revision;
                }
            }

            _documents = next;
            Publish();
        }

        Changed?.Invoke();
    }

    private void Take(string key, AccessDocument? document, long revision)
    {
        lock (_lock)
        {
            // The same change comes twice: from whoever writes here, and from the watch.
            if (_revisions.GetValueOrDefault(key) >= revision)
            {
                return;
            }

            _revisions[key] = revision;
            if (document is null)
            {
                _documents.Remove(key);
            }
            else
            {
                _documents[key] = document;
            }

            Publish();
        }

        Changed?.Invoke();
    }

    /// <summary>Under the lock.</summary>
    private void Publish()
    {
        _book = new AccessBook(_documents.Values);
        try
        {
            PrivateFile.Write(_file, JsonSerializer.Serialize(_documents, AccessJson.Default.Documents), secret: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            RightsLog.CopyFailed(_log, _file, error.Message);
        }
    }

    private AccessDocument? Read(StateEntry entry)
    {
        if (entry.Value is not { } bytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.Span, AccessJson.Default.AccessDocument);
        }
        catch (Exception broken) when (broken is JsonException or NotSupportedException)
        {
            RightsLog.Unreadable(_log, entry.Key, broken.Message);
            return null;
        }
    }

    private Dictionary<string, AccessDocument> ReadCopy()
    {
        try
        {
            return File.Exists(_file)
                ? JsonSerializer.Deserialize(File.ReadAllText(_file), AccessJson.Default.Documents) ?? new(StringComparer.Ordinal)
                : new(StringComparer.Ordinal);
        }
        catch (Exception broken) when (broken is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            RightsLog.Unreadable(_log, _file, broken.Message);
            return new(StringComparer.Ordinal);
        }
    }
}
