namespace Rig.Media.Mp4;

/// <summary>What state a segment file is in.</summary>
public enum Mp4Condition
{
    /// <summary>Closed: nothing to do, except to cut off what lies behind the end.</summary>
    Closed,

    /// <summary>The tail is complete, the head was not turned.</summary>
    Unturned,

    /// <summary>It ends somewhere among its fragments.</summary>
    Open,

    /// <summary>A fragmented file that has no room for a turned head (not made by the rig): cut after the last whole fragment, it is as good as it can be.</summary>
    Foreign,

    /// <summary>A header and no unit, or not even a whole header.</summary>
    Empty,

    /// <summary>No MP4 file.</summary>
    Unknown,
}

/// <summary>Bytes to write over others.</summary>
public readonly record struct Mp4Patch(long Offset, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// How a file becomes a closed one. To be done in this order, each made durable before the next: set the length to <see cref="TruncateTo"/>; write
/// <see cref="Patches"/>; append <see cref="Tail"/>; write <see cref="HeadPatch"/>. A crash in between leaves a file that a new plan finishes.
/// </summary>
public sealed record Mp4RepairPlan
{
    public required Mp4Condition Condition { get; init; }

    /// <summary>Length that the file is cut to; its own length when nothing is to be cut.</summary>
    public required long TruncateTo { get; init; }

    public IReadOnlyList<Mp4Patch> Patches { get; init; } = [];

    public ReadOnlyMemory<byte> Tail { get; init; }

    /// <summary>Null when the head stays as it is.</summary>
    public Mp4Patch? HeadPatch { get; init; }

    /// <summary>Units of all media tracks that the file holds afterwards.</summary>
    public long Units { get; init; }

    /// <summary>Units that fragments name and whose bytes are missing or were never written.</summary>
    public long LostUnits { get; init; }
}
