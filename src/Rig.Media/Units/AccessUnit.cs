using Rig.Media.Time;

namespace Rig.Media.Units;

/// <summary>What is worth knowing of an access unit without looking into it.</summary>
[Flags]
public enum UnitFlags
{
    None = 0,

    /// <summary>Decoding can start here: IDR, CRA, BLA, a recovery point, an AV1 key frame, every JPEG, every audio frame.</summary>
    Key = 1,

    /// <summary>No other picture needs it (H.264 nal_ref_idc 0, H.265 sub-layer non-reference).</summary>
    Disposable = 2,

    /// <summary>Something before it on this track is missing or the clock jumped: its times do not continue the last unit's.</summary>
    Discontinuity = 4,

    /// <summary>Bytes of it were lost or broken on the way.</summary>
    Damaged = 8,
}

/// <summary>
/// One coded picture, audio frame or data packet with its times: the unit that everything passes on. Video is stored as
/// length-prefixed NAL units (4 bytes, big-endian; H.264, H.265), an AV1 temporal unit without temporal delimiters (OBUs with size
/// fields) or one JPEG; audio as one raw AAC frame, one Opus packet or a run of PCM samples.
/// A unit is a value; the memory behind it is counted: whoever stores one calls <see cref="AddReference"/>, and <see cref="Release"/> when done.
/// </summary>
public readonly record struct AccessUnit
{
    public required UnitBlock Block { get; init; }

    public required int Offset { get; init; }

    public required int Length { get; init; }

    /// <summary>Index of the track in its camera, from 0.</summary>
    public required int Track { get; init; }

    /// <summary>When to decode, on the track's time line.</summary>
    public required MediaTime DecodeTime { get; init; }

    /// <summary>When to present, on the track's time line.</summary>
    public required MediaTime PresentationTime { get; init; }

    /// <summary>When its last byte reached this machine.</summary>
    public UtcInstant Arrival { get; init; }

    /// <summary>When the camera took it: exact, or estimated as the track's format says; <see cref="UtcInstant.Unknown"/> before <c>Timeline</c> saw it.</summary>
    public UtcInstant Capture { get; init; }

    public UnitFlags Flags { get; init; }

    public bool IsKey => (Flags & UnitFlags.Key) != 0;

    public ReadOnlySpan<byte> Span => Block.Bytes.AsSpan(Offset, Length);

    public ReadOnlyMemory<byte> Memory => Block.Bytes.AsMemory(Offset, Length);

    public void AddReference() => Block.AddReference();

    public void Release() => Block.Release();
}
