using Rig.Media;
using Rig.Media.Formats;

namespace Rig.Streams.Log;

/// <summary>The formats of a camera's tracks at one point of its log. Immutable: a change makes a new set, so that readers compare references.</summary>
public sealed class FormatSet
{
    public static readonly FormatSet Empty = new([], null);

    private readonly TrackFormat?[] _formats;
    private readonly StreamContents? _announced;

    private FormatSet(TrackFormat?[] formats, StreamContents? announced)
    {
        _formats = formats;
        _announced = announced;
        MainTrack = MainTrackOf(formats);
    }

    /// <summary>One more than the highest track that has a format.</summary>
    public int Count => _formats.Length;

    /// <summary>The track whose key units begin GOPs: the first video track; without video, the first track that has a format; -1 when there is none.</summary>
    public int MainTrack { get; }

    /// <summary>No further track is to be expected: what the container announced is there; without an announcement, pictures and sound.</summary>
    public bool IsWhole =>
        _announced is { } announced
            ? Has(TrackKind.Video, announced.Video) && Has(TrackKind.Audio, announced.Audio)
            : HasVideo && Has(TrackKind.Audio, 1);

    /// <summary>The container told what it carries.</summary>
    public bool IsAnnounced => _announced is not null;

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
        return new FormatSet(formats, _announced);
    }

    /// <summary>The set with what the container announces; this very set when it is known.</summary>
    internal FormatSet With(StreamContents announced) => _announced == announced ? this : new FormatSet(_formats, announced);

    private bool Has(TrackKind kind, int count) => _formats.Count(format => format?.Kind == kind) >= count;

    private static int MainTrackOf(TrackFormat?[] formats)
    {
        int video = Array.FindIndex(formats, format => format?.Kind == TrackKind.Video);
        return video >= 0 ? video : Array.FindIndex(formats, format => format is not null);
    }
}
