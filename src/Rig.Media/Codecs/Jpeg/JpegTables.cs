namespace Rig.Media.Codecs.Jpeg;

/// <summary>
/// The Huffman tables that MJPEG cameras leave out of every picture to save 420 bytes (UVC, AVI "Open DML"): those of ITU-T T.81 annex K.3. A
/// file or a browser needs them.
/// </summary>
public static class JpegTables
{
    private const byte HuffmanTables = 0xC4;

    /// <summary>One DHT segment (B.2.4.2): DC and AC of luminance, DC and AC of chrominance; tables K.3 to K.6.</summary>
    private static readonly byte[] Standard = Build();

    /// <summary>The picture as a file that stands alone: with the standard tables where it has none.</summary>
    public static byte[] Complete(ReadOnlySpan<byte> picture)
    {
        int scan = FindScan(picture, out bool hasTables);
        return hasTables || scan < 0 ? picture.ToArray() : [.. picture[..scan], .. Standard, .. picture[scan..]];
    }

    /// <summary>Where the first start of scan is; -1 when the segments before it do not add up.</summary>
    private static int FindScan(ReadOnlySpan<byte> picture, out bool hasTables)
    {
        hasTables = false;
        int at = 2;
        while (at + 4 <= picture.Length && picture[at] == JpegMarker.Prefix)
        {
            byte code = picture[at + 1];
            if (code == JpegMarker.Prefix)
            {
                at++;
                continue;
            }

            if (code == JpegMarker.StartOfScan)
            {
                return at;
            }

            hasTables |= code == HuffmanTables;
            at += 2 + ((picture[at + 2] << 8) | picture[at + 3]);
        }

        return -1;
    }

    private static byte[] Build()
    {
        byte[] dcLuminance = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
        byte[] dcChrominance = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
        byte[] dcValues = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        byte[] acLuminance = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D];
        byte[] acChrominance = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
        byte[] luminance = Convert.FromHexString(
            "01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A43444546474849"
                + "4A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6"
                + "C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FA"
        );
        byte[] chrominance = Convert.FromHexString(
            "000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A43444546474849"
                + "4A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5"
                + "C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FA"
        );
        byte[] tables =
        [
            0x00,
            .. dcLuminance,
            .. dcValues,
            0x10,
            .. acLuminance,
            .. luminance,
            0x01,
            .. dcChrominance,
            .. dcValues,
            0x11,
            .. acChrominance,
            .. chrominance,
        ];
        int length = tables.Length + 2;
        return [JpegMarker.Prefix, HuffmanTables, (byte)(length >> 8), (byte)length, .. tables];
    }
}
