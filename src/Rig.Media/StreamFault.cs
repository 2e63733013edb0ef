namespace Rig.Media;

/// <summary>Kinds of faults in a stream; each is counted by itself.</summary>
public enum StreamFaultKind
{
    /// <summary>Bytes that belong to no packet, box or NAL unit.</summary>
    Garbage,

    /// <summary>A packet is missing (MPEG-TS continuity counter, RTP sequence number).</summary>
    PacketLost,

    /// <summary>A packet came twice.</summary>
    PacketDuplicated,

    /// <summary>The sender flagged the packet as broken (transport_error_indicator).</summary>
    TransportError,

    /// <summary>A header, parameter set or table that cannot be read.</summary>
    Malformed,

    /// <summary>A unit that lost some of its bytes.</summary>
    UnitDamaged,

    /// <summary>A unit that had to be thrown away.</summary>
    UnitDropped,

    /// <summary>A named limit was exceeded.</summary>
    LimitExceeded,

    /// <summary>The clock jumped, forwards or backwards.</summary>
    ClockJump,

    /// <summary>No clock sample, time stamp or parameter set where the standard demands one.</summary>
    Missing,

    /// <summary>A codec or stream type that the rig does not record.</summary>
    Unsupported,
}

/// <summary>A fault that was survived, with the place to look for it.</summary>
/// <param name="Kind">What kind of fault.</param>
/// <param name="Track">The track, or -1 when it concerns the whole stream.</param>
/// <param name="Offset">Byte offset in the input since the start, or the packet number where there are no bytes to count.</param>
/// <param name="Detail">What was wrong, with the clause of the standard; a constant, so that counting costs no allocation.</param>
public readonly record struct StreamFault(StreamFaultKind Kind, int Track, long Offset, string Detail);
