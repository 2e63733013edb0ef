using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.H264;

/// <summary>Video usability information (ITU-T H.264 E.1.1).</summary>
public sealed record H264Vui
{
    /// <summary>Frames a second: time_scale over twice num_units_in_tick (E.2.1); null when not given or absurd.</summary>
    public Ratio? FrameRate { get; init; }

    public bool FixedFrameRate { get; init; }

    public Ratio? SampleAspectRatio { get; init; }

    public Colour Colour { get; init; } = Colour.Unspecified;

    /// <summary>Null when bitstream_restriction_flag is 0.</summary>
    public int? MaxNumReorderFrames { get; init; }

    internal static H264Vui Parse(ref BitReader reader)
    {
        H264Vui vui = new() { SampleAspectRatio = reader.Flag() ? VuiTables.SampleAspectRatio(ref reader) : null };
        if (reader.Flag())
        {
            reader.Skip(1); // overscan_appropriate_flag
        }

        if (reader.Flag())
        {
            vui = vui with { Colour = VuiTables.ReadColour(ref reader) };
        }

        if (reader.Flag())
        {
            reader.Ue(5); // chroma_sample_loc_type_top_field
            reader.Ue(5); // chroma_sample_loc_type_bottom_field
        }

        if (reader.Flag())
        {
            uint units = reader.Bits(32);
            uint scale = reader.Bits(32);
            vui = vui with { FrameRate = VuiTables.Rate(scale, units * 2L), FixedFrameRate = reader.Flag() };
        }

        bool nalHrd = reader.Flag();
        if (nalHrd)
        {
            SkipHrd(ref reader);
        }

        bool vclHrd = reader.Flag();
        if (vclHrd)
        {
            SkipHrd(ref reader);
        }

        if (nalHrd || vclHrd)
        {
            reader.Skip(1); // low_delay_hrd_flag
        }

        reader.Skip(1); // pic_struct_present_flag
        return reader.Flag() ? vui with { MaxNumReorderFrames = ReorderFrames(ref reader) } : vui;
    }

    /// <summary>bitstream_restriction; a set that ends early (seen in cameras that cut their VUI) counts as not restricting.</summary>
    private static int? ReorderFrames(ref BitReader reader)
    {
        reader.Skip(1); // motion_vectors_over_pic_boundaries_flag
        reader.Ue(16); // max_bytes_per_pic_denom
        reader.Ue(16); // max_bits_per_mb_denom
        reader.Ue(32); // log2_max_mv_length_horizontal
        reader.Ue(32); // log2_max_mv_length_vertical
        int frames = reader.Ue(16);
        reader.Ue(16); // max_dec_frame_buffering
        return frames;
    }

    /// <summary>hrd_parameters() of E.1.2.</summary>
    private static void SkipHrd(ref BitReader reader)
    {
        int count = reader.Ue(31) + 1;
        reader.Skip(8); // bit_rate_scale, cpb_size_scale
        for (int i = 0; i < count; i++)
        {
            reader.Ue(); // bit_rate_value_minus1
            reader.Ue(); // cpb_size_value_minus1
            reader.Skip(1); // cbr_flag
        }

        reader.Skip(20); // lengths of four delays
    }
}
