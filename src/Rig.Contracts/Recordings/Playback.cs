using Rig.Contracts.Sessions;

namespace Rig.Contracts.Recordings;

/// <summary>An entry of <c>GET /list</c>, as MediaMTX's playback server gives it: a span without a gap.</summary>
/// <param name="Duration">Seconds.</param>
/// <param name="Url">Gives the span out.</param>
public sealed record PlaybackEntry(DateTimeOffset Start, double Duration, string Url);

/// <summary><c>GET /api/v1/playback/{session}</c>: all that a page needs to play a session's cameras side by side on one time line.</summary>
public sealed record PlaybackIndex
{
    public required string SessionId { get; init; }

    /// <summary>T0, and T1 or where the newest file ends now.</summary>
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }

    /// <summary>Whether it still records.</summary>
    public bool Growing { get; init; }

    /// <summary>By node and camera.</summary>
    public required IReadOnlyList<PlaybackCamera> Cameras { get; init; }

    /// <summary>Of all cameras, each once.</summary>
    public required IReadOnlyList<Mark> Marks { get; init; }

    /// <summary>Nodes of the rig that did not answer: their cameras are missing here.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}

/// <summary>One camera of a session.</summary>
public sealed record PlaybackCamera
{
    /// <summary>With its node: what <c>/get</c> takes as <c>path</c>.</summary>
    public required string Path { get; init; }
    public string? Position { get; init; }
    public required DateTimeOffset Start { get; init; }
    public DateTimeOffset? End { get; init; }
    public string? VideoCodec { get; init; }
    public string? AudioCodec { get; init; }
    public double? Fps { get; init; }

    /// <summary>What can be played, in order; the gaps lie in between.</summary>
    public required IReadOnlyList<PlaybackEntry> Spans { get; init; }
    public IReadOnlyList<SegmentGap> Gaps { get; init; } = [];
    public IReadOnlyList<Mark> Marks { get; init; } = [];
    public IReadOnlyList<LockView> LockViews { get; init; } = [];

    /// <summary>Files that were deleted after their copies had been confirmed, or cannot be read.</summary>
    public IReadOnlyList<string> Unplayable { get; init; } = [];

    /// <summary>Whether it still records.</summary>
    public bool Growing { get; init; }
}
