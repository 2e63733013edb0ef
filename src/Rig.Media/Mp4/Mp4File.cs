using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>A sample of a file. Times in ticks of its track, before edits.</summary>
/// <param name="Offset">Place in the file.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Duration">Ticks to the next sample's decode time.</param>
public readonly record struct Mp4Sample(long Offset, int Size, long DecodeTime, long PresentationTime, int Duration, UnitFlags Flags)
{
    public bool IsKey => (Flags & UnitFlags.Key) != 0;
}

/// <summary>An entry of an edit list (ISO/IEC 14496-12 8.6.6).</summary>
/// <param name="Duration">In ticks of <see cref="Mp4File.Timescale"/>; 0 in a fragmented file: as long as there is media.</param>
/// <param name="MediaTime">First tick of the media that is shown; -1: nothing is shown.</param>
public readonly record struct Mp4Edit(long Duration, long MediaTime);

/// <summary>A chapter.</summary>
public sealed record Mp4Chapter(MediaSpan Start, string Title);

/// <summary>A producer reference time (8.16.5): an instant and the composition time of the picture that it belongs to.</summary>
public readonly record struct Mp4ReferenceTime(uint Track, UtcInstant Instant, long MediaTime);

/// <summary>A track of a file.</summary>
public sealed class Mp4Track
{
    private readonly BlockList<Mp4Sample> _samples = new();

    internal Mp4Track() { }

    public uint Id { get; internal set; }

    /// <summary>vide, soun, text, tmcd, meta, ... (8.4.3).</summary>
    public string Handler { get; internal set; } = "";

    /// <summary>Type of the first sample entry: avc1, mp4a, ...</summary>
    public string EntryType { get; internal set; } = "";

    public Timescale Timescale { get; internal set; } = new(1);

    /// <summary>Null for what the rig does not record.</summary>
    public TrackFormat? Format { get; internal set; }

    public IReadOnlyList<Mp4Edit> Edits { get; internal set; } = [];

    /// <summary>Bytes of a NAL unit's length in this track's samples (14496-15 5.3.3.1.2); 4 in what the rig writes.</summary>
    public int NalLengthSize { get; internal set; } = 4;

    public int Count => _samples.Count;

    /// <summary>A sample, in decode order.</summary>
    public Mp4Sample this[int index] => _samples[index];

    /// <summary>Ticks to add to a sample's times to get its place in the presentation: from the first edits.</summary>
    public long PresentationShift { get; internal set; }

    /// <summary>End of the edited presentation in ticks of the track; <see cref="long.MaxValue"/> when the edits do not limit it.</summary>
    public long PresentationEnd { get; internal set; } = long.MaxValue;

    internal BlockList<Mp4Sample> Samples => _samples;

    internal IReadOnlyList<(string Type, uint Track)> References { get; set; } = [];

    internal byte[] SampleDescription { get; set; } = [];

    internal byte[] MediaHeader { get; set; } = [];

    internal string Name { get; set; } = "";

    internal bool Enabled { get; set; }

    internal int AlternateGroup { get; set; }

    internal uint Width { get; set; }

    internal uint Height { get; set; }

    /// <summary>Defaults of `trex`: duration, size, flags.</summary>
    internal (uint Duration, uint Size, uint Flags) Defaults { get; set; }

    /// <summary>Decode time behind the last sample.</summary>
    internal long EndTime { get; set; }

    public override string ToString() => $"{Id} {Handler} {EntryType} {Count}";
}

/// <summary>
/// An MP4 file as far as it can be read: tracks and samples of its `moov` and of its fragments, progressive or fragmented, ours or
/// foreign. What is broken is named in <see cref="Faults"/>; nothing a file may contain throws.
/// </summary>
public sealed class Mp4File
{
    internal Mp4File() { }

    /// <summary>Ticks a second of the movie (edit durations).</summary>
    public uint Timescale { get; internal set; } = 1;

    public IReadOnlyList<Mp4Track> Tracks { get; internal set; } = [];

    /// <summary>Whether `moov` announces fragments (`mvex`).</summary>
    public bool IsFragmented { get; internal set; }

    /// <summary>When the file says it was made; unknown when it does not.</summary>
    public UtcInstant Created { get; internal set; } = UtcInstant.Unknown;

    /// <summary>Tags of `udta`/`meta`: ©nam and the like, and named items by their name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; internal set; } = [];

    public IReadOnlyList<Mp4Chapter> Chapters { get; internal set; } = [];

    public IReadOnlyList<Mp4ReferenceTime> ReferenceTimes { get; internal set; } = [];

    public IReadOnlyList<StreamFault> Faults { get; internal set; } = [];

    /// <summary>The longest track, edits applied.</summary>
    public MediaSpan Duration { get; internal set; }

    internal byte[] UserData { get; set; } = [];

    internal ulong Created1904 { get; set; }

    /// <summary>Reads a file's structure; no payload.</summary>
    public static Mp4File Read(IRandomAccessBytes source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new Mp4FileParser(source).Parse();
    }

    /// <summary>The first track of a kind that the rig records.</summary>
    public Mp4Track? First(TrackKind kind) => Tracks.FirstOrDefault(track => track.Format?.Kind == kind);
}
