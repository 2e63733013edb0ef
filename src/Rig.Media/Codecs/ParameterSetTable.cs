namespace Rig.Media.Codecs;

/// <summary>Parameter sets of one kind by their id: the bytes as they came and what they say.</summary>
internal sealed class ParameterSetTable<T>
    where T : class
{
    private readonly SortedList<int, (byte[] Nal, T Set)> _sets = [];

    public int Count => _sets.Count;

    public IEnumerable<(byte[] Nal, T Set)> All => _sets.Values;

    public T? Find(int id) => _sets.TryGetValue(id, out (byte[] Nal, T Set) entry) ? entry.Set : null;

    public byte[]? Nal(int id) => _sets.TryGetValue(id, out (byte[] Nal, T Set) entry) ? entry.Nal : null;

    /// <summary>Whether exactly these bytes are in the table.</summary>
    public bool Contains(ReadOnlySpan<byte> nal)
    {
        for (int i = 0; i < _sets.Count; i++)
        {
            if (nal.SequenceEqual(_sets.GetValueAtIndex(i).Nal))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>False when the table is full (<see cref="StreamLimits.ParameterSetsPerKind"/>).</returns>
    public bool Set(int id, ReadOnlySpan<byte> nal, T set)
    {
        if (_sets.Count >= StreamLimits.ParameterSetsPerKind && !_sets.ContainsKey(id))
        {
            return false;
        }

        _sets[id] = (nal.ToArray(), set);
        return true;
    }
}
