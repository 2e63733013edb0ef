using Rig.Media.Bits;

namespace Rig.Media.Codecs.H264;

/// <summary>The parts of a picture parameter set (ITU-T H.264 7.3.2.2) that slice headers depend on.</summary>
public sealed record H264Pps
{
    private const int MaxId = 255;
    private const int MaxSpsId = 31;

    public required int Id { get; init; }

    public required int SpsId { get; init; }

    public bool EntropyCodingMode { get; init; }

    public bool BottomFieldPicOrderInFramePresent { get; init; }

    public bool RedundantPicCntPresent { get; init; }

    /// <summary>Reads a NAL unit of type 8; null when it cannot be one.</summary>
    public static H264Pps? Parse(ReadOnlySpan<byte> nal)
    {
        if (nal.Length < 2 || nal.Length > StreamLimits.ParameterSetBytes)
        {
            return null;
        }

        byte[] rbsp = new byte[nal.Length - 1];
        BitReader reader = new(rbsp.AsSpan(0, Rbsp.Unescape(nal[1..], rbsp)));
        H264Pps pps = new()
        {
            Id = reader.Ue(MaxId),
            SpsId = reader.Ue(MaxSpsId),
            EntropyCodingMode = reader.Flag(),
            BottomFieldPicOrderInFramePresent = reader.Flag(),
        };
        SkipSliceGroups(ref reader);
        reader.Ue(31); // num_ref_idx_l0_default_active_minus1
        reader.Ue(31); // num_ref_idx_l1_default_active_minus1
        reader.Skip(3); // weighted_pred_flag, weighted_bipred_idc
        reader.Se(); // pic_init_qp_minus26
        reader.Se(); // pic_init_qs_minus26
        reader.Se(); // chroma_qp_index_offset
        reader.Skip(2); // deblocking_filter_control_present_flag, constrained_intra_pred_flag
        pps = pps with { RedundantPicCntPresent = reader.Flag() };
        return reader.Overrun ? null : pps;
    }

    private static void SkipSliceGroups(ref BitReader reader)
    {
        int groups = reader.Ue(7) + 1;
        if (groups == 1)
        {
            return;
        }

        switch (reader.Ue(6))
        {
            case 0:
                SkipUe(ref reader, groups); // run_length_minus1
                break;
            case 2:
                SkipUe(ref reader, (groups - 1) * 2); // top_left, bottom_right
                break;
            case 3 or 4 or 5:
                reader.Skip(1); // slice_group_change_direction_flag
                SkipUe(ref reader, 1); // slice_group_change_rate_minus1
                break;
            case 6:
                long units = reader.Ue() + 1L;
                long bits = units * (System.Numerics.BitOperations.Log2((uint)groups - 1) + 1);
                reader.Skip((int)Math.Min(bits, int.MaxValue)); // slice_group_id
                break;
        }
    }

    private static void SkipUe(ref BitReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            reader.Ue();
        }
    }
}
