using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.H264;

/// <summary>Sequence parameter set (ITU-T H.264 7.3.2.1.1) with the parts of the VUI (E.1.1) that concern time, shape and colour.</summary>
public sealed record H264Sps
{
    private const int MaxId = 31;
    private const int MaxCycle = 255;

    /// <summary>Edge of the largest picture of level 6.2: sqrt(8 x 139,264 macroblocks) (A.3.1).</summary>
    private const int MaxMacroblocksPerSide = 1055;

    public required byte ProfileIdc { get; init; }

    /// <summary>constraint_set0_flag in the top bit and so on.</summary>
    public required byte Constraints { get; init; }

    public required byte LevelIdc { get; init; }

    public int Id { get; init; }

    public int ChromaFormatIdc { get; init; } = 1;

    public bool SeparateColourPlanes { get; init; }

    public int BitDepthLuma { get; init; } = 8;

    public int BitDepthChroma { get; init; } = 8;

    public int FrameNumBits { get; init; }

    public int PicOrderCntType { get; init; }

    public int PicOrderCntLsbBits { get; init; }

    public bool DeltaPicOrderAlwaysZero { get; init; }

    public int OffsetForNonRefPic { get; init; }

    public int OffsetForTopToBottomField { get; init; }

    public IReadOnlyList<int> OffsetsForRefFrame { get; init; } = [];

    public int MaxNumRefFrames { get; init; }

    public int WidthInMacroblocks { get; init; }

    /// <summary>Of a frame, both fields.</summary>
    public int HeightInMacroblocks { get; init; }

    public bool FrameMbsOnly { get; init; }

    /// <summary>Pixels after cropping.</summary>
    public int Width { get; init; }

    /// <summary>Pixels after cropping.</summary>
    public int Height { get; init; }

    public H264Vui? Vui { get; init; }

    /// <summary>Frames that may precede a frame in decoding and follow it in output: max_num_reorder_frames, or what E.2.1 infers.</summary>
    public int ReorderDepth => PicOrderCntType == 2 ? 0 : Vui?.MaxNumReorderFrames ?? InferredReorderDepth();

    /// <summary>Reads a NAL unit of type 7 or 15; null when it cannot be one.</summary>
    public static H264Sps? Parse(ReadOnlySpan<byte> nal)
    {
        if (nal.Length < 4 || nal.Length > StreamLimits.ParameterSetBytes)
        {
            return null;
        }

        byte[] rbsp = new byte[nal.Length - 1];
        BitReader reader = new(rbsp.AsSpan(0, Rbsp.Unescape(nal[1..], rbsp)));
        H264Sps sps = Parse(ref reader);
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
            ReorderDepth = ReorderDepth,
            Interlaced = !FrameMbsOnly,
        };

    private static H264Sps Parse(ref BitReader reader)
    {
        H264Sps sps = new()
        {
            ProfileIdc = (byte)reader.Bits(8),
            Constraints = (byte)reader.Bits(8),
            LevelIdc = (byte)reader.Bits(8),
            Id = reader.Ue(MaxId),
        };
        if (HasChromaFormat(sps.ProfileIdc))
        {
            sps = WithChromaFormat(sps, ref reader);
        }

        sps = sps with { FrameNumBits = reader.Ue(12) + 4, PicOrderCntType = reader.Ue(2) };
        sps = WithPictureOrder(sps, ref reader);
        sps = sps with { MaxNumRefFrames = reader.Ue(16) };
        reader.Skip(1); // gaps_in_frame_num_value_allowed_flag
        int width = reader.Ue(MaxMacroblocksPerSide - 1) + 1;
        int mapUnits = reader.Ue(MaxMacroblocksPerSide - 1) + 1;
        bool frameMbsOnly = reader.Flag();
        if (!frameMbsOnly)
        {
            reader.Skip(1); // mb_adaptive_frame_field_flag
        }

        reader.Skip(1); // direct_8x8_inference_flag
        sps = sps with { WidthInMacroblocks = width, HeightInMacroblocks = mapUnits * (frameMbsOnly ? 1 : 2), FrameMbsOnly = frameMbsOnly };
        sps = WithCropping(sps, ref reader);
        return sps with { Vui = reader.Flag() ? H264Vui.Parse(ref reader) : null };
    }

