using Rig.Media;
using Rig.Media.Formats;

namespace Rig.Streams.Log;

/// <summary>The formats of a camera's tracks at one point of its log. Immutable: a change makes a new set, so that readers compare references.</summary>
public sealed class FormatSet
{
    public static readonly FormatSet Empty = new([]);

    private readonly TrackFormat?[] _formats;

    private FormatSet(TrackFormat?[] formats)
    {
        _formats = formats;
        MainTrack = MainTrackOf(formats);
    }

    /// <summary>One more than the highest track that has a format.</summary>
    public int Count => _formats.Length;

    /// <summary>The track whose key units begin GOPs: the first video track; without video, the first track that has a format; -1 when there is none.</summary>
    public int MainTrack { get; }

    /// <summary>Pictures and sound are there: no further track is to be expected.</summary>
    public bool IsWhole => HasVideo && Array.Exists(_formats, format => format?.Kind == TrackKind.Audio);

    public bool HasVideo => MainTrack >= 0 && _formats[MainTrack]!.Kind == TrackKind.Video;

    /// <summary>The format of a track; null when it was not announced.</summary>
    public TrackFormat? this[int track] => (uint)track < (uint)_formats.Length ? _formats[track] : null;

    /// <summary>Whether a file or decoder opened for this set can go on with <paramref name="other"/>: the same tracks, each the same stream.</summary>
    public bool IsSameStreamsAs(FormatSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Count != other.Count)
        {
            return false;
        }

        for (int track = 0; track < Count; track++)
        {
            bool same = this[track] is { } mine ? other[track] is { } theirs && mine.IsSameStreamAs(theirs) : other[track] is null;
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether this set has all streams of <paramref name="smaller"/> as they are there, and further tracks.</summary>
    public bool Widens(FormatSet smaller)
    {
        ArgumentNullException.ThrowIfNull(smaller);
        for (int track = 0; track < smaller.Count; track++)
        {
            if (smaller[track] is { } theirs && !(this[track] is { } mine && theirs.IsSameStreamAs(mine)))
            {
                return false;
            }
        }

        return MainTrack == smaller.MainTrack;
    }

    /// <summary>The set with one track's format changed; this very set when that changes nothing.</summary>
    internal FormatSet With(int track, TrackFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)track, (uint)StreamLimits.Tracks, nameof(track));
        if (this[track] is { } known && known.IsSameStreamAs(format) && known.CaptureClock == format.CaptureClock)
        {
            return this;
        }

        var formats = new TrackFormat?[Math.Max(Count, track + 1)];
        _formats.CopyTo(formats, 0);
        formats[track] = format;
        return new FormatSet(formats);
    }

    private static int MainTrackOf(TrackFormat?[] formats)
    {
        int video = Array.FindIndex(formats, format => format?.Kind == TrackKind.Video);
        return video >= 0 ? video : Array.FindIndex(formats, format => format is not null);
    }
}
