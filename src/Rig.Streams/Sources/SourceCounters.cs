using Rig.Media;

namespace Rig.Streams.Sources;

/// <summary>Counts for <see cref="SourceStatistics"/>: written by the source's own thread without locks, read by any.</summary>
internal sealed class SourceCounters
{
    private readonly long[] _faults = new long[Enum.GetValues<StreamFaultKind>().Length];
    private long _bytes;
    private long _packets;

    public long Packets => Volatile.Read(ref _packets);

    public void CountRead(int bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _packets, _packets + 1);
    }

    public void CountFault(StreamFaultKind kind) => Volatile.Write(ref _faults[(int)kind], _faults[(int)kind] + 1);

    public SourceStatistics Read() =>
        new()
        {
            Bytes = Volatile.Read(ref _bytes),
            Packets = Volatile.Read(ref _packets),
            Faults = ReadFaults(),
        };

    private Dictionary<StreamFaultKind, long> ReadFaults()
    {
        var faults = new Dictionary<StreamFaultKind, long>();
        for (int kind = 0; kind < _faults.Length; kind++)
        {
            long count = Volatile.Read(ref _faults[kind]);
            if (count > 0)
            {
                faults.Add((StreamFaultKind)kind, count);
            }
        }

        return faults;
    }
}
