using Rig.Media.Bits;

namespace Rig.Media.Codecs.Aac;

/// <summary>
/// The header of an ADTS frame (ISO/IEC 14496-3 1.A.2.2):
/// <code>
/// syncword 12 | ID 1 | layer 2 | protection_absent 1 | profile 2 | sampling_frequency_index 4 | private 1 | channel_configuration 3
/// | original, home 2 | copyright 2 | aac_frame_length 13 | adts_buffer_fullness 11 | number_of_raw_data_blocks_in_frame 2 | crc 16?
/// </code>
/// </summary>
public readonly record struct AdtsHeader
{
    /// <summary>Without the CRC.</summary>
    public const int Bytes = 7;

    /// <summary>What the 13 bits of aac_frame_length can say.</summary>
    public const int MaxFrameBytes = 8191;

    private const int Crc = 2;

    /// <summary>1 for AAC-LC, one less than the audio object type.</summary>
    public required int Profile { get; init; }

    public required int SampleRateIndex { get; init; }

    public required int ChannelConfiguration { get; init; }

    public bool HasCrc { get; init; }

    /// <summary>Header and all.</summary>
    public required int FrameBytes { get; init; }

    /// <summary>1 to 4.</summary>
    public int RawDataBlocks { get; init; }

    public int SampleRate => AudioSpecificConfig.RateOfIndex(SampleRateIndex);

    /// <summary>Header, block positions and CRC.</summary>
    public int HeaderBytes => Bytes + (HasCrc ? Crc * RawDataBlocks : 0);

    /// <summary>Reads the seven bytes at the beginning; false when no frame begins here.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out AdtsHeader header)
    {
        header = default;
        if (bytes.Length < Bytes || bytes[0] != 0xFF || (bytes[1] & 0xF6) != 0xF0)
        {
            return false;
        }

        header = new AdtsHeader
        {
            HasCrc = (bytes[1] & 1) == 0,
            Profile = bytes[2] >> 6,
            SampleRateIndex = (bytes[2] >> 2) & 15,
            ChannelConfiguration = ((bytes[2] & 1) << 2) | (bytes[3] >> 6),
            FrameBytes = ((bytes[3] & 3) << 11) | (bytes[4] << 3) | (bytes[5] >> 5),
            RawDataBlocks = (bytes[6] & 3) + 1,
        };
        return header.SampleRate > 0 && header.FrameBytes > header.HeaderBytes;
    }

    /// <summary>Writes a header without CRC for one raw data block of <paramref name="payload"/> bytes.</summary>
    public static void Write(Span<byte> target, AudioSpecificConfig config, int payload)
    {
        ArgumentNullException.ThrowIfNull(config);
        BitWriter writer = new(target);
        writer.Bits(0xFFF1, 16);
        writer.Bits((uint)config.ObjectType - 1, 2);
        writer.Bits((uint)IndexOf(config.SampleRate), 4);
        writer.Bits((uint)config.ChannelConfiguration, 4); // private_bit 0 and three bits
        writer.Bits(0, 4);
        writer.Bits((uint)(payload + Bytes), 13);
        writer.Bits(0x7FF, 11); // variable bit rate
        writer.Bits(0, 2);
    }

    /// <summary>Whether two headers agree in what adts_fixed_header() holds.</summary>
    public bool IsSameStreamAs(in AdtsHeader other) =>
        Profile == other.Profile && SampleRateIndex == other.SampleRateIndex && ChannelConfiguration == other.ChannelConfiguration;

    private static int IndexOf(int rate)
    {
        for (int i = 0; AudioSpecificConfig.RateOfIndex(i) is > 0 and int known; i++)
        {
            if (known == rate)
            {
                return i;
            }
        }

        throw new ArgumentException("ADTS has no index for this sample rate.", nameof(rate));
    }
}
