using System.Buffers.Binary;
using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Tells a sample that was written from a hole that a power cut left: zeros where the file system had no data yet.</summary>
internal static class SampleCheck
{
    private const int Sector = 512;

    /// <summary>More zeros than an encoder pads a NAL unit with; holes have the size of memory pages.</summary>
    private const int PaddingBytes = 64;

    /// <summary>
    /// Whether the bytes can be a unit of that codec. NAL units: lengths add up, none is empty, none holds a long run of zeros (ITU-T H.264
    /// 7.4.1, H.265 7.4.2.1: three zero bytes in a row shall not occur; a few more are tolerated, since some encoders pad). Others: not
    /// all zero, except linear PCM, where silence is.
    /// </summary>
    public static bool IsWhole(ReadOnlySpan<byte> sample, Codec? codec) =>
        codec switch
        {
            Codec.H264 or Codec.H265 => AreNalUnits(sample),
            Codec.Pcm or null => true,
            Codec.Aac or Codec.Opus or Codec.PcmMuLaw or Codec.PcmALaw or Codec.Klv => sample.ContainsAnyExcept((byte)0),
            _ => sample.ContainsAnyExcept((byte)0) && !EndsInHole(sample),
        };

    private static bool AreNalUnits(ReadOnlySpan<byte> sample)
    {
        const int LengthBytes = 4;
        while (sample.Length > LengthBytes)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(sample);
            if (length == 0 || length > sample.Length - LengthBytes || HasHole(sample.Slice(LengthBytes, (int)length)))
            {
                return false;
            }

            sample = sample[((int)length + LengthBytes)..];
        }

        return sample.IsEmpty;
    }

    private static bool HasHole(ReadOnlySpan<byte> nal)
    {
        ReadOnlySpan<byte> hole = stackalloc byte[PaddingBytes];
        return nal.IndexOf(hole) >= 0 || !nal.ContainsAnyExcept((byte)0);
    }

    /// <summary>A picture whose last sector is zero.</summary>
    private static bool EndsInHole(ReadOnlySpan<byte> picture) => picture.Length > Sector && !picture[^Sector..].ContainsAnyExcept((byte)0);
}
