using System.Buffers.Binary;
using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Tells a sample that was written from a hole that a power cut left: zeros where the file system had no data yet.</summary>
internal static class SampleCheck
{
    private const int Sector = 512;

    /// <summary>More zeros at the end of a NAL unit than an encoder pads with; holes have the size of memory pages.</summary>
    private const int PaddingBytes = 64;

    /// <summary>
    /// Whether the bytes can be a unit of that codec. NAL units: lengths add up, none is empty, none ends in a run of zeros (ITU-T H.264 7.4.1,
    /// H.265 7.4.2.1: the last byte shall not be 0x00; a few are tolerated, since some encoders pad). Others: not all zero, except linear
    /// PCM, where silence is.
    /// </summary>
    public static bool IsWhole(ReadOnlySpan<byte> sample, Codec? codec) =>
        codec switch
        {
            Codec.H264 or Codec.H265 => AreNalUnits(sample),
            Codec.Pcm or null => true,
            Codec.Aac or Codec.Opus or Codec.PcmMuLaw or Codec.PcmALaw or Codec.Klv => sample.ContainsAnyExcept((byte)0),
            _ => sample.ContainsAnyExcept((byte)0) && !EndsInHole(sample, Sector),
        };

    private static bool AreNalUnits(ReadOnlySpan<byte> sample)
    {
        const int LengthBytes = 4;
        while (sample.Length > LengthBytes)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(sample);
            if (length == 0 || length > sample.Length - LengthBytes || EndsInHole(sample.Slice(LengthBytes, (int)length), PaddingBytes))
            {
                return false;
            }

            sample = sample[((int)length + LengthBytes)..];
        }

        return sample.IsEmpty;
    }

    /// <summary>Whether the last bytes, or all when there are fewer, are zero.</summary>
    private static bool EndsInHole(ReadOnlySpan<byte> bytes, int count) =>
        !bytes[^Math.Min(count, bytes.Length)..].ContainsAnyExcept((byte)0);
}
