using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>What a <see cref="LiveFeed"/> gives its viewer next. Memory and unit hold until the feed is asked again.</summary>
public abstract record LivePiece
{
    private LivePiece() { }

    /// <summary>The stream's tracks from here on, with the initialization segment.</summary>
    public sealed record Format(LiveFormat Value) : LivePiece;

    /// <summary>One unit as a fragment: <see cref="Head"/>, then the unit's bytes.</summary>
    public sealed record Fragment : LivePiece
    {
        /// <summary><c>[prft] moof</c> and the header of <c>mdat</c>.</summary>
        public ReadOnlyMemory<byte> Head { get; internal set; }

        public AccessUnit Unit { get; internal set; }

        /// <summary>When it is presented, on the stream's line.</summary>
        public MediaSpan MediaTime { get; internal set; }

        /// <summary>A key unit of the track that leads: decoding can start here.</summary>
        public bool IsKey { get; internal set; }
    }

    /// <summary>The viewer did not get some units.</summary>
    public sealed record Gap(LogGap Value) : LivePiece;

    /// <summary>No units come; <paramref name="Restarting"/>: because the camera is made anew.</summary>
    public sealed record Away(bool Restarting) : LivePiece;

    /// <summary>Units come again.</summary>
    public sealed record Back : LivePiece;
}

/// <summary>Why viewers get another format.</summary>
public enum LiveFormatReason
{
    Start,
    Change,
    AudioLost,
    AudioBack,
    Restart,
}

/// <summary>The tracks of a live stream, as a player must know them before the first fragment.</summary>
/// <param name="Generation">From 1, one more each time.</param>
/// <param name="Mime">The media type with codecs; empty when nothing can be played.</param>
/// <param name="Tracks">Those in the stream.</param>
/// <param name="Left">Formats of the camera's other tracks.</param>
/// <param name="Init">The initialization segment; empty when nothing can be played.</param>
public sealed record LiveFormat(
    int Generation,
    LiveFormatReason Reason,
    string Mime,
    IReadOnlyList<LiveFormatTrack> Tracks,
    IReadOnlyList<Rig.Media.Formats.TrackFormat> Left,
    ReadOnlyMemory<byte> Init
);

/// <param name="Id">Track id in the MP4.</param>
/// <param name="Codec">As in the media type.</param>
public sealed record LiveFormatTrack(int Id, string Codec, Rig.Media.Formats.TrackFormat Format);
