namespace Rig.Media.Codecs.H264;

/// <summary>nal_unit_type of ITU-T H.264 table 7-1.</summary>
public enum H264NalType : byte
{
    Unspecified = 0,
    NonIdrSlice = 1,
    PartitionA = 2,
    PartitionB = 3,
    PartitionC = 4,
    IdrSlice = 5,
    Sei = 6,
    SequenceParameterSet = 7,
    PictureParameterSet = 8,
    AccessUnitDelimiter = 9,
    EndOfSequence = 10,
    EndOfStream = 11,
    FillerData = 12,
    SequenceParameterSetExtension = 13,
    Prefix = 14,
    SubsetSequenceParameterSet = 15,
    AuxiliarySlice = 19,
    SliceExtension = 20,
    DepthSliceExtension = 21,
}

/// <summary>The first byte of a NAL unit (7.3.1): forbidden_zero_bit, nal_ref_idc, nal_unit_type.</summary>
public readonly record struct H264NalHeader(byte Value)
{
    public bool IsForbidden => (Value & 0x80) != 0;

    /// <summary>0 when no other picture refers to this one.</summary>
    public int RefIdc => (Value >> 5) & 3;

    public H264NalType Type => (H264NalType)(Value & 0x1F);
}
