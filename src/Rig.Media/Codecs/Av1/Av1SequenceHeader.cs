using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.Av1;

/// <summary>sequence_header_obu() of AV1 5.5: what a decoder must know of a stream.</summary>
public sealed record Av1SequenceHeader
{
    private const uint Select = 2;

    public int Profile { get; init; }

    public bool ReducedStillPicture { get; init; }

    /// <summary>Of the first operating point.</summary>
    public int LevelIndex { get; init; }

    public int Tier { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public Ratio? FrameRate { get; init; }

    public int BitDepth { get; init; } = 8;

    public bool Monochrome { get; init; }

    public bool SubsamplingX { get; init; }

    public bool SubsamplingY { get; init; }

    public int ChromaSamplePosition { get; init; }

    public Colour Colour { get; init; } = Colour.Unspecified;

    /// <summary>Reads the payload of a sequence header OBU; null when it is malformed.</summary>
    public static Av1SequenceHeader? Parse(ReadOnlySpan<byte> payload)
    {
        BitReader reader = new(payload);
        Av1SequenceHeader header = new() { Profile = (int)reader.Bits(3) };
        reader.Skip(1); // still_picture
        header = header with { ReducedStillPicture = reader.Flag() };
        header = header.ReducedStillPicture ? header with { LevelIndex = (int)reader.Bits(5) } : WithOperatingPoints(header, ref reader);
        header = WithSize(header, ref reader);
        SkipTools(ref reader, header.ReducedStillPicture);
        header = WithColour(header, ref reader);
        reader.Skip(1); // film_grain_params_present
        return reader.Overrun || header.Profile > 2 ? null : header;
    }

    public VideoFormat ToVideoFormat() =>
        new()
        {
            Width = Width,
            Height = Height,
            FrameRate = FrameRate,
            Colour = Colour,
            BitDepth = BitDepth,
        };

    private static Av1SequenceHeader WithOperatingPoints(Av1SequenceHeader header, ref BitReader reader)
    {
        int? delayBits = null;
        if (reader.Flag())
        {
            header = header with { FrameRate = TimingInfo(ref reader) };
            delayBits = reader.Flag() ? DecoderModelInfo(ref reader) : null;
        }

        bool initialDelay = reader.Flag();
        int points = (int)reader.Bits(5) + 1;
        for (int i = 0; i < points; i++)
        {
            reader.Skip(12); // operating_point_idc
            int level = (int)reader.Bits(5);
            int tier = level > 7 ? (int)reader.Bits(1) : 0;
            header = i == 0 ? header with { LevelIndex = level, Tier = tier } : header;
            if (delayBits is { } bits && reader.Flag())
            {
                reader.Skip((2 * bits) + 1); // decoder_buffer_delay, encoder_buffer_delay, low_delay_mode_flag
            }

            if (initialDelay && reader.Flag())
            {
                reader.Skip(4); // initial_display_delay_minus_1
            }
        }

        return header;
    }

    /// <summary>5.5.3; the rate is only constant with equal_picture_interval.</summary>
    private static Ratio? TimingInfo(ref BitReader reader)
    {
        uint units = reader.Bits(32);
        uint scale = reader.Bits(32);
        return reader.Flag() ? VuiTables.Rate(scale, units * (reader.Ue() + 1L)) : null; // uvlc() is ue(v)
    }

    /// <returns>Bits of a buffer delay.</returns>
    private static int DecoderModelInfo(ref BitReader reader)
    {
        int delay = (int)reader.Bits(5) + 1;
        reader.Skip(32 + 5 + 5); // num_units_in_decoding_tick and two lengths
        return delay;
    }

    private static Av1SequenceHeader WithSize(Av1SequenceHeader header, ref BitReader reader)
    {
        int widthBits = (int)reader.Bits(4) + 1;
        int heightBits = (int)reader.Bits(4) + 1;
        return header with { Width = (int)reader.Bits(widthBits) + 1, Height = (int)reader.Bits(heightBits) + 1 };
    }

    private static void SkipTools(ref BitReader reader, bool reduced)
    {
        if (!reduced && reader.Flag())
        {
            reader.Skip(7); // delta_frame_id_length, additional_frame_id_length
        }

        reader.Skip(3); // superblocks, filter intra, intra edge filter
        if (!reduced)
        {
            reader.Skip(4); // inter-intra, masked, warped motion, dual filter
            bool orderHint = reader.Flag();
            reader.Skip(orderHint ? 2 : 0); // joint compound, reference frame motion vectors
            uint screenContent = reader.Flag() ? Select : reader.Bits(1);
            if (screenContent > 0 && !reader.Flag())
            {
                reader.Skip(1); // seq_force_integer_mv
            }

            reader.Skip(orderHint ? 3 : 0); // order_hint_bits_minus_1
        }

        reader.Skip(3); // superres, cdef, restoration
    }

    /// <summary>color_config() of 5.5.2.</summary>
    private static Av1SequenceHeader WithColour(Av1SequenceHeader header, ref BitReader reader)
    {
        bool high = reader.Flag();
        bool twelve = header.Profile == 2 && high && reader.Flag();
        bool mono = header.Profile != 1 && reader.Flag();
        Colour colour = reader.Flag()
            ? new Colour((byte)reader.Bits(8), (byte)reader.Bits(8), (byte)reader.Bits(8), FullRange: false)
            : Colour.Unspecified;
        header = header with
        {
            BitDepth =
                twelve ? 12
                : high ? 10
                : 8,
            Monochrome = mono,
        };
        if (mono)
        {
            return header with { Colour = colour with { FullRange = reader.Flag() }, SubsamplingX = true, SubsamplingY = true };
        }

        if (colour is { Primaries: 1, Transfer: 13, Matrix: 0 })
        {
            reader.Skip(1); // separate_uv_delta_q
            return header with { Colour = colour with { FullRange = true } };
        }

        colour = colour with { FullRange = reader.Flag() };
        bool x = header.Profile == 0 || (header.Profile == 2 && (!twelve || reader.Flag()));
        bool y = header.Profile == 0 || (header.Profile == 2 && twelve && x && reader.Flag());
        int position = x && y ? (int)reader.Bits(2) : 0;
        reader.Skip(1); // separate_uv_delta_q
        return header with { Colour = colour, SubsamplingX = x, SubsamplingY = y, ChromaSamplePosition = position };
    }
}

/// <summary>
/// AV1CodecConfigurationRecord, the content of <c>av1C</c> (AV1 in ISO Base Media File Format 2.3.3):
/// <code>
/// marker 1, version 7 = 0x81 | profile 3, level 5 | tier 1, high depth 1, twelve bit 1, monochrome 1, subsampling 2, position 2 | delay 8 | OBUs
/// </code>
/// </summary>
public static class Av1Configuration
{
    private const int FixedBytes = 4;
    private const byte MarkerAndVersion = 0x81;

