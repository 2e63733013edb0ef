using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Files;

namespace Rig.Streams.Playback;

/// <summary>
/// Cuts a span out of a camera's recorded files, closed or growing: from the last key picture at or before its start (an edit list hides what
/// lies before), over the ends of files, to its end. Only headers are made; the media are read when the result is.
/// </summary>
public static class SpanCutter
{
    /// <summary>Length of the fragments: what a player waits for before it can begin.</summary>
    private static readonly MediaSpan FragmentSpan = MediaSpan.FromSeconds(1);

    /// <summary>A step between pictures beyond this is a gap; the slowest cameras send two a second.</summary>
    private static readonly MediaSpan GapSpan = MediaSpan.FromSeconds(1);

    /// <exception cref="EmptySpanException">Nothing was recorded there.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static Cut Cut(CutRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var sources = new List<CutSource>();
        try
        {
            UtcInstant end = request.Start + request.Duration;
            string? stopped = Open(request, end, sources);
            UtcInstant start =
                request.Fragmented && sources.Count > 0 ? Earlier(sources[0].KeyInstant(request.Start), request.Start) : request.Start;
            CutSource[] used = [.. sources.Where(source => source.Select(start, end))];
            if (used.Length == 0)
            {
                throw new EmptySpanException($"Nothing was recorded from {request.Start} to {end}.");
            }

            return Build(request, start, end, used, [.. sources.Select(source => source.File)], stopped);
        }
        catch
        {
            sources.ForEach(source => source.File.Dispose());
            throw;
        }
    }

    /// <summary>Opens files as long as they go on with the first one's streams. Says why not all were.</summary>
    private static string? Open(CutRequest request, UtcInstant end, List<CutSource> sources)
    {
        for (int i = 0; i < request.Files.Count && request.Files[i].Start < end; i++)
        {
            bool isOver = i + 1 < request.Files.Count && request.Files[i + 1].Start <= request.Start;
            if (isOver)
            {
                continue;
            }

            CutSource? source = CutSource.Open(request.Files[i], sources.LastOrDefault());
            if (source is null)
            {
                continue; // Nothing playable in it: the manifest tells of its damage.
            }

            if (sources.Count > 0 && !source.GoesOnFrom(sources[0]))
            {
                source.File.Dispose();
                return $"The format changed at {source.Zero}.";
            }

            sources.Add(source);
        }

        return null;
    }

    private static Cut Build(CutRequest request, UtcInstant wanted, UtcInstant end, CutSource[] used, FileBytes[] files, string? stopped)
    {
        UtcInstant start = request.Fragmented ? wanted : used[0].FirstShown(wanted);
        start = used[0].KeyInstant(wanted) is var key && key > start ? key : start;
        end = Earlier(used[^1].ShownUntil, end);
        var writer = new Mp4SegmentWriter(
            new SegmentStart
            {
                Tracks = Tracks(used),
                EditStart = start,
                Created = start,
                Timecode = request.Fragmented ? null : new TimecodeSettings(),
                Metadata = request.Metadata,
            }
        );
        var pieces = new PieceList();
        pieces.Add(writer.Start().ToArray());
        (List<(UtcInstant From, UtcInstant To)> gaps, UtcInstant last) = WriteFragments(writer, used, pieces);
        IEnumerable<SegmentMark> marks = request.Marks.Concat(gaps.Select(gap => new SegmentMark(gap.From, "(gap)")));
        UtcInstant until = Earlier(last, end);
        if (!request.Fragmented)
        {
            Mp4Closing closing = writer.Close(
                new SegmentEnd
                {
                    EditEnd = end,
                    Marks = [.. marks.Where(mark => mark.At >= start && mark.At < until).OrderBy(mark => mark.At)],
                }
            );
            pieces.Patch(closing.HeadPatchOffset, closing.HeadPatch.Span);
            pieces.Add(closing.Tail.ToArray());
        }

        return new Cut(
            new CutStream(pieces.Pieces, files),
            start,
            until - start,
            [.. gaps.Where(gap => gap.From < end && gap.To > start)],
            stopped
        );
    }

    private static UtcInstant Earlier(UtcInstant left, UtcInstant right) => left < right ? left : right;

    private static SegmentTrack[] Tracks(CutSource[] used) =>
        [
            .. Enumerable
                .Range(0, used[0].Tracks.Count)
                .Select(track =>
                    used[0].First(track) is { } first
                        ? SegmentTrack.From(used[0].Tracks[track].Format!, first, first)
                        : SegmentTrack.Unseen(used[0].Tracks[track].Format!)
                ),
        ];

    /// <summary>Writes what was selected, a fragment for each second or so. Gives the gaps, and where the leading track ends.</summary>
    private static (List<(UtcInstant From, UtcInstant To)> Gaps, UtcInstant Last) WriteFragments(
        Mp4SegmentWriter writer,
        CutSource[] used,
        PieceList pieces
    )
    {
        var units = new List<AccessUnit>();
        var places = new List<(FileBytes File, long Offset)>();
        var gaps = new List<(UtcInstant From, UtcInstant To)>();
        UtcInstant last = UtcInstant.Unknown;
        UtcInstant begun = UtcInstant.Unknown;
        foreach (CutSource source in used)
        {
            foreach ((AccessUnit unit, long offset, bool leads) in source.Selected())
            {
                if (leads)
                {
                    if (last.IsKnown && unit.Capture - last > GapSpan)
                    {
                        gaps.Add((last, unit.Capture));
                    }

                    last = last.IsKnown && last > unit.Capture ? last : unit.Capture;
                    if (begun.IsKnown && (unit.IsKey || unit.Capture - begun >= FragmentSpan))
                    {
                        pieces.Add(writer, units, places);
                        begun = UtcInstant.Unknown;
                    }

                    begun = begun.IsKnown ? begun : unit.Capture;
                }

                units.Add(unit);
                places.Add((source.File, offset));
            }
        }

        pieces.Add(writer, units, places);
        return (gaps, last + used[^1].PictureSpan);
    }
}
