using Rig.Media.Time;

namespace Rig.Streams.Live.Hls;

/// <summary>
/// The newest segments of one camera: what the playlist is written from. A pure state, guarded by its owner. Its numbers only rise; durations that a playlist
/// has promised as greatest only grow.
/// </summary>
public sealed class HlsWindow(HlsOptions options)
{
    /// <summary>
    /// Complete segments are kept for so many target durations: six that a delta playlist may not skip (RFC 8216bis 4.4.3.8), and some that it may.
    /// </summary>
    private const int TargetsKept = 9;

    /// <summary>A player needs three to begin (6.3.3).</summary>
    private const int LeastSegments = 3;

    private readonly List<HlsSegment> _segments = [];
    private readonly Dictionary<int, ReadOnlyMemory<byte>> _formats = [];
    private long _bytes;

    /// <summary>The oldest first; the last one may still grow.</summary>
    public IReadOnlyList<HlsSegment> Segments => _segments;

    /// <summary>Sequence number of the oldest segment, or of the first one to come.</summary>
    public long First => _segments.Count > 0 ? _segments[0].Number : NextNumber;

    public long NextNumber { get; private set; }

    /// <summary>Discontinuities before the oldest segment (4.4.3.3).</summary>
    public long DiscontinuitySequence { get; private set; }

    /// <summary>Whole seconds (4.4.3.1): no segment rounds to more.</summary>
    public int TargetDuration { get; private set; } = (int)Math.Max(1, Math.Round(options.Segment.Seconds, MidpointRounding.AwayFromZero));

    /// <summary>No part is longer (4.4.3.7).</summary>
    public MediaSpan PartTarget { get; private set; } = options.Part;

    /// <summary>One more each time anything changes.</summary>
    public long Version { get; private set; }

    /// <summary>The segment that grows; null between two.</summary>
    public HlsSegment? Open => _segments.Count > 0 && _segments[^1] is { IsComplete: false } open ? open : null;

    /// <summary>The initialization segment of a format; null when it has gone.</summary>
    public ReadOnlyMemory<byte>? Init(int format) =>
        _formats.TryGetValue(format, out ReadOnlyMemory<byte> init) ? init : default(ReadOnlyMemory<byte>?);

    /// <summary>A format for the segments to come, and how long its pictures take: parts hold whole pictures.</summary>
    public void SetFormat(int format, ReadOnlyMemory<byte> init, MediaSpan picture)
    {
        _formats[format] = init;
        long pictures =
            picture > MediaSpan.Zero ? Math.Max(1, (options.Part.Nanoseconds + (picture.Nanoseconds / 50)) / picture.Nanoseconds) : 0;
        PartTarget = pictures > 0 ? new MediaSpan(pictures * picture.Nanoseconds) : options.Part;
    }

    public void Begin(UtcInstant start, int format, bool isDiscontinuous)
    {
        _segments.Add(new HlsSegment(NextNumber++, start, format, isDiscontinuous && _segments.Count > 0));
        Version++;
    }

    public void Add(HlsPart part)
    {
        Open!.Add(part);
        _bytes += part.Length;
        PartTarget = part.Duration > PartTarget ? part.Duration : PartTarget;
        Version++;
    }

    /// <summary>Ends the open segment and forgets the oldest ones.</summary>
    public void End()
    {
        HlsSegment ended = Open!;
        ended.Complete();
        TargetDuration = Math.Max(TargetDuration, (int)Math.Round(ended.Duration.Seconds, MidpointRounding.AwayFromZero));
        MediaSpan kept = MediaSpan.Zero;
        _segments.ForEach(segment => kept += segment.Duration);
        while (
            (_segments.Count > LeastSegments && kept - _segments[0].Duration > MediaSpan.FromSeconds(TargetDuration * TargetsKept))
            || (_segments.Count > 1 && _bytes > options.CameraBytes)
        )
        {
            kept -= _segments[0].Duration;
            Forget();
        }

        Version++;
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        while (_segments.Count > 0)
        {
            Forget();
        }

        _formats.Clear();
    }

    private void Forget()
    {
        HlsSegment oldest = _segments[0];
        _segments.RemoveAt(0);
        _bytes -= oldest.Length;
        oldest.Release();
        if (_segments.Count > 0)
        {
            DiscontinuitySequence += _segments[0].IsDiscontinuous ? 1 : 0;
            foreach (int unused in _formats.Keys.Where(format => format < _segments[0].Format).ToList())
            {
                _formats.Remove(unused);
            }
        }
    }
}
