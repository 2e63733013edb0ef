namespace Rig.Media.Mp4;

/// <summary>An entry of an edit list (ISO/IEC 14496-12 8.6.6).</summary>
/// <param name="Duration">In ticks of the movie; 0 in a fragmented file: as long as there is media.</param>
/// <param name="MediaTime">First media tick shown (composition time); -1: nothing is shown.</param>
internal readonly record struct EditEntry(long Duration, long MediaTime);

/// <summary>One track as the movie boxes describe it, whether made here or read from a file under repair.</summary>
internal sealed record MovieTrack
{
    public required uint Id { get; init; }

    /// <summary>Handler type (8.4.3): vide, soun, meta, tmcd, text.</summary>
    public required string Handler { get; init; }

    public string Name { get; init; } = "";

    public required uint Timescale { get; init; }

    /// <summary>The whole `vmhd`, `smhd`, `nmhd` or `gmhd` box.</summary>
    public required ReadOnlyMemory<byte> MediaHeader { get; init; }

    /// <summary>The whole `stsd` box.</summary>
    public required ReadOnlyMemory<byte> SampleDescription { get; init; }

    /// <summary>Track references (8.3.3): type and the track referred to.</summary>
    public IReadOnlyList<(string Type, uint Track)> References { get; init; } = [];

    public bool Enabled { get; init; } = true;

    public int AlternateGroup { get; init; }

    /// <summary>16.16 pixels.</summary>
    public uint Width { get; init; }

    /// <summary>16.16 pixels.</summary>
    public uint Height { get; init; }

    public IReadOnlyList<EditEntry> Edits { get; init; } = [];

    /// <summary>Null in the `moov` of a fragmented file.</summary>
    public SampleTable? Samples { get; init; }
}

/// <summary>What a `moov` is built from.</summary>
internal sealed record Movie
{
    public required uint Timescale { get; init; }

    /// <summary>Seconds since 1904-01-01 (8.2.2).</summary>
    public required ulong Created { get; init; }

    public required IReadOnlyList<MovieTrack> Tracks { get; init; }

    /// <summary>Whether fragments follow (`mvex`).</summary>
    public bool Fragmented { get; init; }

    /// <summary>The whole `udta` box, or empty.</summary>
    public ReadOnlyMemory<byte> UserData { get; init; }
}
