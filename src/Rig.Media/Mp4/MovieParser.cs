using System.Text;
using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>Notes something wrong at a place.</summary>
internal delegate void FaultHandler(StreamFaultKind kind, long offset, string detail);

/// <summary>Reads a `moov` (box tree at <see cref="MovieBoxes"/>).</summary>
internal sealed class MovieParser(long fileLength, FaultHandler fault)
{
    private const long Epoch1904 = 2_082_844_800;

    /// <summary>Tracks of one file: more than any camera or editor writes.</summary>
    private const int MaxTracks = 64;

    public void Parse(ReadOnlySpan<byte> moov, Mp4File file)
    {
        List<Mp4Track> tracks = [];
        Dictionary<uint, (uint, uint, uint)> defaults = [];
        var boxes = new BoxWalker(moov);
        while (boxes.Next(out Box box))
        {
            if (box.Is("mvhd"u8))
            {
                ParseHeader(box.Content, file);
            }
            else if (box.Is("trak"u8))
            {
                if (tracks.Count < MaxTracks && ParseTrack(box.Content) is { } track)
                {
                    tracks.Add(track);
                }
                else
                {
                    fault(StreamFaultKind.Malformed, 0, "A trak without tkhd, mdhd or stsd (14496-12 8.3), or one too many.");
                }
            }
            else if (box.Is("mvex"u8))
            {
                file.IsFragmented = true;
                ParseExtends(box.Content, defaults);
            }
            else if (box.Is("udta"u8))
            {
                file.UserData = box.Whole.ToArray();
                file.Metadata = MetadataParser.Parse(box.Content);
                file.Chapters = ChapterParser.FromList(box.Content);
            }
        }

        foreach (Mp4Track track in tracks)
        {
            track.Defaults = defaults.GetValueOrDefault(track.Id);
        }

        if (boxes.Failed)
        {
            fault(StreamFaultKind.Malformed, 0, "A box in moov claims more bytes than there are (14496-12 4.2).");
        }

        file.Tracks = tracks;
    }

    /// <summary>8.2.2.</summary>
    private static void ParseHeader(ReadOnlySpan<byte> content, Mp4File file)
    {
        var reader = new SpanReader(content);
        bool wide = reader.U8() == 1;
        reader.Skip(3);
        ulong created = (ulong)reader.Sized(wide);
        reader.Sized(wide);
        uint timescale = reader.U32();
        file.Timescale = Math.Max(1, timescale);
        file.Created1904 = created;
        if (created is > Epoch1904 and < uint.MaxValue * 2UL)
        {
            file.Created = new UtcInstant((long)(created - Epoch1904) * 1_000_000_000);
        }
    }

    /// <summary>8.8.3.</summary>
    private static void ParseExtends(ReadOnlySpan<byte> content, Dictionary<uint, (uint Duration, uint Size, uint Flags)> defaults)
    {
        var boxes = new BoxWalker(content);
        while (boxes.Next(out Box box))
        {
            if (box.Is("trex"u8) && defaults.Count < MaxTracks)
            {
                var reader = new SpanReader(box.Content);
                reader.Skip(4);
                uint track = reader.U32();
                reader.Skip(4);
                defaults[track] = (reader.U32(), reader.U32(), reader.U32());
            }
        }
    }

