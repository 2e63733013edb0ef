using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>
/// Writes the movie (ISO/IEC 14496-12 8.2):
/// <code>
/// moov
///  ├ mvhd                      8.2.2
///  ├ trak                      8.3.1   (each track)
///  │  ├ tkhd                   8.3.2
///  │  ├ tref                   8.3.3
///  │  ├ edts ─ elst            8.6.5, 8.6.6
///  │  └ mdia                   8.4
///  │     ├ mdhd, hdlr          8.4.2, 8.4.3
///  │     └ minf                8.4.4
///  │        ├ vmhd | smhd | nmhd | gmhd
///  │        ├ dinf ─ dref ─ url   8.7.1 (the data is in this file)
///  │        └ stbl             <see cref="SampleTableBoxes"/>
///  ├ mvex ─ trex (each track)  8.8.1, 8.8.3   (fragmented only)
///  └ udta                      <see cref="MetadataBoxes"/>
/// </code>
/// </summary>
internal static class MovieBoxes
{
    /// <summary>Seconds between the epoch of ISO base media (1904) and that of Unix.</summary>
    private const long Epoch1904 = 2_082_844_800;

    private const uint Matrix1 = 0x0001_0000;
    private const uint MatrixW = 0x4000_0000;

    /// <summary>`und` in three 5-bit letters (8.4.2.3).</summary>
    private const int LanguageUndetermined = 0x55C4;

    public static ulong Seconds1904(UtcInstant instant) =>
        instant.IsKnown ? (ulong)Math.Max(0, Math.DivRem(instant.Nanoseconds, 1_000_000_000).Quotient + Epoch1904) : 0;

    public static void Write(BoxWriter to, Movie movie)
    {
        int moov = to.Begin("moov"u8);
        WriteMovieHeader(to, movie);
        foreach (MovieTrack track in movie.Tracks)
        {
            WriteTrack(to, movie, track);
        }

        if (movie.Fragmented)
        {
            WriteExtends(to, movie.Tracks);
        }

        to.Bytes(movie.UserData.Span);
        to.End(moov);
    }

    /// <summary>Ticks of the movie from the first to the last edit of a track.</summary>
    public static long PresentationTicks(MovieTrack track) => track.Edits.Sum(edit => edit.Duration);

    private static void WriteMovieHeader(BoxWriter to, Movie movie)
    {
        long duration = movie.Tracks.Count == 0 ? 0 : movie.Tracks.Max(PresentationTicks);
        bool wide = IsWide(duration) || IsWide((long)movie.Created);
        int mvhd = to.BeginFull("mvhd"u8, wide ? (byte)1 : (byte)0);
        to.Sized(wide, (long)movie.Created);
        to.Sized(wide, (long)movie.Created);
        to.U32(movie.Timescale);
        to.Sized(wide, duration);
        to.U32(0x0001_0000); // rate 1.0
        to.U16(0x0100); // volume 1.0
        to.Zero(10);
        WriteMatrix(to);
        to.Zero(24);
        to.U32(movie.Tracks.Max(track => track.Id) + 1);
        to.End(mvhd);
    }

    private static void WriteTrack(BoxWriter to, Movie movie, MovieTrack track)
    {
        int trak = to.Begin("trak"u8);
        WriteTrackHeader(to, movie, track);
        WriteReferences(to, track.References);
        WriteEdits(to, track.Edits);
        int mdia = to.Begin("mdia"u8);
        WriteMediaHeader(to, movie, track);
        WriteHandler(to, track.Handler, track.Name);
        int minf = to.Begin("minf"u8);
        to.Bytes(track.MediaHeader.Span);
        WriteDataInformation(to);
        SampleTableBoxes.Write(to, track.SampleDescription.Span, track.Samples);
        to.End(minf);
        to.End(mdia);
        to.End(trak);
    }

