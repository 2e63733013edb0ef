using Rig.Media.Time;

namespace Rig.Streams.Live.Hls;

/// <summary>A media segment while it grows and afterwards. Guarded by its window's owner.</summary>
/// <param name="number">Media sequence number.</param>
/// <param name="start">Capture instant of its first picture.</param>
/// <param name="format">Number of the initialization segment that it needs.</param>
/// <param name="isDiscontinuous">Its times or format do not continue the segment before it.</param>
public sealed class HlsSegment(long number, UtcInstant start, int format, bool isDiscontinuous)
{
    private readonly List<HlsPart> _parts = [];

    public long Number => number;
    public UtcInstant Start => start;
    public int Format => format;
    public bool IsDiscontinuous => isDiscontinuous;
    public IReadOnlyList<HlsPart> Parts => _parts;
    public bool IsComplete { get; private set; }
    public MediaSpan Duration { get; private set; }
    public long Length { get; private set; }

    internal void Add(HlsPart part)
    {
        _parts.Add(part);
        Duration += part.Duration;
        Length += part.Length;
    }

    internal void Complete() => IsComplete = true;

    internal void Release() => _parts.ForEach(part => part.Release());
}