    /// <summary>The sequence header OBU of a record; null when there is none or the record is malformed.</summary>
    public static byte[]? Parse(ReadOnlySpan<byte> record)
    {
        if (record.Length < FixedBytes || record[0] != MarkerAndVersion)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = record[FixedBytes..];
        while (Obu.TryRead(ref rest, out Obu obu))
        {
            if (obu.Type == ObuType.SequenceHeader)
            {
                byte[] bytes = new byte[obu.WrittenLength];
                obu.Write(bytes);
                return bytes;
            }
        }

        return null;
    }

    /// <summary>The record for a sequence header OBU.</summary>
    /// <exception cref="ArgumentException">It cannot be read.</exception>
    public static byte[] Write(ReadOnlySpan<byte> sequenceHeaderObu)
    {
        ReadOnlySpan<byte> rest = sequenceHeaderObu;
        if (!Obu.TryRead(ref rest, out Obu obu) || Av1SequenceHeader.Parse(obu.Payload) is not { } header)
        {
            throw new ArgumentException("An AV1 configuration needs a sequence header.", nameof(sequenceHeaderObu));
        }

        byte[] record = new byte[FixedBytes + sequenceHeaderObu.Length];
        record[0] = MarkerAndVersion;
        record[1] = (byte)((header.Profile << 5) | header.LevelIndex);
        int flags =
            (header.Tier << 7) | (header.BitDepth > 8 ? 0x40 : 0) | (header.BitDepth > 10 ? 0x20 : 0) | (header.Monochrome ? 0x10 : 0);
        record[2] = (byte)(flags | (header.SubsamplingX ? 8 : 0) | (header.SubsamplingY ? 4 : 0) | header.ChromaSamplePosition);
        sequenceHeaderObu.CopyTo(record.AsSpan(FixedBytes));
        return record;
    }
}
