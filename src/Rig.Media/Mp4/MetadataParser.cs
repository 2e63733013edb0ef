using System.Text;

namespace Rig.Media.Mp4;

/// <summary>Reads the tags of `udta` (tree at <see cref="MetadataBoxes"/>).</summary>
internal static class MetadataParser
{
    /// <summary>Tags and bytes of one text; what a file says beyond is of no use to anybody.</summary>
    private const int MaxTags = 256;
    private const int MaxText = 4096;

    public static List<KeyValuePair<string, string>> Parse(ReadOnlySpan<byte> udta)
    {
        List<KeyValuePair<string, string>> tags = [];
        ReadOnlySpan<byte> ilst = BoxWalker.Find(BoxWalker.FindFull(udta, "meta"u8, out _), "ilst"u8);
        var items = new BoxWalker(ilst);
        while (items.Next(out Box item) && tags.Count < MaxTags)
        {
            ReadOnlySpan<byte> data = BoxWalker.Find(item.Content, "data"u8);
            ReadOnlySpan<byte> name = BoxWalker.FindFull(item.Content, "name"u8, out _);
            const int Utf8Text = 1;
            if (data.Length >= 8 && data[3] == Utf8Text)
            {
                string key = item.Is("----"u8) ? Text(name) : MovieParser.Latin(item.Type);
                tags.Add(new KeyValuePair<string, string>(key, Text(data[8..])));
            }
        }

        return tags;
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaxText)]);
}

/// <summary>Reads chapters: from `chpl`, or from a QuickTime chapter track.</summary>
internal static class ChapterParser
{
    private const int MaxTitle = 4096;

    public static List<Mp4Chapter> FromList(ReadOnlySpan<byte> udta)
    {
        const long Nanoseconds100 = 100;
        List<Mp4Chapter> chapters = [];
        var reader = new SpanReader(BoxWalker.FindFull(udta, "chpl"u8, out int version));
        reader.Skip(version == 1 ? 4 : 0);
        int count = reader.U8();
        for (int i = 0; i < count && !reader.Rest.IsEmpty; i++)
        {
            long start = reader.I64();
            string title = MetadataParser.Text(reader.Take(reader.U8()));
            if (!reader.Failed && start is >= 0 and < long.MaxValue / Nanoseconds100)
            {
                chapters.Add(new Mp4Chapter(new Time.MediaSpan(start * Nanoseconds100), title));
            }
        }

        return chapters;
    }

    /// <summary>Reads the titles of the track that a `chap` reference names.</summary>
    public static List<Mp4Chapter> FromTrack(IRandomAccessBytes source, Mp4File file)
    {
        List<Mp4Chapter> chapters = [];
        uint id = file.Tracks.SelectMany(track => track.References).FirstOrDefault(reference => reference.Type == "chap").Track;
        if (file.Tracks.FirstOrDefault(track => track.Id == id && track.Handler is "text" or "sbtl") is not { } titles)
        {
            return chapters;
        }

        for (int i = 0; i < Math.Min(titles.Count, MetadataBoxes.MaxChapters); i++)
        {
            Mp4Sample sample = titles[i];
            byte[] bytes = new byte[Math.Min(sample.Size, MaxTitle)];
            var reader = new SpanReader(bytes.AsSpan(0, source.Read(sample.Offset, bytes)));
            string title = MetadataParser.Text(reader.Take(reader.U16()));
            if (!reader.Failed)
            {
                chapters.Add(new Mp4Chapter(titles.Timescale.ToSpan(sample.PresentationTime + titles.PresentationShift), title));
            }
        }

        return chapters;
    }
}
