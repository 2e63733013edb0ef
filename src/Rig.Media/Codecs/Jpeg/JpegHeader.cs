using System.Buffers.Binary;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.Jpeg;

/// <summary>Marker codes of JPEG (ITU-T T.81 table B.1).</summary>
internal static class JpegMarker
{
    public const byte Prefix = 0xFF;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte Temporary = 0x01;

    /// <summary>SOF0 to SOF15 without DHT, JPG and DAC.</summary>
    public static bool IsStartOfFrame(byte code) => code is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>RST0 to RST7, which stand within entropy-coded data.</summary>
    public static bool IsRestart(byte code) => code is >= 0xD0 and <= 0xD7;

    /// <summary>Whether a length and a segment follow.</summary>
    public static bool HasSegment(byte code) => code is not (0 or Temporary or StartOfImage or EndOfImage or Prefix) && !IsRestart(code);
}

/// <summary>The frame header of a JPEG (ITU-T T.81 B.2.2).</summary>
/// <param name="Width">Samples a line.</param>
/// <param name="Height">Lines.</param>
/// <param name="Components">1 for grey, 3 for colour.</param>
/// <param name="Precision">Bits a sample.</param>
public readonly record struct JpegHeader(int Width, int Height, int Components, int Precision)
{
    private const int FrameHeaderBytes = 8;

    /// <summary>Finds the frame header of an image; false when there is none before the first scan.</summary>
    public static bool TryParse(ReadOnlySpan<byte> image, out JpegHeader header)
    {
        header = default;
        if (image is not [JpegMarker.Prefix, JpegMarker.StartOfImage, ..])
        {
            return false;
        }

        ReadOnlySpan<byte> rest = image[2..];
        while (rest.Length >= 4 && rest[0] == JpegMarker.Prefix)
        {
            byte code = rest[1];
            if (code == JpegMarker.Prefix)
            {
                rest = rest[1..]; // B.1.1.2: any number of fill bytes
                continue;
            }

            if (!JpegMarker.HasSegment(code) || code == JpegMarker.StartOfScan)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < 2 || length > rest.Length - 2)
            {
                return false;
            }

            if (JpegMarker.IsStartOfFrame(code))
            {
                return TryParseFrame(rest.Slice(4, length - 2), out header);
            }

            rest = rest[(2 + length)..];
        }

        return false;
    }

    public VideoFormat ToVideoFormat(Ratio? frameRate) =>
        new()
        {
            Width = Width,
            Height = Height,
            BitDepth = Precision,
            FrameRate = frameRate,
            Colour = Colour.Unspecified with { FullRange = true }, // JFIF: 256 levels
        };

    private static bool TryParseFrame(ReadOnlySpan<byte> segment, out JpegHeader header)
    {
        header = default;
        if (segment.Length < FrameHeaderBytes - 2)
        {
            return false;
        }

        header = new JpegHeader(
            BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
            segment[5],
            segment[0]
        );
        return header is { Width: > 0, Height: > 0, Components: > 0 and <= 4, Precision: >= 2 and <= 16 };
    }
}