    private static void WriteTrackHeader(BoxWriter to, Movie movie, MovieTrack track)
    {
        const uint Enabled = 1;
        const uint InMovie = 2;
        long duration = PresentationTicks(track);
        bool wide = IsWide(duration) || IsWide((long)movie.Created);
        int tkhd = to.BeginFull("tkhd"u8, wide ? (byte)1 : (byte)0, track.Enabled ? Enabled | InMovie : 0);
        to.Sized(wide, (long)movie.Created);
        to.Sized(wide, (long)movie.Created);
        to.U32(track.Id);
        to.U32(0);
        to.Sized(wide, duration);
        to.Zero(8);
        to.U16(0); // layer
        to.U16(track.AlternateGroup);
        to.U16(track.Handler == "soun" ? 0x0100 : 0);
        to.U16(0);
        WriteMatrix(to);
        to.U32(track.Width);
        to.U32(track.Height);
        to.End(tkhd);
    }

    private static void WriteReferences(BoxWriter to, IReadOnlyList<(string Type, uint Track)> references)
    {
        if (references.Count == 0)
        {
            return;
        }

        int tref = to.Begin("tref"u8);
        foreach (IGrouping<string, (string Type, uint Track)> group in references.GroupBy(reference => reference.Type))
        {
            int start = to.Length;
            to.U32(0);
            to.Utf8(group.Key);
            foreach ((_, uint track) in group)
            {
                to.U32(track);
            }

            to.End(start);
        }

        to.End(tref);
    }

    private static void WriteEdits(BoxWriter to, IReadOnlyList<EditEntry> edits)
    {
        if (edits.Count == 0)
        {
            return;
        }

        bool wide = edits.Any(edit => IsWide(edit.Duration) || edit.MediaTime > int.MaxValue);
        int edts = to.Begin("edts"u8);
        int elst = to.BeginFull("elst"u8, wide ? (byte)1 : (byte)0);
        to.U32((uint)edits.Count);
        foreach (EditEntry edit in edits)
        {
            to.Sized(wide, edit.Duration);
            to.Sized(wide, edit.MediaTime);
            to.U32(0x0001_0000); // media rate 1
        }

        to.End(elst);
        to.End(edts);
    }

    private static void WriteMediaHeader(BoxWriter to, Movie movie, MovieTrack track)
    {
        long duration = track.Samples?.Duration ?? 0;
        bool wide = IsWide(duration) || IsWide((long)movie.Created);
        int mdhd = to.BeginFull("mdhd"u8, wide ? (byte)1 : (byte)0);
        to.Sized(wide, (long)movie.Created);
        to.Sized(wide, (long)movie.Created);
        to.U32(track.Timescale);
        to.Sized(wide, duration);
        to.U16(LanguageUndetermined);
        to.U16(0);
        to.End(mdhd);
    }

    public static void WriteHandler(BoxWriter to, string handler, string name)
    {
        int hdlr = to.BeginFull("hdlr"u8);
        to.U32(0);
        to.Utf8(handler);
        to.Zero(12);
        to.Utf8Zero(name);
        to.End(hdlr);
    }

    private static void WriteDataInformation(BoxWriter to)
    {
        const uint SelfContained = 1;
        int dinf = to.Begin("dinf"u8);
        int dref = to.BeginFull("dref"u8);
        to.U32(1);
        to.End(to.BeginFull("url "u8, 0, SelfContained));
        to.End(dref);
        to.End(dinf);
    }

    private static void WriteExtends(BoxWriter to, IReadOnlyList<MovieTrack> tracks)
    {
        int mvex = to.Begin("mvex"u8);
        foreach (MovieTrack track in tracks)
        {
            int trex = to.BeginFull("trex"u8);
            to.U32(track.Id);
            to.U32(1); // sample description
            to.U32(0); // duration, size: in the fragments
            to.U32(0);
            to.U32(SampleFlags.Sync);
            to.End(trex);
        }

        to.End(mvex);
    }

    private static void WriteMatrix(BoxWriter to)
    {
        to.U32(Matrix1);
        to.Zero(12);
        to.U32(Matrix1);
        to.Zero(12);
        to.U32(MatrixW);
    }

    private static bool IsWide(long value) => value > uint.MaxValue;
}
