namespace Rig.Media.MpegTs;

/// <summary>What is known of a PID that somebody listens to: a table (has <see cref="Sections"/>), a stream (has <see cref="Stream"/>), a stream whose codec is still open, or a clock alone.</summary>
internal sealed class PidState(int pid)
{
    public int Pid => pid;

    public SectionAssembler? Sections { get; set; }

    public PesStream? Stream { get; set; }

    /// <summary>The PMT's entry of a stream.</summary>
    public StreamEntry? Entry { get; set; }

    public int Track => Stream?.Track.Number ?? -1;

    /// <summary>continuity_counter of the last packet with payload; -1 before the first.</summary>
    public int Continuity { get; set; } = -1;

    /// <summary>The last packet was a repetition, so that the next must not be one.</summary>
    public bool Repeated { get; set; }

    /// <summary>The last bytes of the last packet: tells a repetition from a loss of 16 packets.</summary>
    public ulong Tail { get; set; }

    public bool ReportedScrambled { get; set; }

    /// <summary>The input ended; what comes next does not continue it.</summary>
    public void Restart()
    {
        Continuity = -1;
        Repeated = false;
        Sections?.Reset();
    }
}
