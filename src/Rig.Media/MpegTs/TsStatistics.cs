namespace Rig.Media.MpegTs;

/// <summary>What a demultiplexer counted since it was made. Written by its thread; readers on others see each figure whole, not all of one instant.</summary>
public sealed class TsStatistics
{
    /// <summary>Transport packets, null packets included.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes that belong to no packet.</summary>
    public long GarbageBytes { get; internal set; }

    /// <summary>Packets with transport_error_indicator; dropped.</summary>
    public long TransportErrors { get; internal set; }

    /// <summary>Breaks of a continuity counter that no discontinuity_indicator announced (ISO/IEC 13818-1 2.4.3.3).</summary>
    public long ContinuityErrors { get; internal set; }

    /// <summary>Packets missing at those breaks, at least: the counter has 4 bits.</summary>
    public long LostPackets { get; internal set; }

    /// <summary>Packets that came twice; the second is dropped (2.4.3.3).</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Packets with a scrambled payload; dropped.</summary>
    public long Scrambled { get; internal set; }

    /// <summary>Packets of streams dropped because no PAT and PMT had come yet.</summary>
    public long BeforeProgram { get; internal set; }

    /// <summary>PMT sections that changed the program.</summary>
    public long ProgramChanges { get; internal set; }

    /// <summary>The newest program_clock_reference in 27 MHz ticks; -1 before the first.</summary>
    public long Pcr { get; internal set; } = -1;

    /// <summary>Program clock references that were not flagged as new clock and went backwards or on by more than a second (2.7.2 allows 0.1 s).</summary>
    public long PcrJumps { get; internal set; }
}
