using System.Buffers.Binary;
using Rig.Media.Time;

namespace Rig.Streams.Verification;

/// <summary>
/// The mark in every picture of the test camera that survives transcoding: 80 blocks of 16x16 pixels in two rows of 40 at the top
/// left, most significant bit first; 64 bits Unix time in microseconds of the capture instant, then 16 bits CRC-16/CCITT-FALSE of
/// those 8 bytes. White (235) is 1, black (16) is 0.
/// </summary>
public static class FrameStamp
{
    /// <summary>Side of a block in pixels: a macroblock, so that encoders keep it flat.</summary>
    public const int BlockSize = 16;

    public const int Columns = 40;

    public const int Rows = 2;

    public const int Bits = Columns * Rows;

    /// <summary>Width of the stamp in pixels, and so the least width of a picture that carries one.</summary>
    public const int Width = Columns * BlockSize;

    /// <summary>Height of the stamp in pixels.</summary>
    public const int Height = Rows * BlockSize;

    public const byte White = 235;

    public const byte Black = 16;

    /// <summary>Between black and white: what a decoder may make of a block is nearer to what it was.</summary>
    private const int Threshold = (White + Black) / 2;

    /// <summary>Pixels at each side of a block that are not read: encoders blur them into the neighbour.</summary>
    private const int Margin = 4;

    private const int Bytes = Bits / 8;

    /// <summary>The bits of the stamp of an instant, the first block's in bit 79.</summary>
    public static UInt128 Encode(UtcInstant capture)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, capture.Microseconds);
        return ((UInt128)(ulong)capture.Microseconds << 16) | Crc16(bytes[..8]);
    }

    /// <summary>Whether block <paramref name="index"/> (0 to 79, row by row) is white.</summary>
    public static bool IsWhite(UInt128 bits, int index) => ((bits >> (Bits - 1 - index)) & UInt128.One) != UInt128.Zero;

    /// <summary>Reads the stamp of a decoded picture.</summary>
    /// <param name="luma">Luma samples of at least the stamp's <see cref="Width"/> and <see cref="Height"/>.</param>
    /// <param name="stride">Bytes from a line to the next.</param>
    /// <param name="capture">The capture instant in whole microseconds.</param>
    /// <returns>False when the picture carries no stamp or one that cannot be read.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> luma, int stride, out UtcInstant capture)
    {
        capture = UtcInstant.Unknown;
        if (stride < Width || luma.Length < ((Height - 1) * stride) + Width)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        for (int block = 0; block < Bits; block++)
        {
            int x = block % Columns * BlockSize;
            int y = block / Columns * BlockSize;
            if (Brightness(luma, stride, x, y) > Threshold)
            {
                bytes[block >> 3] |= (byte)(0x80 >> (block & 7));
            }
        }

        ulong microseconds = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        if (microseconds is 0 or > MaxMicroseconds || BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]) != Crc16(bytes[..8]))
        {
            return false;
        }

        capture = UtcInstant.FromMicroseconds((long)microseconds);
        return true;
    }

    /// <summary>The latest instant that <see cref="UtcInstant"/> can hold.</summary>
    private const ulong MaxMicroseconds = long.MaxValue / 1000;

    /// <summary>CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, neither input nor output reflected. Check value of "123456789": 0x29B1.</summary>
    public static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        const int polynomial = 0x1021;
        int crc = 0xFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ polynomial : crc << 1;
            }
        }

        return (ushort)crc;
    }

    private static int Brightness(ReadOnlySpan<byte> luma, int stride, int x, int y)
    {
        const int side = BlockSize - (2 * Margin);
        int sum = 0;
        for (int line = y + Margin; line < y + BlockSize - Margin; line++)
        {
            foreach (byte sample in luma.Slice((line * stride) + x + Margin, side))
            {
                sum += sample;
            }
        }

        return sum / (side * side);
    }
}
