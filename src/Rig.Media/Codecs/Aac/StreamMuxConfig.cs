using Rig.Media.Bits;

namespace Rig.Media.Codecs.Aac;

/// <summary>StreamMuxConfig() of LATM (ISO/IEC 14496-3 1.7.3) for one program of one layer, the only form in the field.</summary>
/// <param name="Config">The AAC configuration.</param>
/// <param name="SubFrames">Frames in an AudioMuxElement.</param>
/// <param name="FixedPayloadBytes">Length of every payload with frameLengthType 1; null when each carries its own.</param>
/// <param name="OtherDataBits">Bits of other data behind the payloads.</param>
public sealed record StreamMuxConfig(AudioSpecificConfig Config, int SubFrames, int? FixedPayloadBytes, long OtherDataBits)
{
    /// <summary>Bytes in which an AudioSpecificConfig is looked for.</summary>
    private const int ConfigBytes = 512;

    /// <summary>Reads a configuration at the reader's position; null when it is malformed or of another form.</summary>
    internal static StreamMuxConfig? Parse(ref BitReader reader)
    {
        bool version1 = reader.Flag();
        if (version1 && reader.Flag())
        {
            return null; // audioMuxVersionA 1 is reserved.
        }

        if (version1)
        {
            Value(ref reader); // taraBufferFullness
        }

        bool sameTimeFraming = reader.Flag();
        int subFrames = (int)reader.Bits(6) + 1;
        uint programs = reader.Bits(4);
        uint layers = reader.Bits(3);
        if (!sameTimeFraming || programs > 0 || layers > 0)
        {
            return null;
        }

        AudioSpecificConfig? config = ReadConfig(ref reader, version1 ? Value(ref reader) : null);
        if (config is null)
        {
            return null;
        }

        int? payload;
        switch (reader.Bits(3))
        {
            case 0:
                reader.Skip(8); // latmBufferFullness
                payload = null;
                break;
            case 1:
                payload = (int)reader.Bits(9) + 20;
                break;
            default:
                return null; // CELP and HVXC
        }

        long other = reader.Flag() ? OtherDataLength(ref reader, version1) : 0;
        if (reader.Flag())
        {
            reader.Skip(8); // crcCheckSum
        }

        return reader.Overrun ? null : new StreamMuxConfig(config, subFrames, payload, other);
    }

    /// <summary>Copies bits to the beginning of a buffer.</summary>
    internal static void CopyBits(ref BitReader reader, scoped Span<byte> target)
    {
        if (reader.IsAligned && reader.Left >= target.Length * 8)
        {
            reader.Rest()[..target.Length].CopyTo(target);
            reader.Skip(target.Length * 8);
            return;
        }

        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (byte)reader.Bits(8);
        }
    }

    /// <summary>The configuration is not aligned, but alignment within it counts from its beginning: it is read from a copy.</summary>
    private static AudioSpecificConfig? ReadConfig(ref BitReader reader, uint? bits)
    {
        if (bits > reader.Left)
        {
            return null;
        }

        int available = (int)Math.Min(bits ?? int.MaxValue, Math.Min(reader.Left, ConfigBytes * 8));
        Span<byte> copy = stackalloc byte[ConfigBytes];
        BitReader ahead = reader;
        int whole = available / 8;
        CopyBits(ref ahead, copy[..whole]);
        int length = whole;
        if ((available & 7) is > 0 and int rest)
        {
            copy[length++] = (byte)(ahead.Bits(rest) << (8 - rest));
        }

        BitReader inner = new(copy[..length]);
        AudioSpecificConfig? config = AudioSpecificConfig.Parse(ref inner, mayExtend: bits is not null);
        if (config is not null)
        {
            reader.Skip((int?)bits ?? config.BitsRead);
        }

        return config;
    }

    private static long OtherDataLength(ref BitReader reader, bool version1)
    {
        if (version1)
        {
            return Value(ref reader);
        }

        long bits = 0;
        bool more = true;
        for (int i = 0; i < 4 && more; i++)
        {
            more = reader.Flag();
            bits = (bits << 8) + reader.Bits(8);
        }

        return bits;
    }

    /// <summary>LatmGetValue().</summary>
    private static uint Value(ref BitReader reader)
    {
        int bytes = (int)reader.Bits(2) + 1;
        return reader.Bits(bytes * 8);
    }
}
