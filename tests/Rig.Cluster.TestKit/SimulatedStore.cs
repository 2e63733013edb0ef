using System.Diagnostics.CodeAnalysis;

namespace Rig.Cluster.TestKit;

/// <summary>A key as the store keeps it.</summary>
/// <param name="Created">The revision that made it; survives writes, not deletion.</param>
/// <param name="Modified">The revision of its newest write.</param>
/// <param name="Lease">Ends with this lease; null for a key that stays.</param>
public sealed record StoredKey(string Key, ReadOnlyMemory<byte> Value, long Created, long Modified, long? Lease);

/// <summary>One change of one key.</summary>
/// <param name="Now">Null when it was deleted.</param>
public sealed record StoreChange(long Revision, string Key, StoredKey? Now);

/// <summary>
/// What etcd is to a rig, as one object in memory: keys with revisions, leases, guarded writes, the history of changes. Always consistent, knows no time but what it is told, no task, no thread:
/// whoever simulates a network puts it between this and the nodes. Not thread-safe.
/// </summary>
public sealed partial class SimulatedStore
{
    private readonly SortedDictionary<string, StoredKey> _keys = new(StringComparer.Ordinal);
    private readonly List<StoreChange> _history = [];

    /// <summary>The revision of the newest change; 1 for an empty store.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>Changes after this revision are known; up to it they were forgotten.</summary>
    public long Compacted { get; private set; }

    /// <summary>Told of every change at once, in the thread of the change.</summary>
    public Action<StoreChange>? OnChange { get; set; }

    public bool TryGet(string key, [NotNullWhen(true)] out StoredKey? found) => _keys.TryGetValue(key, out found);

    /// <summary>In the order of keys.</summary>
    public IReadOnlyList<StoredKey> Range(string prefix) =>
        [.. _keys.Values.Where(key => key.Key.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>False when there is no such lease.</summary>
    public bool TryPut(string key, ReadOnlyMemory<byte> value, long? lease)
    {
        if (lease is { } id && !_leases.ContainsKey(id))
        {
            return false;
        }

        Put(key, value, lease);
        return true;
    }

    /// <summary>Deletes keys in one change; nothing happens for those that are not there.</summary>
    public void Delete(params IEnumerable<string> keys)
    {
        string[] present = [.. keys.Where(_keys.ContainsKey)];
        if (present.Length == 0)
        {
            return;
        }

        Revision++;
        foreach (string key in present)
        {
            _keys.Remove(key);
            Note(new StoreChange(Revision, key, null));
        }
    }

    /// <summary>A write as <see cref="ISharedState.WriteAsync"/> promises it, of a key that includes its prefix.</summary>
    public WriteResult Write(string key, ReadOnlyMemory<byte>? value, WriteGuard guard)
    {
        if (guard.Leader is { } token && Leader?.Created != token.Value)
        {
            return new WriteResult.Fenced();
        }

        StoredKey? present = _keys.GetValueOrDefault(key);
        if (guard.Expected is { } expected && expected != (present?.Modified ?? 0))
        {
            return new WriteResult.Conflict(present is null ? null : new StateEntry(key, present.Value, present.Modified));
        }

        if (value is { } bytes)
        {
            Put(key, bytes.ToArray(), null);
        }
        else
        {
            Delete(key);
        }

        return new WriteResult.Written(Revision);
    }

    /// <summary>Every change after a revision, in order.</summary>
    /// <exception cref="RevisionCompactedException">Some of them were forgotten.</exception>
    public IReadOnlyList<StoreChange> Changes(string prefix, long after)
    {
        if (after < Compacted)
        {
            throw new RevisionCompactedException(Compacted);
        }

        return [.. _history.Where(change => change.Revision > after && change.Key.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>Forgets the changes up to a revision.</summary>
    public void Compact(long revision)
    {
        Compacted = Math.Max(Compacted, Math.Min(revision, Revision));
        _history.RemoveAll(change => change.Revision <= Compacted);
    }

    private void Put(string key, ReadOnlyMemory<byte> value, long? lease)
    {
        Revision++;
        long created = _keys.TryGetValue(key, out StoredKey? before) ? before.Created : Revision;
        StoredKey now = new(key, value, created, Revision, lease);
        _keys[key] = now;
        Note(new StoreChange(Revision, key, now));
    }

    private void Note(StoreChange change)
    {
        _history.Add(change);
        OnChange?.Invoke(change);
    }
}
