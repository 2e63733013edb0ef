namespace Rig.Contracts.Live;

/// <summary><c>WS /live/{camera}</c>: the tracks from here on; the next binary message is the initialization segment. See <c>docs/reference/live.md</c>.</summary>
/// <param name="Mime">Media type with codecs; empty when browsers can play nothing of the camera.</param>
/// <param name="Left">Names of tracks that are not part of the stream.</param>
public sealed record LiveFormatMessage(
    int Generation,
    string Reason,
    string Mime,
    IReadOnlyList<LiveTrackMessage> Tracks,
    IReadOnlyList<string> Left
)
{
    public string Type => "format";
}

/// <param name="Id">Track id in the MP4.</param>
public sealed record LiveTrackMessage(int Id, string Kind, string Codec, string Name)
{
    public int? Width { get; init; }
    public int? Height { get; init; }
    public double? Fps { get; init; }
    public int? SampleRate { get; init; }
    public int? Channels { get; init; }
}

/// <summary>What was captured at <paramref name="Utc"/> is shown at media time <paramref name="Media"/> (seconds).</summary>
/// <param name="UtcUs">The same instant in microseconds since 1970.</param>
/// <param name="SentUs">The node's clock when this was sent.</param>
public sealed record LiveTimeMessage(double Media, DateTimeOffset Utc, long UtcUs, long SentUs)
{
    public string Type => "time";
}

/// <summary>The viewer did not keep up.</summary>
/// <param name="Units">Units missed now.</param>
/// <param name="Total">Since the connection began.</param>
public sealed record LiveDropMessage(long Units, long Total, string Cause)
{
    public string Type => "drop";
}

/// <summary>No pictures come.</summary>
public sealed record LiveAwayMessage(string Reason, long SinceUs)
{
    public string Type => "away";
}

/// <summary>Pictures come again.</summary>
public sealed record LiveBackMessage
{
    public string Type => "back";
}

/// <summary>From the page; anything but <c>ping</c> is passed over.</summary>
public sealed record LiveRequest(string? Type = null, long Id = 0);

/// <summary>The answer to a ping.</summary>
public sealed record LivePongMessage(long Id, long UtcUs)
{
    public string Type => "pong";
}
