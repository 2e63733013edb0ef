using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs;

/// <summary>Parts of the video usability information that H.264 (E.1.1) and H.265 (E.2.1) write alike.</summary>
internal static class VuiTables
{
    private const uint ExtendedSar = 255;

    /// <summary>More than any camera takes, less than what makes a frame shorter than a tick of 90 kHz.</summary>
    private const int MaxFramesPerSecond = 1_000;

    /// <summary>Table E-1, from aspect_ratio_idc 1.</summary>
    private static ReadOnlySpan<byte> SampleAspectRatios =>
        [1, 1, 12, 11, 10, 11, 16, 11, 40, 33, 24, 11, 20, 11, 32, 11, 80, 33, 18, 11, 15, 11, 64, 33, 160, 99, 4, 3, 3, 2, 2, 1];

    /// <summary>aspect_ratio_idc and what follows; null where unspecified.</summary>
    public static Ratio? SampleAspectRatio(ref BitReader reader)
    {
        uint index = reader.Bits(8);
        if (index == ExtendedSar)
        {
            int width = (int)reader.Bits(16);
            int height = (int)reader.Bits(16);
            return width > 0 && height > 0 ? new Ratio(width, height) : null;
        }

        int at = ((int)index - 1) * 2;
        return at >= 0 && at < SampleAspectRatios.Length ? new Ratio(SampleAspectRatios[at], SampleAspectRatios[at + 1]) : null;
    }

    /// <summary>video_format to matrix_coefficients.</summary>
    public static Colour ReadColour(ref BitReader reader)
    {
        reader.Skip(3); // video_format
        bool full = reader.Flag();
        return reader.Flag()
            ? new Colour((byte)reader.Bits(8), (byte)reader.Bits(8), (byte)reader.Bits(8), full)
            : Colour.Unspecified with
            {
                FullRange = full,
            };
    }

    /// <summary>A frame rate in lowest terms; null for zero, for more than any camera has, and for numbers beyond 31 bits.</summary>
    public static Ratio? Rate(long numerator, long denominator)
    {
        if (
            numerator <= 0
            || denominator <= 0
            || numerator / denominator > MaxFramesPerSecond
            || denominator / numerator > MaxFramesPerSecond
        )
        {
            return null;
        }

        long divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
        (numerator, denominator) = (numerator / divisor, denominator / divisor);
        return numerator > int.MaxValue || denominator > int.MaxValue ? null : new Ratio((int)numerator, (int)denominator);
    }
}
