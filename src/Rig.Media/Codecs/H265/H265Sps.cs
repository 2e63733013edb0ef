using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.H265;

/// <summary>Sequence parameter set (ITU-T H.265 7.3.2.2) with the parts of the VUI (E.2.1) that concern time, shape and colour.</summary>
public sealed record H265Sps
{
    private const int MaxId = 15;
    private const int MaxReferencePictureSets = 64;
    private const int MaxLongTermPictures = 32;

    /// <summary>Edge of the largest picture of level 6.2: sqrt(8 x 35,651,584) samples (A.4.1).</summary>
    private const int MaxEdge = 16_888;

    public int VpsId { get; init; }

    public int MaxSubLayersMinus1 { get; init; }

    public bool TemporalIdNesting { get; init; }

    public H265ProfileTierLevel ProfileTierLevel { get; init; }

    public int Id { get; init; }

    public int ChromaFormatIdc { get; init; }

    public bool SeparateColourPlanes { get; init; }

    /// <summary>Pixels after the conformance window.</summary>
    public int Width { get; init; }

    /// <summary>Pixels after the conformance window.</summary>
    public int Height { get; init; }

    public int BitDepthLuma { get; init; }

    public int BitDepthChroma { get; init; }

    public int PicOrderCntLsbBits { get; init; }

    /// <summary>sps_max_num_reorder_pics of the highest sub-layer.</summary>
    public int MaxNumReorder { get; init; }

    public H265Vui? Vui { get; init; }

    /// <summary>Reads a NAL unit of type 33; null when it cannot be one.</summary>
    public static H265Sps? Parse(ReadOnlySpan<byte> nal)
    {
        if (nal.Length <= H265NalHeader.Bytes || nal.Length > StreamLimits.ParameterSetBytes)
        {
            return null;
        }

        byte[] rbsp = new byte[nal.Length];
        BitReader reader = new(rbsp.AsSpan(0, Rbsp.Unescape(nal[H265NalHeader.Bytes..], rbsp)));
        H265Sps sps = Parse(ref reader);
        return reader.Overrun || sps.Width <= 0 || sps.Height <= 0 ? null : sps;
    }

    /// <summary>The video format that the set describes.</summary>
    public VideoFormat ToVideoFormat() =>
        new()
        {
            Width = Width,
            Height = Height,
            FrameRate = Vui?.FrameRate,
            SampleAspectRatio = Vui?.SampleAspectRatio ?? new Ratio(1, 1),
            Colour = Vui?.Colour ?? Colour.Unspecified,
            BitDepth = BitDepthLuma,
            ReorderDepth = MaxNumReorder,
            Interlaced = Vui?.FieldSequence ?? false,
        };

    private static H265Sps Parse(ref BitReader reader)
    {
        H265Sps sps = new()
        {
            VpsId = (int)reader.Bits(4),
            MaxSubLayersMinus1 = (int)reader.Bits(3),
            TemporalIdNesting = reader.Flag(),
        };
        sps = sps with
        {
            ProfileTierLevel = H265ProfileTierLevel.Parse(ref reader, sps.MaxSubLayersMinus1),
            Id = reader.Ue(MaxId),
            ChromaFormatIdc = reader.Ue(3),
        };
        sps = sps with { SeparateColourPlanes = sps.ChromaFormatIdc == 3 && reader.Flag() };
        sps = WithSize(sps, ref reader);
        sps = sps with { BitDepthLuma = reader.Ue(8) + 8, BitDepthChroma = reader.Ue(8) + 8, PicOrderCntLsbBits = reader.Ue(12) + 4 };
        sps = sps with { MaxNumReorder = SubLayerOrdering(ref reader, sps.MaxSubLayersMinus1) };
        SkipCodingTools(ref reader);
        SkipReferencePictureSets(ref reader, sps.PicOrderCntLsbBits);
        reader.Skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
        return sps with { Vui = reader.Flag() ? H265Vui.Parse(ref reader) : null };
    }

    /// <summary>7.4.3.2.1: the window counts in chroma samples.</summary>
    private static H265Sps WithSize(H265Sps sps, ref BitReader reader)
    {
        int width = reader.Ue(MaxEdge);
        int height = reader.Ue(MaxEdge);
        if (reader.Flag())
        {
            int unitX = sps.ChromaFormatIdc is 1 or 2 ? 2 : 1;
            int unitY = sps.ChromaFormatIdc == 1 ? 2 : 1;
            width -= unitX * (reader.Ue(MaxEdge) + reader.Ue(MaxEdge));
            height -= unitY * (reader.Ue(MaxEdge) + reader.Ue(MaxEdge));
        }

        return sps with
        {
            Width = width,
            Height = height,
        };
    }

