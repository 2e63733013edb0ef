using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Live.Hls;

/// <summary>
/// A partial segment: the head of one fragment, and the units behind it, which stay where the camera's log has put them. Whoever serves one holds it meanwhile.
/// </summary>
public sealed class HlsPart
{
    private readonly ReadOnlyMemory<byte> _head;
    private readonly AccessUnit[] _units;
    private int _holders = 1;

    /// <param name="units">In the order of the head; the part takes over one reference to each.</param>
    /// <param name="isIndependent">It has a key unit (RFC 8216bis 4.4.4.9).</param>
    public HlsPart(ReadOnlyMemory<byte> head, AccessUnit[] units, MediaSpan duration, bool isIndependent)
    {
        ArgumentNullException.ThrowIfNull(units);
        (_head, _units, Duration, IsIndependent) = (head, units, duration, isIndependent);
        Length = head.Length + units.Sum(unit => (long)unit.Length);
    }

    public MediaSpan Duration { get; }

    public bool IsIndependent { get; }

    public long Length { get; }

    /// <summary>Head and payloads, one behind the other. Only while held.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces => _units.Select(unit => unit.Memory).Prepend(_head);

    /// <summary>Keeps the part's memory until <see cref="Release"/>; false when it has gone.</summary>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            foreach (AccessUnit unit in _units)
            {
                unit.Release();
            }
        }
    }
}