    private Mp4Track? ParseTrack(ReadOnlySpan<byte> trak)
    {
        ReadOnlySpan<byte> tkhd = BoxWalker.FindFull(trak, "tkhd"u8, out int headerVersion);
        ReadOnlySpan<byte> mdia = BoxWalker.Find(trak, "mdia"u8);
        ReadOnlySpan<byte> mdhd = BoxWalker.FindFull(mdia, "mdhd"u8, out int mediaVersion);
        ReadOnlySpan<byte> hdlr = BoxWalker.FindFull(mdia, "hdlr"u8, out _);
        ReadOnlySpan<byte> minf = BoxWalker.Find(mdia, "minf"u8);
        ReadOnlySpan<byte> stbl = BoxWalker.Find(minf, "stbl"u8);
        if (tkhd.IsEmpty || mdhd.IsEmpty || hdlr.Length < 8 || stbl.IsEmpty)
        {
            return null;
        }

        var track = new Mp4Track { Handler = Latin(hdlr.Slice(4, 4)), Name = Name(hdlr) };
        track.Enabled = (BoxWalker.Find(trak, "tkhd"u8)[3] & 1) != 0;
        ParseTrackHeader(tkhd, headerVersion == 1, track);
        var reader = new SpanReader(mdhd);
        reader.Sized(mediaVersion == 1);
        reader.Sized(mediaVersion == 1);
        uint timescale = reader.U32();
        if (timescale == 0)
        {
            return null;
        }

        track.Timescale = new Timescale(timescale);
        track.References = ParseReferences(BoxWalker.Find(trak, "tref"u8));
        track.Edits = ParseEdits(BoxWalker.FindFull(BoxWalker.Find(trak, "edts"u8), "elst"u8, out int editVersion), editVersion == 1);
        KeepRaw(minf, stbl, track);
        SampleEntryParser.Parse(BoxWalker.FindFull(stbl, "stsd"u8, out _), track);
        SampleTableParser.Parse(stbl, track, fileLength, fault);
        return track;
    }

    /// <summary>8.3.2.</summary>
    private static void ParseTrackHeader(ReadOnlySpan<byte> tkhd, bool wide, Mp4Track track)
    {
        var reader = new SpanReader(tkhd);
        reader.Sized(wide);
        reader.Sized(wide);
        track.Id = reader.U32();
        reader.U32();
        reader.Sized(wide);
        reader.Skip(10);
        track.AlternateGroup = reader.U16();
        reader.Skip(4 + 36);
        track.Width = reader.U32();
        track.Height = reader.U32();
    }

    private static List<(string Type, uint Track)> ParseReferences(ReadOnlySpan<byte> tref)
    {
        List<(string, uint)> references = [];
        var boxes = new BoxWalker(tref);
        while (boxes.Next(out Box box))
        {
            var reader = new SpanReader(box.Content);
            while (reader.Rest.Length >= 4 && references.Count < MaxTracks)
            {
                references.Add((Latin(box.Type), reader.U32()));
            }
        }

        return references;
    }

    /// <summary>8.6.6.</summary>
    private static List<Mp4Edit> ParseEdits(ReadOnlySpan<byte> elst, bool wide)
    {
        var reader = new SpanReader(elst);
        uint count = reader.U32();
        List<Mp4Edit> edits = [];
        for (uint i = 0; i < count && !reader.Rest.IsEmpty; i++)
        {
            long duration = reader.Sized(wide);
            long mediaTime = wide ? reader.I64() : reader.I32();
            reader.U32();
            if (!reader.Failed && duration >= 0 && Math.Abs((decimal)mediaTime) < long.MaxValue / 4)
            {
                edits.Add(new Mp4Edit(duration, mediaTime));
            }
        }

        return edits;
    }

    /// <summary>The boxes that a repair takes over as they are.</summary>
    private static void KeepRaw(ReadOnlySpan<byte> minf, ReadOnlySpan<byte> stbl, Mp4Track track)
    {
        var boxes = new BoxWalker(minf);
        while (boxes.Next(out Box box))
        {
            if (box.Is("vmhd"u8) || box.Is("smhd"u8) || box.Is("nmhd"u8) || box.Is("gmhd"u8) || box.Is("sthd"u8))
            {
                track.MediaHeader = box.Whole.ToArray();
            }
        }

        boxes = new BoxWalker(stbl);
        while (boxes.Next(out Box box))
        {
            if (box.Is("stsd"u8))
            {
                track.SampleDescription = box.Whole.ToArray();
            }
        }
    }

    private static string Name(ReadOnlySpan<byte> hdlr)
    {
        const int NameAt = 20;
        const int MaxName = 255;
        if (hdlr.Length <= NameAt)
        {
            return "";
        }

        ReadOnlySpan<byte> name = hdlr[NameAt..];
        int end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        return Encoding.UTF8.GetString(name[..Math.Min(name.Length, MaxName)]);
    }

    /// <summary>A four-character code as text.</summary>
    internal static string Latin(ReadOnlySpan<byte> type) => Encoding.Latin1.GetString(type);
}