    /// <summary>The reorder depth of the highest sub-layer.</summary>
    internal static int SubLayerOrdering(ref BitReader reader, int maxSubLayersMinus1)
    {
        int reorder = 0;
        int first = reader.Flag() ? 0 : maxSubLayersMinus1;
        for (int i = first; i <= maxSubLayersMinus1; i++)
        {
            reader.Ue(); // max_dec_pic_buffering_minus1
            reorder = reader.Ue(16);
            reader.Ue(); // max_latency_increase_plus1
        }

        return reorder;
    }

    private static void SkipCodingTools(ref BitReader reader)
    {
        for (int i = 0; i < 6; i++)
        {
            reader.Ue(); // block sizes and hierarchy depths
        }

        if (reader.Flag() && reader.Flag())
        {
            SkipScalingLists(ref reader);
        }

        reader.Skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
        if (reader.Flag())
        {
            reader.Skip(8); // pcm_sample_bit_depth of luma and chroma
            reader.Ue(); // log2_min_pcm_luma_coding_block_size_minus3
            reader.Ue(); // log2_diff_max_min_pcm_luma_coding_block_size
            reader.Skip(1); // pcm_loop_filter_disabled_flag
        }
    }

    /// <summary>scaling_list_data() of 7.3.4.</summary>
    private static void SkipScalingLists(ref BitReader reader)
    {
        for (int size = 0; size < 4; size++)
        {
            for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1)
            {
                if (!reader.Flag())
                {
                    reader.Ue(); // scaling_list_pred_matrix_id_delta
                    continue;
                }

                int codes = Math.Min(64, 1 << (4 + (size << 1))) + (size > 1 ? 1 : 0);
                for (int i = 0; i < codes; i++)
                {
                    reader.Se();
                }
            }
        }
    }

    private static void SkipReferencePictureSets(ref BitReader reader, int lsbBits)
    {
        int sets = reader.Ue(MaxReferencePictureSets);
        H265ReferencePictureSet? previous = null;
        for (int i = 0; i < sets && !reader.Overrun; i++)
        {
            previous = H265ReferencePictureSet.Parse(ref reader, previous);
        }

        if (reader.Flag())
        {
            int longTerm = reader.Ue(MaxLongTermPictures);
            reader.Skip(longTerm * (lsbBits + 1));
        }
    }
}

/// <summary>Video usability information (ITU-T H.265 E.2.1), up to the timing; what follows (HRD, restrictions) is not needed.</summary>
public sealed record H265Vui
{
    /// <summary>Pictures a second; null when not given or absurd.</summary>
    public Ratio? FrameRate { get; init; }

    public Ratio? SampleAspectRatio { get; init; }

    public Colour Colour { get; init; } = Colour.Unspecified;

    /// <summary>Every picture is a field.</summary>
    public bool FieldSequence { get; init; }

    internal static H265Vui Parse(ref BitReader reader)
    {
        H265Vui vui = new() { SampleAspectRatio = reader.Flag() ? VuiTables.SampleAspectRatio(ref reader) : null };
        if (reader.Flag())
        {
            reader.Skip(1); // overscan_appropriate_flag
        }

        vui = vui with { Colour = reader.Flag() ? VuiTables.ReadColour(ref reader) : Colour.Unspecified };
        if (reader.Flag())
        {
            reader.Ue(5); // chroma_sample_loc_type_top_field
            reader.Ue(5); // chroma_sample_loc_type_bottom_field
        }

        reader.Skip(1); // neutral_chroma_indication_flag
        vui = vui with { FieldSequence = reader.Flag() };
        reader.Skip(1); // frame_field_info_present_flag
        if (reader.Flag())
        {
            for (int i = 0; i < 4; i++)
            {
                reader.Ue(); // default display window
            }
        }

        if (reader.Flag())
        {
            uint units = reader.Bits(32);
            uint scale = reader.Bits(32);
            vui = vui with { FrameRate = VuiTables.Rate(scale, units) };
        }

        return vui;
    }
}
