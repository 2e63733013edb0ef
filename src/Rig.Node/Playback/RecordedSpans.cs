using Rig.Contracts.Recordings;
using Rig.Media.Mp4;
using Rig.Streams.Files;

namespace Rig.Node.Playback;

/// <summary>What of a camera's session can be played, from its manifest and, for the file that still grows, from that file.</summary>
internal static class RecordedSpans
{
    /// <summary>Between two files that follow one another: less than this is no gap.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    /// <summary>The files that are there, in order of time.</summary>
    public static IEnumerable<(Segment Segment, string Path)> Files(Manifest manifest, string recordings) =>
        manifest
            .Segments.Where(segment => segment is { Deleted: null, First: not null })
            .Select(segment => (segment, Path.Combine(recordings, manifest.SessionId, segment.File)))
            .Where(file => File.Exists(file.Item2))
            .OrderBy(file => file.segment.First);

    /// <summary>The spans without a gap, in order of time.</summary>
    public static IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Of(Manifest manifest, string recordings)
    {
        List<(DateTimeOffset From, DateTimeOffset To)> spans = [];
        TimeSpan frame = manifest.Fps is > 0 and var fps ? TimeSpan.FromSeconds(1 / fps) : Frame;
        foreach ((Segment segment, string path) in Files(manifest, recordings))
        {
            DateTimeOffset from = segment.First!.Value;
            DateTimeOffset to = segment is { Closed: true, Last: { } last } ? last + frame : from + Growing(path);
            if (spans.Count > 0 && from - spans[^1].To < Tolerance)
            {
                spans[^1] = (spans[^1].From, to > spans[^1].To ? to : spans[^1].To);
            }
            else if (to > from)
            {
                spans.Add((from, to));
            }
        }

        return [.. manifest.Gaps.Aggregate(spans, (left, gap) => Without(left, gap, frame))];
    }

    /// <summary>A picture stands until the next would have come: the gap begins a picture after the last one.</summary>
    private static List<(DateTimeOffset From, DateTimeOffset To)> Without(
        List<(DateTimeOffset From, DateTimeOffset To)> spans,
        SegmentGap gap,
        TimeSpan frame
    )
    {
        DateTimeOffset begin = gap.From + frame;
        if (gap.To is not { } end || end - begin < frame)
        {
            return spans;
        }

        List<(DateTimeOffset From, DateTimeOffset To)> left = [];
        foreach ((DateTimeOffset from, DateTimeOffset to) in spans)
        {
            if (begin >= to || end <= from)
            {
                left.Add((from, to));
                continue;
            }

            if (begin > from)
            {
                left.Add((from, begin));
            }

            if (end < to)
            {
                left.Add((end, to));
            }
        }

        return left;
    }

    private static TimeSpan Growing(string path)
    {
        try
        {
            using FileBytes file = new(path);
            return Mp4File.Read(file).Duration.ToTimeSpan();
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}
