using Rig.Media.Formats;

namespace Rig.Streams.TestCamera;

/// <summary>Writes the parameter sets of the test camera: Constrained Baseline, no reordering, no deblocking, one reference picture.</summary>
internal static class ParameterSetWriter
{
    private const byte SpsHeader = 0x67;
    private const byte PpsHeader = 0x68;
    private const int BaselineProfile = 66;

    /// <summary>constraint_set0_flag and constraint_set1_flag: Constrained Baseline (H.264 A.2.1.1).</summary>
    private const int ConstrainedBaseline = 0b1100_0000;

    private const int ColourBt709 = 1;

    /// <summary>Bits of frame_num, less 4: a reference for each of 256 pictures is more than the one that is kept.</summary>
    private const int FrameNumBitsMinus4 = 4;

    public const int FrameNumBits = FrameNumBitsMinus4 + 4;

    /// <summary>level_idc with its MaxMBPS and MaxFS (H.264 Table A-1).</summary>
    private static readonly (int Level, int Rate, int Size)[] Levels =
    [
        (31, 108_000, 3_600),
        (32, 216_000, 5_120),
        (40, 245_760, 8_192),
        (42, 522_240, 8_704),
        (51, 983_040, 36_864),
        (52, 2_073_600, 36_864),
        (62, 16_711_680, 139_264),
    ];

    /// <summary>seq_parameter_set_rbsp(), clause 7.3.2.1.1, as a NAL unit.</summary>
    public static byte[] SequenceParameterSet(int width, int height, Ratio rate)
    {
        int columns = (width + 15) / 16;
        int rows = (height + 15) / 16;
        var bits = new BitWriter();
        bits.Bits(SpsHeader, 8);
        bits.Bits(BaselineProfile, 8);
        bits.Bits(ConstrainedBaseline, 8);
        bits.Bits((uint)Level(columns * rows, rate), 8);
        bits.Unsigned(0); // seq_parameter_set_id
        bits.Unsigned(FrameNumBitsMinus4);
        bits.Unsigned(2); // pic_order_cnt_type: output order is decoding order
        bits.Unsigned(1); // max_num_ref_frames
        bits.Flag(false); // gaps_in_frame_num_value_allowed_flag
        bits.Unsigned((uint)columns - 1);
        bits.Unsigned((uint)rows - 1);
        bits.Flag(true); // frame_mbs_only_flag
        bits.Flag(true); // direct_8x8_inference_flag
        int right = (columns * 16) - width;
        int bottom = (rows * 16) - height;
        bits.Flag(right > 0 || bottom > 0);
        if (right > 0 || bottom > 0)
        {
            bits.Unsigned(0);
            bits.Unsigned((uint)right / 2);
            bits.Unsigned(0);
            bits.Unsigned((uint)bottom / 2);
        }

        bits.Flag(true); // vui_parameters_present_flag
        Vui(bits, rate);
        bits.TrailingBits();
        return Nal(bits);
    }

    /// <summary>pic_parameter_set_rbsp(), clause 7.3.2.2, as a NAL unit.</summary>
    public static byte[] PictureParameterSet()
    {
        var bits = new BitWriter();
        bits.Bits(PpsHeader, 8);
        bits.Unsigned(0); // pic_parameter_set_id
        bits.Unsigned(0); // seq_parameter_set_id
        bits.Flag(false); // entropy_coding_mode_flag: CAVLC
        bits.Flag(false); // bottom_field_pic_order_in_frame_present_flag
        bits.Unsigned(0); // num_slice_groups_minus1
        bits.Unsigned(0); // num_ref_idx_l0_default_active_minus1
        bits.Unsigned(0); // num_ref_idx_l1_default_active_minus1
        bits.Flag(false); // weighted_pred_flag
        bits.Bits(0, 2); // weighted_bipred_idc
        bits.Signed(0); // pic_init_qp_minus26
        bits.Signed(0); // pic_init_qs_minus26
        bits.Signed(0); // chroma_qp_index_offset
        bits.Flag(true); // deblocking_filter_control_present_flag
        bits.Flag(false); // constrained_intra_pred_flag
        bits.Flag(false); // redundant_pic_cnt_present_flag
        bits.TrailingBits();
        return Nal(bits);
    }

    /// <summary>vui_parameters(), clause E.1.1: colour, a fixed frame rate, and that nothing is reordered.</summary>
    private static void Vui(BitWriter bits, Ratio rate)
    {
        bits.Flag(false); // aspect_ratio_info_present_flag
        bits.Flag(false); // overscan_info_present_flag
        bits.Flag(true); // video_signal_type_present_flag
        bits.Bits(5, 3); // video_format: unspecified
        bits.Flag(false); // video_full_range_flag
        bits.Flag(true); // colour_description_present_flag
        bits.Bits(ColourBt709, 8);
        bits.Bits(ColourBt709, 8);
        bits.Bits(ColourBt709, 8);
        bits.Flag(false); // chroma_loc_info_present_flag
        bits.Flag(true); // timing_info_present_flag
        bits.Bits((uint)rate.Denominator, 32);
        bits.Bits((uint)rate.Numerator * 2, 32); // ticks are fields (E.2.1)
        bits.Flag(true); // fixed_frame_rate_flag
        bits.Flag(false); // nal_hrd_parameters_present_flag
        bits.Flag(false); // vcl_hrd_parameters_present_flag
        bits.Flag(false); // pic_struct_present_flag
        bits.Flag(true); // bitstream_restriction_flag
        bits.Flag(true); // motion_vectors_over_pic_boundaries_flag
        bits.Unsigned(0); // max_bytes_per_pic_denom: no limit
        bits.Unsigned(0); // max_bits_per_mb_denom: no limit
        bits.Unsigned(10); // log2_max_mv_length_horizontal
        bits.Unsigned(10); // log2_max_mv_length_vertical
        bits.Unsigned(0); // max_num_reorder_frames
        bits.Unsigned(1); // max_dec_frame_buffering
    }

    private static int Level(int macroblocks, Ratio rate)
    {
        double perSecond = macroblocks * rate.Value;
        foreach ((int level, int most, int size) in Levels)
        {
            if (perSecond <= most && macroblocks <= size)
            {
                return level;
            }
        }

        return Levels[^1].Level;
    }

    private static byte[] Nal(BitWriter bits)
    {
        byte[] nal = new byte[EmulationPrevention.MaxLength(bits.Written.Length)];
        int length = EmulationPrevention.Write(bits.Written, nal);
        return nal[..length];
    }
}
