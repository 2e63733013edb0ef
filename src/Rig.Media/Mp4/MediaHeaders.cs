namespace Rig.Media.Mp4;

/// <summary>The media information header that each kind of track has (ISO/IEC 14496-12 8.4.5, 12.1.2, 12.2.2, 12.3.2; QuickTime `gmhd`).</summary>
internal static class MediaHeaders
{
    public static byte[] Video() =>
        Build(to =>
        {
            int vmhd = to.BeginFull("vmhd"u8, 0, 1);
            to.Zero(8);
            to.End(vmhd);
        });

    public static byte[] Sound() =>
        Build(to =>
        {
            int smhd = to.BeginFull("smhd"u8);
            to.Zero(4);
            to.End(smhd);
        });

    public static byte[] Null() => Build(to => to.End(to.BeginFull("nmhd"u8)));

    /// <summary>gmhd ─ gmin, tmcd ─ tcmi (QuickTime File Format, "Timecode Media Information Atom").</summary>
    public static byte[] Timecode() =>
        Build(to =>
        {
            int gmhd = to.Begin("gmhd"u8);
            WriteGeneric(to);
            int tmcd = to.Begin("tmcd"u8);
            int tcmi = to.BeginFull("tcmi"u8);
            to.U16(0); // font, face
            to.U16(0);
            to.U16(12); // points
            to.U16(0);
            to.Zero(6); // black text
            to.U16(0xFFFF); // on white
            to.U16(0xFFFF);
            to.U16(0xFFFF);
            to.U8(0); // no font name
            to.End(tcmi);
            to.End(tmcd);
            to.End(gmhd);
        });

    /// <summary>gmhd ─ gmin, text (QuickTime File Format, "Text Media").</summary>
    public static byte[] Text() =>
        Build(to =>
        {
            int gmhd = to.Begin("gmhd"u8);
            WriteGeneric(to);
            int text = to.Begin("text"u8);
            to.U32(0x0001_0000);
            to.Zero(12);
            to.U32(0x0001_0000);
            to.Zero(12);
            to.U32(0x4000_0000);
            to.End(text);
            to.End(gmhd);
        });

    private static void WriteGeneric(BoxWriter to)
    {
        int gmin = to.BeginFull("gmin"u8);
        to.U16(0x0040); // graphics mode: copy, dithered
        to.U16(0x8000); // operation colour: grey
        to.U16(0x8000);
        to.U16(0x8000);
        to.Zero(4); // balance
        to.End(gmin);
    }

    private static byte[] Build(Action<BoxWriter> write)
    {
        var to = new BoxWriter(128);
        write(to);
        return to.ToArray();
    }
}
