namespace Rig.Media.MpegTs;

/// <summary>CRC_32 of program specific information, ISO/IEC 13818-1 annex A: polynomial 0x04C11DB7, not reflected, all ones at the start, no final inversion.</summary>
internal static class Crc32Mpeg
{
    private const uint Polynomial = 0x04c1_1db7;

    private static readonly uint[] Table = BuildTable();

    /// <summary>Zero over a section that ends with its own CRC_32.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = (crc << 8) ^ Table[(crc >> 24) ^ value];
        }

        return crc;
    }

    private static uint[] BuildTable()
    {
        uint[] table = new uint[256];
        for (uint index = 0; index < 256; index++)
        {
            uint crc = index << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000_0000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            table[index] = crc;
        }

        return table;
    }
}
