using Rig.Media.Formats;

namespace Rig.Media.AnnexB;

/// <summary>What a NAL unit means for the boundaries of access units.</summary>
internal enum NalRole
{
    /// <summary>Not stored: filler, what a decoder must ignore.</summary>
    Drop,

    /// <summary>Access unit delimiter: begins an access unit, not stored.</summary>
    Delimiter,

    /// <summary>Comes before the first slice of a picture: begins an access unit if the one under construction has a picture.</summary>
    Prefix,

    /// <summary>May precede any slice: whether it begins an access unit shows with the next slice.</summary>
    SlicePrefix,

    /// <summary>Belongs to the access unit under construction.</summary>
    Suffix,

    /// <summary>Another slice of the picture under construction.</summary>
    Slice,

    /// <summary>The first slice of a new picture.</summary>
    FirstSlice,

    /// <summary>The first slice of the second field of the frame under construction.</summary>
    SecondField,

    /// <summary>A slice that no known parameter set explains: its access unit cannot be used.</summary>
    Orphan,

    /// <summary>End of sequence or of the stream: ends the access unit, not stored.</summary>
    End,
}

/// <summary>What the codec knows of a picture when it is complete.</summary>
internal readonly record struct PictureInfo
{
    public bool IsKey { get; init; }

    public bool IsDisposable { get; init; }

    /// <summary>Damaged as far as the codec can tell: its first slice is missing.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>Refers to pictures before the point where decoding began (RASL, H.265 8.1.3): cannot be decoded.</summary>
    public bool IsUndecodable { get; init; }

    /// <summary>Output order within the coded video sequence.</summary>
    public int OrderCount { get; init; }

    /// <summary>Counts from one frame to the next.</summary>
    public int OrderStep { get; init; }

    /// <summary>Whether the output order begins anew: all pictures before it are presented before it.</summary>
    public bool StartsSequence { get; init; }

    /// <summary>The format, if it changes with this picture.</summary>
    public TrackFormat? NewFormat { get; init; }
}

/// <summary>The part of access unit assembly that differs between H.264 and H.265. Called by <see cref="NalAssembler"/> only.</summary>
internal interface INalCodec
{
    /// <summary>The format announced last.</summary>
    TrackFormat? Format { get; }

    /// <summary>The picture under construction is one field whose partner may follow.</summary>
    bool AwaitsSecondField { get; }

    /// <summary>What a NAL unit is for, from its first bytes (emulation prevention still in). Changes nothing.</summary>
    NalRole Classify(ReadOnlySpan<byte> head);

    /// <summary>The slice classified last becomes part of the picture under construction.</summary>
    void AcceptSlice(NalRole role);

    /// <summary>A NAL unit that was stored is complete; <paramref name="damaged"/> if bytes of it are missing.</summary>
    /// <returns>Whether it stays in the unit; parameter sets that the format holds do not.</returns>
    bool Complete(ReadOnlySpan<byte> nal, bool damaged);

    /// <summary>The picture under construction is complete.</summary>
    PictureInfo FinishPicture();

    /// <summary>Data are missing here; what comes may still belong to the picture under construction.</summary>
    void Lost();

    /// <summary>The picture under construction is thrown away.</summary>
    void Restart();

    /// <summary>An end of sequence: what follows does not depend on what came before.</summary>
    void EndSequence();
}
