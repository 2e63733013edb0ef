using System.Text;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// Makes the bytes that end a segment: an `mdat` with the chapter titles, if there are any, and the complete `moov`. Decides what is
/// shown: each track from T0 (or its first unit) to T1 (or its end), by its own clock.
/// </summary>
internal sealed class SegmentClosing(
    SegmentStart start,
    SegmentEnd end,
    UtcInstant presentationStart,
    IReadOnlyList<SegmentTrackState> tracks,
    SegmentTrackState leading
)
{
    private const uint ChapterTimescale = 1000;

    /// <summary>Builds the tail of the file that stands at <paramref name="offset"/>; also says where in it `moov` begins and how long the presentation is.</summary>
    public (byte[] Tail, int MoovAt, MediaSpan Duration) Build(uint movieTimescale, Timecode? timecode, long timecodeOffset, long offset)
    {
        var scale = new Timescale(movieTimescale);
        List<MovieTrack> movieTracks = [];
        foreach (MovieTrack track in MovieTracks.Of(tracks, leading, timecode))
        {
            if (track.Id <= tracks.Count && tracks[(int)track.Id - 1] is { Samples.Count: > 0 } state)
            {
                movieTracks.Add(track with { Samples = state.Samples, Edits = Edits(state, scale) });
            }
        }

        long ticks = movieTracks.Count == 0 ? 0 : movieTracks.Max(MovieBoxes.PresentationTicks);
        MediaSpan duration = scale.ToSpan(ticks);
        if (timecode is { } code && timecodeOffset > 0)
        {
            MovieTrack track = MovieTracks.Of(tracks, leading, timecode).Last();
            SampleTable table = OneSample(
                timecodeOffset,
                sizeof(uint),
                code.FrameDuration,
                Timescale.Scale(ticks, code.Timescale, movieTimescale)
            );
            movieTracks.Add(track with { Samples = table, Edits = [new EditEntry(ticks, 0)] });
        }

        var to = new BoxWriter(
            (int)Math.Min(64_000 + movieTracks.Sum(track => SampleTableBoxes.SizeBound(track.Samples!)), Array.MaxLength)
        );
        IReadOnlyList<Chapter> chapters = Chapters(duration);
        if (chapters.Count > 0)
        {
            AddChapterTrack(to, movieTracks, chapters, duration, scale, offset);
        }

        int moovAt = to.Length;
        UtcInstant created = start.Created;
        MovieBoxes.Write(
            to,
            new Movie
            {
                Timescale = movieTimescale,
                Created = MovieBoxes.Seconds1904(created),
                Tracks = movieTracks,
                UserData = MetadataBoxes.Write(end.Metadata ?? start.Metadata, created, chapters),
            }
        );
        return (to.ToArray(), moovAt, duration);
    }

    /// <summary>How many units of the leading track are presented, and when the last of them was captured.</summary>
    public (long Count, UtcInstant Last) Shown()
    {
        long to = EditEnd(leading);
        long count = 0;
        long last = long.MinValue;
        foreach (long time in leading.Samples.PresentationTimes().Where(time => time >= leading.EditStart && time < to))
        {
            count++;
            last = Math.Max(last, time);
        }

        bool isKnown = count > 0 && leading.LastAnchor.Capture.IsKnown;
        return (
            count,
            isKnown ? leading.LastAnchor.Capture + leading.Format.Timescale.ToSpan(last - leading.LastAnchor.Time) : UtcInstant.Unknown
        );
    }

    private List<EditEntry> Edits(SegmentTrackState track, Timescale movie) =>
        EditLists.Of(track.Samples, track.Format.Kind == TrackKind.Video, track.EditStart, EditEnd(track), track.Format.Timescale, movie);

    /// <summary>T1 on a track's line, from the newest unit with a known capture instant, so that a drifting clock does no harm.</summary>
    private long EditEnd(SegmentTrackState track)
    {
        if (!end.EditEnd.IsKnown)
        {
            return long.MaxValue;
        }

        Timescale scale = track.Format.Timescale;
        if (track.LastAnchor.Capture.IsKnown)
        {
            return track.LastAnchor.Time + scale.ToTicks(end.EditEnd - track.LastAnchor.Capture);
        }

        return presentationStart.IsKnown ? track.EditStart + scale.ToTicks(end.EditEnd - presentationStart) : long.MaxValue;
    }

    private List<Chapter> Chapters(MediaSpan duration)
    {
        if (!presentationStart.IsKnown)
        {
            return [];
        }

        return
        [
            .. end
                .Marks.Select(mark => new Chapter(mark.At - presentationStart, mark.Title))
                .Where(chapter => chapter.Start >= MediaSpan.Zero && chapter.Start < duration)
                .OrderBy(chapter => chapter.Start)
                .Take(MetadataBoxes.MaxChapters),
        ];
    }

    /// <summary>Writes the titles into an `mdat` and adds the track that points to them; the leading track refers to it (`chap`).</summary>
    private void AddChapterTrack(
        BoxWriter to,
        List<MovieTrack> movieTracks,
        IReadOnlyList<Chapter> chapters,
        MediaSpan duration,
        Timescale movie,
        long offset
    )
    {
        var chapterScale = new Timescale(ChapterTimescale);
        int mdat = to.Begin("mdat"u8);
        var table = new SampleTable();
        table.BeginChunk(offset + to.Length);
        foreach (Chapter chapter in chapters)
        {
            int from = to.Length;
            WriteTitle(to, chapter.Title);
            long time = chapterScale.ToTicks(chapter.Start);
            table.Add(new TableSample(time, time, to.Length - from, UnitFlags.Key));
        }

        to.End(mdat);
        table.LastDuration = (int)Math.Clamp(chapterScale.ToTicks(duration) - table.LastPresentationTime, 1, int.MaxValue);
        long late = chapterScale.Convert(new MediaTime(table.FirstDecodeTime), movie).Ticks;
        long shown = chapterScale.Convert(new MediaTime(table.Duration), movie).Ticks;
        uint id = (uint)tracks.Count + 2;
        movieTracks.Add(
            MovieTracks.Chapters(id, ChapterTimescale) with
            {
                Samples = table,
                Edits = late > 0 ? [new EditEntry(late, -1), new EditEntry(shown, 0)] : [new EditEntry(shown, 0)],
            }
        );
        int lead = movieTracks.FindIndex(track => track.Id == leading.Id);
        if (lead >= 0)
        {
            movieTracks[lead] = movieTracks[lead] with { References = [.. movieTracks[lead].References, ("chap", id)] };
        }
    }

    /// <summary>A QuickTime text sample: 16-bit length, text; `encd` says that it is UTF-8.</summary>
    private static void WriteTitle(BoxWriter to, string title)
    {
        const uint Utf8Encoding = 0x0800_0100;
        const int MaxTitle = 255;
        string cut = MetadataBoxes.Cut(title, MaxTitle);
        to.U16(Encoding.UTF8.GetByteCount(cut));
        to.Utf8(cut);
        int encd = to.Begin("encd"u8);
        to.U32(Utf8Encoding);
        to.End(encd);
    }

    private static SampleTable OneSample(long offset, int size, uint least, long duration)
    {
        var table = new SampleTable();
        table.BeginChunk(offset);
        table.Add(new TableSample(0, 0, size, UnitFlags.Key));
        table.LastDuration = (int)Math.Clamp(duration, Math.Min(least, int.MaxValue), int.MaxValue);
        return table;
    }
}
