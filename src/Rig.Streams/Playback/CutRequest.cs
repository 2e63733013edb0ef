using Rig.Media.Mp4;
using Rig.Media.Time;

namespace Rig.Streams.Playback;

/// <summary>A recorded file that may hold a part of the span.</summary>
/// <param name="Start">The instant at which its presentation begins (T0 in a session's first file), as its manifest has it.</param>
public sealed record RecordedFile(string Path, UtcInstant Start);

/// <summary>A span of one camera's recording, to be given out without encoding anything again.</summary>
public sealed record CutRequest
{
    /// <summary>The camera's files in order of time.</summary>
    public required IReadOnlyList<RecordedFile> Files { get; init; }

    /// <summary>The instant at which presentation begins.</summary>
    public required UtcInstant Start { get; init; }

    public required MediaSpan Duration { get; init; }

    /// <summary>
    /// Fragmented MP4, for players that take it as it comes: begins with a key picture, at or before the start, because players of fragments do not decode
    /// what an edit list hides. Otherwise a plain MP4, for editors and seeking players: begins exactly at the start.
    /// </summary>
    public bool Fragmented { get; init; } = true;

    public SegmentMetadata Metadata { get; init; } = new();

    /// <summary>Become chapters of a plain MP4; those outside are left out.</summary>
    public IReadOnlyList<SegmentMark> Marks { get; init; } = [];
}

/// <summary>Nothing was recorded where the span lies.</summary>
public sealed class EmptySpanException(string message) : Exception(message);

/// <summary>What was cut.</summary>
/// <param name="Start">Where presentation begins: the wanted instant, the first recorded one after it, or the key picture before it in a fragmented file.</param>
/// <param name="Gaps">Where nothing was recorded inside; the picture before it stands meanwhile.</param>
/// <param name="Stopped">Why the cut ends before the span does; null when it does not.</param>
public sealed record Cut(
    CutStream Content,
    UtcInstant Start,
    MediaSpan Duration,
    IReadOnlyList<(UtcInstant From, UtcInstant To)> Gaps,
    string? Stopped
);
