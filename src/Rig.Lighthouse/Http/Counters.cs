using System.Collections.Concurrent;

namespace Rig.Lighthouse.Http;

/// <summary>Counts by stable names; any thread.</summary>
internal sealed class Counters
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Add(string name) => _counts.AddOrUpdate(name, 1, (_, count) => count + 1);

    public IReadOnlyDictionary<string, long> Read() => new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);
}