    /// <summary>The profiles of 7.3.2.1.1 whose sets carry chroma_format_idc.</summary>
    private static bool HasChromaFormat(byte profile) =>
        profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static H264Sps WithChromaFormat(H264Sps sps, ref BitReader reader)
    {
        int chroma = reader.Ue(3);
        sps = sps with
        {
            ChromaFormatIdc = chroma,
            SeparateColourPlanes = chroma == 3 && reader.Flag(),
            BitDepthLuma = reader.Ue(6) + 8,
            BitDepthChroma = reader.Ue(6) + 8,
        };
        reader.Skip(1); // qpprime_y_zero_transform_bypass_flag
        if (reader.Flag())
        {
            SkipScalingLists(ref reader, chroma == 3 ? 12 : 8);
        }

        return sps;
    }

    /// <summary>scaling_list() of 7.3.2.1.1.1: six of 16 entries, the others of 64.</summary>
    internal static void SkipScalingLists(ref BitReader reader, int lists)
    {
        for (int i = 0; i < lists; i++)
        {
            if (!reader.Flag())
            {
                continue;
            }

            int last = 8;
            int next = 8;
            int size = i < 6 ? 16 : 64;
            for (int j = 0; j < size && next != 0; j++)
            {
                next = (last + reader.Se()) & 0xFF;
                last = next == 0 ? last : next;
            }
        }
    }

    private static H264Sps WithPictureOrder(H264Sps sps, ref BitReader reader)
    {
        switch (sps.PicOrderCntType)
        {
            case 0:
                return sps with { PicOrderCntLsbBits = reader.Ue(12) + 4 };
            case 1:
                sps = sps with
                {
                    DeltaPicOrderAlwaysZero = reader.Flag(),
                    OffsetForNonRefPic = reader.Se(),
                    OffsetForTopToBottomField = reader.Se(),
                };
                int[] offsets = new int[reader.Ue(MaxCycle)];
                for (int i = 0; i < offsets.Length; i++)
                {
                    offsets[i] = reader.Se();
                }

                return sps with
                {
                    OffsetsForRefFrame = offsets,
                };
            default:
                return sps;
        }
    }

    /// <summary>7.4.2.1.1: crop units depend on the chroma format, vertically also on fields.</summary>
    private static H264Sps WithCropping(H264Sps sps, ref BitReader reader)
    {
        int width = sps.WidthInMacroblocks * 16;
        int height = sps.HeightInMacroblocks * 16;
        if (!reader.Flag())
        {
            return sps with { Width = width, Height = height };
        }

        int chromaArray = sps.SeparateColourPlanes ? 0 : sps.ChromaFormatIdc;
        int unitX = chromaArray is 1 or 2 ? 2 : 1;
        int unitY = (chromaArray == 1 ? 2 : 1) * (sps.FrameMbsOnly ? 1 : 2);
        long cropX = unitX * ((long)reader.Ue() + reader.Ue());
        long cropY = unitY * ((long)reader.Ue() + reader.Ue());
        return sps with { Width = (int)Math.Max(0, width - cropX), Height = (int)Math.Max(0, height - cropY) };
    }

    private int InferredReorderDepth()
    {
        const int ConstraintSet3 = 0x10;
        bool intraOnly = ProfileIdc is 44 or 86 or 100 or 110 or 122 or 244 && (Constraints & ConstraintSet3) != 0;
        // Baseline has no B-slices (A.2.1); nobody has seen an encoder that reorders P-pictures.
        return intraOnly || ProfileIdc == 66 ? 0 : H264Levels.MaxDpbFrames(this);
    }
}

/// <summary>Limits of levels (table A-1).</summary>
internal static class H264Levels
{
    private const int MaxFrames = 16;

    /// <summary>Frames that the decoded picture buffer holds (A.3.1, item h).</summary>
    public static int MaxDpbFrames(H264Sps sps) =>
        Math.Clamp(MaxDpbMacroblocks(sps) / Math.Max(1, sps.WidthInMacroblocks * sps.HeightInMacroblocks), 0, MaxFrames);

    private static int MaxDpbMacroblocks(H264Sps sps) =>
        sps.LevelIdc switch
        {
            <= 10 => 396,
            11 when (sps.Constraints & 0x10) != 0 && sps.ProfileIdc is 66 or 77 or 88 => 396,
            11 => 900,
            <= 20 => 2_376,
            21 => 4_752,
            22 or 30 => 8_100,
            31 => 18_000,
            32 => 20_480,
            40 or 41 => 32_768,
            42 => 34_816,
            50 => 110_400,
            51 or 52 => 184_320,
            _ => 696_320,
        };
}
