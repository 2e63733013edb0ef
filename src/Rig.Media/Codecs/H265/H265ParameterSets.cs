using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.H265;

/// <summary>Video parameter set (ITU-T H.265 7.3.2.1), up to its timing.</summary>
public sealed record H265Vps
{
    private const int MaxLayerSets = 1023;

    public int Id { get; init; }

    public int MaxSubLayersMinus1 { get; init; }

    /// <summary>Pictures a second; null when not given or absurd.</summary>
    public Ratio? FrameRate { get; init; }

    /// <summary>Reads a NAL unit of type 32; null when it cannot be one.</summary>
    public static H265Vps? Parse(ReadOnlySpan<byte> nal)
    {
        if (nal.Length <= H265NalHeader.Bytes || nal.Length > StreamLimits.ParameterSetBytes)
        {
            return null;
        }

        byte[] rbsp = new byte[nal.Length];
        BitReader reader = new(rbsp.AsSpan(0, Rbsp.Unescape(nal[H265NalHeader.Bytes..], rbsp)));
        int id = (int)reader.Bits(4);
        reader.Skip(8); // base layer flags, vps_max_layers_minus1
        int subLayers = (int)reader.Bits(3);
        reader.Skip(17); // vps_temporal_id_nesting_flag, vps_reserved_0xffff_16bits
        H265ProfileTierLevel.Parse(ref reader, subLayers);
        H265Sps.SubLayerOrdering(ref reader, subLayers);
        int layers = (int)reader.Bits(6) + 1;
        int layerSets = reader.Ue(MaxLayerSets);
        reader.Skip(layerSets * layers); // layer_id_included_flag
        Ratio? rate = null;
        if (reader.Flag())
        {
            uint units = reader.Bits(32);
            uint scale = reader.Bits(32);
            rate = VuiTables.Rate(scale, units);
        }

        return reader.Overrun
            ? null
            : new H265Vps
            {
                Id = id,
                MaxSubLayersMinus1 = subLayers,
                FrameRate = rate,
            };
    }
}

/// <summary>The parts of a picture parameter set (ITU-T H.265 7.3.2.3) that slice headers depend on.</summary>
public sealed record H265Pps
{
    private const int MaxId = 63;
    private const int MaxSpsId = 15;

    public required int Id { get; init; }

    public required int SpsId { get; init; }

    public bool OutputFlagPresent { get; init; }

    public int ExtraSliceHeaderBits { get; init; }

    /// <summary>Reads a NAL unit of type 34; null when it cannot be one.</summary>
    public static H265Pps? Parse(ReadOnlySpan<byte> nal)
    {
        if (nal.Length <= H265NalHeader.Bytes || nal.Length > StreamLimits.ParameterSetBytes)
        {
            return null;
        }

        Span<byte> rbsp = stackalloc byte[16];
        BitReader reader = new(rbsp[..Rbsp.Unescape(nal[H265NalHeader.Bytes..], rbsp)]);
        int id = reader.Ue(MaxId);
        int spsId = reader.Ue(MaxSpsId);
        reader.Skip(1); // dependent_slice_segments_enabled_flag
        H265Pps pps = new()
        {
            Id = id,
            SpsId = spsId,
            OutputFlagPresent = reader.Flag(),
            ExtraSliceHeaderBits = (int)reader.Bits(3),
        };
        return reader.Overrun ? null : pps;
    }
}

/// <summary>The beginning of a slice segment header (ITU-T H.265 7.3.6.1), up to the picture order count.</summary>
public readonly record struct H265SliceHeader
{
    private const int MaxPpsId = 63;

    public required H265NalHeader Nal { get; init; }

    public bool IsFirstInPicture { get; init; }

    public int PpsId { get; init; }

    /// <summary>0 B, 1 P, 2 I (table 7-7); only read in a first slice segment.</summary>
    public int SliceType { get; init; }

    public int PicOrderCntLsb { get; init; }

    internal static bool TryParseStart(ReadOnlySpan<byte> nal, ref BitReader reader, out H265SliceHeader slice)
    {
        H265NalHeader header = H265NalHeader.Of(nal);
        bool first = reader.Flag();
        if (header.IsIrap)
        {
            reader.Skip(1); // no_output_of_prior_pics_flag
        }

        slice = new H265SliceHeader
        {
            Nal = header,
            IsFirstInPicture = first,
            PpsId = reader.Ue(MaxPpsId),
        };
        return !reader.Overrun;
    }

    /// <summary>The rest of a first slice segment's beginning.</summary>
    internal static bool TryParseRest(ref BitReader reader, H265Sps sps, H265Pps pps, ref H265SliceHeader slice)
    {
        reader.Skip(pps.ExtraSliceHeaderBits); // slice_reserved_flag
        slice = slice with { SliceType = reader.Ue(2) };
        reader.Skip((pps.OutputFlagPresent ? 1 : 0) + (sps.SeparateColourPlanes ? 2 : 0)); // pic_output_flag, colour_plane_id
        slice = slice with { PicOrderCntLsb = slice.Nal.IsIdr ? 0 : (int)reader.Bits(sps.PicOrderCntLsbBits) };
        return !reader.Overrun;
    }
}
