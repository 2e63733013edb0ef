using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>A chapter: where it begins in the presentation, and its title.</summary>
internal readonly record struct Chapter(MediaSpan Start, string Title);

/// <summary>
/// Writes what people and editors read about the file:
/// <code>
/// udta                         ISO/IEC 14496-12 8.10.1
///  ├ meta ─ hdlr 'mdir', ilst  8.11.1; item list as iTunes and ffmpeg write it
///  │         ├ ©nam, ©too, ©day ─ data
///  │         └ ---- ─ mean, name, data      (session, camera, position, node, ...)
///  └ chpl                      Nero chapter list, as ffmpeg writes it
/// </code>
/// </summary>
internal static class MetadataBoxes
{
    /// <summary>Chapters of a file: `chpl` counts them in one byte.</summary>
    public const int MaxChapters = 255;

    /// <summary>Bytes of one text; a title or a name beyond that is cut, so that no caller can make the boxes large.</summary>
    private const int MaxText = 1024;

    private const string Domain = "recorderrig";

    public static byte[] Write(SegmentMetadata metadata, UtcInstant created, IReadOnlyList<Chapter> chapters)
    {
        var to = new BoxWriter(1024);
        int udta = to.Begin("udta"u8);
        WriteItems(to, metadata, created);
        if (chapters.Count > 0)
        {
            WriteChapterList(to, chapters);
        }

        to.End(udta);
        return to.ToArray();
    }

    private static void WriteItems(BoxWriter to, SegmentMetadata metadata, UtcInstant created)
    {
        int meta = to.BeginFull("meta"u8);
        int hdlr = to.BeginFull("hdlr"u8);
        to.U32(0);
        to.Bytes("mdirappl"u8);
        to.Zero(9);
        to.End(hdlr);
        int ilst = to.Begin("ilst"u8);
        string title = string.Join(' ', new[] { metadata.Session, metadata.Camera }.Where(part => part.Length > 0));
        WriteText(to, "\u00A9nam", title);
        WriteText(to, "\u00A9too", metadata.Software);
        WriteText(to, "\u00A9day", created.IsKnown ? created.ToString() : "");
        WriteNamed(to, "session", metadata.Session);
        WriteNamed(to, "camera", metadata.Camera);
        WriteNamed(to, "position", metadata.Position);
        WriteNamed(to, "node", metadata.Node);
        foreach ((string name, string value) in metadata.More)
        {
            WriteNamed(to, name, value);
        }

        to.End(ilst);
        to.End(meta);
    }

    private static void WriteText(BoxWriter to, string type, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        int item = to.Length;
        to.U32(0);
        foreach (char letter in type)
        {
            to.U8(letter);
        }

        WriteData(to, text);
        to.End(item);
    }

    private static void WriteNamed(BoxWriter to, string name, string text)
    {
        if (text.Length == 0 || name.Length == 0)
        {
            return;
        }

        int item = to.Begin("----"u8);
        int mean = to.BeginFull("mean"u8);
        to.Utf8(Domain);
        to.End(mean);
        int nameBox = to.BeginFull("name"u8);
        to.Utf8(Cut(name, MaxText));
        to.End(nameBox);
        WriteData(to, text);
        to.End(item);
    }

    private static void WriteData(BoxWriter to, string text)
    {
        const uint Utf8Text = 1;
        int data = to.Begin("data"u8);
        to.U32(Utf8Text);
        to.U32(0); // locale
        to.Utf8(Cut(text, MaxText));
        to.End(data);
    }

    private static void WriteChapterList(BoxWriter to, IReadOnlyList<Chapter> chapters)
    {
        const long Nanoseconds100 = 100;
        int chpl = to.BeginFull("chpl"u8, 1);
        to.U32(0);
        to.U8(chapters.Count);
        foreach (Chapter chapter in chapters)
        {
            string title = Cut(chapter.Title, byte.MaxValue);
            to.I64(chapter.Start.Nanoseconds / Nanoseconds100);
            to.U8(System.Text.Encoding.UTF8.GetByteCount(title));
            to.Utf8(title);
        }

        to.End(chpl);
    }

    /// <summary>The longest beginning of a text, in whole characters, that takes at most so many bytes of UTF-8.</summary>
    public static string Cut(string text, int bytes)
    {
        int length = 0;
        int used = 0;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > bytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}
