using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>All that a segment file says of itself before its first fragment.</summary>
public sealed record SegmentStart
{
    /// <summary>The tracks, in the order of the units' <see cref="AccessUnit.Track"/> numbers. The first video track, else the first track, leads.</summary>
    public required IReadOnlyList<SegmentTrack> Tracks { get; init; }

    /// <summary>
    /// T0: presentation begins here and what was captured before is hidden by an edit list. <see cref="UtcInstant.Unknown"/>, or an
    /// instant before the leading track's first unit: presentation begins with that unit.
    /// </summary>
    public UtcInstant EditStart { get; init; } = UtcInstant.Unknown;

    /// <summary>Written as the time of creation; whole seconds.</summary>
    public required UtcInstant Created { get; init; }

    /// <summary>Null: no timecode track.</summary>
    public TimecodeSettings? Timecode { get; init; } = new();

    public SegmentMetadata Metadata { get; init; } = new();
}

/// <summary>A track of a segment and how its own time line lies on UTC.</summary>
public sealed record SegmentTrack
{
    public required TrackFormat Format { get; init; }

    /// <summary>
    /// Decode time of the track's first unit in the file; no unit may lie before it. <see cref="MediaTime.Unknown"/> when none is known
    /// yet: units may then lie before T0 by up to <see cref="Mp4SegmentWriter.UnseenMargin"/>. The leading track must know it.
    /// </summary>
    public MediaTime FirstDecodeTime { get; init; } = MediaTime.Unknown;

    /// <summary>Presentation time of that unit.</summary>
    public MediaTime FirstPresentationTime { get; init; } = MediaTime.Unknown;

    /// <summary>Presentation time of the unit that ties the time line to UTC: the first one captured at or after T0, or the nearest known.</summary>
    public MediaTime AnchorTime { get; init; } = MediaTime.Unknown;

    /// <summary>Capture instant of that unit.</summary>
    public UtcInstant AnchorCapture { get; init; } = UtcInstant.Unknown;

    /// <summary>
    /// Parameter sets come inside the stream as well and may differ from the format's: sample entry `avc3` or `hev1` instead of `avc1`,
    /// `hvc1` (ISO/IEC 14496-15 5.4.2.1, 8.4.1.1).
    /// </summary>
    public bool ParameterSetsInStream { get; init; }

    /// <summary>A track whose first unit is <paramref name="first"/>, tied to UTC by <paramref name="anchor"/> (which may be the same unit).</summary>
    public static SegmentTrack From(TrackFormat format, in AccessUnit first, in AccessUnit anchor) =>
        new()
        {
            Format = format,
            FirstDecodeTime = first.DecodeTime,
            FirstPresentationTime = first.PresentationTime,
            AnchorTime = anchor.PresentationTime,
            AnchorCapture = anchor.Capture,
        };

    /// <summary>A track of which no unit has come yet; it is tied to UTC by its first unit.</summary>
    public static SegmentTrack Unseen(TrackFormat format) => new() { Format = format };
}

/// <summary>How the `tmcd` track counts.</summary>
/// <param name="UtcOffset">Local time less UTC; zero for UTC.</param>
/// <param name="FrameRate">Frames a second when the format does not say, or to overrule it.</param>
/// <param name="DropFrame">SMPTE ST 12-1 drop-frame counting where the rate is 30000/1001 or 60000/1001; ignored elsewhere.</param>
public sealed record TimecodeSettings(TimeSpan UtcOffset = default, Ratio? FrameRate = null, bool DropFrame = true);

/// <summary>What editors and people should be able to read from the file. Empty texts are left out.</summary>
public sealed record SegmentMetadata
{
    public string Session { get; init; } = "";

    public string Camera { get; init; } = "";

    /// <summary>Where the camera stands ("left goal").</summary>
    public string Position { get; init; } = "";

    public string Node { get; init; } = "";

    /// <summary>Name and version of the program.</summary>
    public string Software { get; init; } = "";

    /// <summary>Anything else, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> More { get; init; } = [];
}

/// <summary>All that is known of a segment when it ends.</summary>
public sealed record SegmentEnd
{
    /// <summary>T1, exclusive: units captured at or after it are hidden by the edit list. Unknown: everything is shown.</summary>
    public UtcInstant EditEnd { get; init; } = UtcInstant.Unknown;

    /// <summary>Become chapters; those outside the presentation are left out.</summary>
    public IReadOnlyList<SegmentMark> Marks { get; init; } = [];

    /// <summary>Replaces what <see cref="SegmentStart.Metadata"/> said.</summary>
    public SegmentMetadata? Metadata { get; init; }
}

/// <summary>A named instant.</summary>
public sealed record SegmentMark(UtcInstant At, string Title);

/// <summary>
/// A fragment ready to be appended: first the head, then the payloads of the units in the given order. Both are views of the writer's
/// buffers and hold until its next call.
/// </summary>
/// <param name="Head">`prft`, `moof` and the header of `mdat`.</param>
/// <param name="Order">Indexes of the units, grouped by track and in decode order within one, so that neighbours in memory stay neighbours.</param>
/// <param name="PayloadBytes">Sum of the units' lengths.</param>
public readonly record struct Mp4Fragment(ReadOnlyMemory<byte> Head, ReadOnlyMemory<int> Order, long PayloadBytes)
{
    public long Length => Head.Length + PayloadBytes;
}

/// <summary>
/// What turns the growing file into a closed one. Append <see cref="Tail"/>, make it durable, then write <see cref="HeadPatch"/>: a crash
/// in between leaves a file that the repair finishes.
/// </summary>
/// <param name="Tail">Bytes to append at <paramref name="TailOffset"/>.</param>
/// <param name="HeadPatch">16 bytes to write at <paramref name="HeadPatchOffset"/>, within one disk sector.</param>
/// <param name="Duration">Length of the presentation.</param>
/// <param name="Presented">Units of the leading track that are shown.</param>
/// <param name="LastPresented">Capture instant of the last of them.</param>
public sealed record Mp4Closing(
    ReadOnlyMemory<byte> Tail,
    long TailOffset,
    ReadOnlyMemory<byte> HeadPatch,
    long HeadPatchOffset,
    MediaSpan Duration,
    long Presented,
    UtcInstant LastPresented
)
{
    public long FileLength => TailOffset + Tail.Length;
}
