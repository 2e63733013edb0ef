using Rig.Media.Bits;

namespace Rig.Media.Codecs.H264;

/// <summary>The beginning of a slice header (ITU-T H.264 7.3.3), up to what tells pictures apart and orders them.</summary>
public readonly record struct H264SliceHeader
{
    private const int MaxPpsId = 255;

    public required H264NalHeader Nal { get; init; }

    public uint FirstMacroblock { get; init; }

    /// <summary>0 P, 1 B, 2 I, 3 SP, 4 SI (table 7-6).</summary>
    public int SliceType { get; init; }

    public int PpsId { get; init; }

    public int FrameNum { get; init; }

    public bool IsField { get; init; }

    public bool IsBottomField { get; init; }

    public uint IdrPicId { get; init; }

    public int PicOrderCntLsb { get; init; }

    public int DeltaPicOrderCntBottom { get; init; }

    public int DeltaPicOrderCnt0 { get; init; }

    public int DeltaPicOrderCnt1 { get; init; }

    public uint RedundantPicCnt { get; init; }

    public bool IsIdr => Nal.Type == H264NalType.IdrSlice;

    /// <summary>first_mb_in_slice, slice_type and pic_parameter_set_id: what can be read without parameter sets.</summary>
    internal static bool TryParseStart(ReadOnlySpan<byte> nal, ref BitReader reader, out H264SliceHeader slice)
    {
        slice = new H264SliceHeader
        {
            Nal = new H264NalHeader(nal[0]),
            FirstMacroblock = reader.Ue(),
            SliceType = reader.Ue(9) % 5,
            PpsId = reader.Ue(MaxPpsId),
        };
        return !reader.Overrun;
    }

    /// <summary>The rest, by the parameter sets that the beginning named.</summary>
    internal static bool TryParseRest(ref BitReader reader, H264Sps sps, H264Pps pps, ref H264SliceHeader slice)
    {
        if (sps.SeparateColourPlanes)
        {
            reader.Skip(2); // colour_plane_id
        }

        slice = slice with { FrameNum = (int)reader.Bits(sps.FrameNumBits), IsField = !sps.FrameMbsOnly && reader.Flag() };
        slice = slice with { IsBottomField = slice.IsField && reader.Flag() };
        slice = slice with { IdrPicId = slice.IsIdr ? reader.Ue() : 0 };
        if (sps.PicOrderCntType == 0)
        {
            slice = slice with
            {
                PicOrderCntLsb = (int)reader.Bits(sps.PicOrderCntLsbBits),
                DeltaPicOrderCntBottom = pps.BottomFieldPicOrderInFramePresent && !slice.IsField ? reader.Se() : 0,
            };
        }
        else if (sps.PicOrderCntType == 1 && !sps.DeltaPicOrderAlwaysZero)
        {
            slice = slice with
            {
                DeltaPicOrderCnt0 = reader.Se(),
                DeltaPicOrderCnt1 = pps.BottomFieldPicOrderInFramePresent && !slice.IsField ? reader.Se() : 0,
            };
        }

        slice = slice with { RedundantPicCnt = pps.RedundantPicCntPresent ? reader.Ue() : 0 };
        return !reader.Overrun;
    }

    /// <summary>Whether this slice belongs to another picture than the one before it (7.4.1.2.4).</summary>
    public bool IsFirstOfNewPicture(in H264SliceHeader previous) =>
        FrameNum != previous.FrameNum
        || PpsId != previous.PpsId
        || IsField != previous.IsField
        || IsBottomField != previous.IsBottomField
        || (Nal.RefIdc != previous.Nal.RefIdc && (Nal.RefIdc == 0 || previous.Nal.RefIdc == 0))
        || PicOrderCntLsb != previous.PicOrderCntLsb
        || DeltaPicOrderCntBottom != previous.DeltaPicOrderCntBottom
        || DeltaPicOrderCnt0 != previous.DeltaPicOrderCnt0
        || DeltaPicOrderCnt1 != previous.DeltaPicOrderCnt1
        || IsIdr != previous.IsIdr
        || (IsIdr && IdrPicId != previous.IdrPicId);

    /// <summary>Whether this field completes the frame of the field before it (3.30, 7.4.1.2.4).</summary>
    public bool IsSecondFieldOf(in H264SliceHeader first) =>
        first.IsField && IsField && IsBottomField != first.IsBottomField && FrameNum == first.FrameNum && !IsIdr;
}
