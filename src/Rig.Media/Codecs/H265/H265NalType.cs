namespace Rig.Media.Codecs.H265;

/// <summary>nal_unit_type of ITU-T H.265 table 7-1.</summary>
public enum H265NalType : byte
{
    TrailN = 0,
    TrailR = 1,
    RadlN = 6,
    RadlR = 7,
    RaslN = 8,
    RaslR = 9,

    /// <summary>The last type below 16 that names a sub-layer non-reference picture when even.</summary>
    ReservedVclN14 = 14,
    BlaWLp = 16,
    BlaWRadl = 17,
    BlaNLp = 18,
    IdrWRadl = 19,
    IdrNLp = 20,
    Cra = 21,
    ReservedIrap23 = 23,
    VideoParameterSet = 32,
    SequenceParameterSet = 33,
    PictureParameterSet = 34,
    AccessUnitDelimiter = 35,
    EndOfSequence = 36,
    EndOfBitstream = 37,
    FillerData = 38,
    PrefixSei = 39,
    SuffixSei = 40,
}

/// <summary>The two bytes of a NAL unit header (7.3.1.2): forbidden_zero_bit, nal_unit_type, nuh_layer_id, nuh_temporal_id_plus1.</summary>
public readonly record struct H265NalHeader(ushort Value)
{
    public const int Bytes = 2;

    public bool IsForbidden => (Value & 0x8000) != 0 || (Value & 7) == 0;

    public H265NalType Type => (H265NalType)((Value >> 9) & 0x3F);

    public int LayerId => (Value >> 3) & 0x3F;

    public int TemporalId => (Value & 7) - 1;

    public bool IsSlice => Type <= (H265NalType)31;

    /// <summary>Intra random access point (BLA, IDR, CRA and two reserved types).</summary>
    public bool IsIrap => Type is >= H265NalType.BlaWLp and <= H265NalType.ReservedIrap23;

    public bool IsIdr => Type is H265NalType.IdrWRadl or H265NalType.IdrNLp;

    public bool IsBla => Type is >= H265NalType.BlaWLp and <= H265NalType.BlaNLp;

    /// <summary>Random access skipped leading picture: needs pictures from before its IRAP picture.</summary>
    public bool IsRasl => Type is H265NalType.RaslN or H265NalType.RaslR;

    public bool IsRadl => Type is H265NalType.RadlN or H265NalType.RadlR;

    /// <summary>No later picture of the same temporal sub-layer refers to it.</summary>
    public bool IsSubLayerNonReference => Type <= H265NalType.ReservedVclN14 && ((int)Type & 1) == 0;

    /// <summary>The header of a NAL unit of at least two bytes.</summary>
    public static H265NalHeader Of(ReadOnlySpan<byte> nal) => new((ushort)((nal[0] << 8) | nal[1]));
}
