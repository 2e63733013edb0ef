using Rig.Media.AnnexB;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Codecs;

/// <summary>
/// Gives video units the times that their container leaves out: the next decode time by the frame rate, presentation times by the
/// picture order (H.264 8.2.1, H.265 8.3.1), decode times from presentation times.
/// </summary>
internal sealed class VideoClock(ElementaryTrack track)
{
    /// <summary>When neither the stream nor its reader says: what ffmpeg assumes, too.</summary>
    private static readonly Ratio DefaultRate = new(25, 1);

    private readonly Timescale _timescale = track.Timescale ?? Timescale.Mpeg;
    private readonly PictureOrder _order = new();
    private readonly DecodeOrder _decodeOrder = new();
    private readonly List<PictureTimes> _times = [];
    private Ratio _rate = track.FrameRate ?? DefaultRate;
    private int _depth;

    /// <summary>The last unit with a known presentation time, and its place in the output order.</summary>
    private (MediaTime Presentation, int OrderCount)? _reference;
    private MediaTime _anchor = MediaTime.Unknown;
    private long _sinceAnchor;
    private long _counted;

    /// <summary>The format that the following pictures have.</summary>
    public void Use(TrackFormat format)
    {
        _rate = track.FrameRate ?? format.Video?.FrameRate ?? DefaultRate;
        _depth = format.Video?.ReorderDepth ?? 0;
    }

    /// <summary>Completes the times of a picture; both stay unknown until a first one was given.</summary>
    public (MediaTime Presentation, MediaTime Decode) Times(MediaTime presentation, MediaTime decode, in PictureInfo picture)
    {
        if (presentation.IsKnown && !decode.IsKnown)
        {
            decode = _decodeOrder.Next(presentation, Ticks(1), _depth);
        }

        if (decode.IsKnown)
        {
            (_anchor, _sinceAnchor) = (decode, 0);
        }
        else if (_anchor.IsKnown)
        {
            decode = _anchor + Ticks(++_sinceAnchor);
        }

        if (!presentation.IsKnown && decode.IsKnown)
        {
            presentation = Predict(decode, picture);
        }

        if (presentation.IsKnown)
        {
            _reference = (presentation, picture.OrderCount);
        }

        return (presentation, decode);
    }

    /// <summary>The next picture of a stream without any times.</summary>
    /// <returns>Times of the oldest waiting pictures, in decode order; valid until the next call.</returns>
    public IReadOnlyList<PictureTimes> Count(in PictureInfo picture)
    {
        _times.Clear();
        _order.Push(picture.OrderCount, picture.StartsSequence, _depth);
        return Counted();
    }

    /// <summary>The times of all pictures that still wait.</summary>
    public IReadOnlyList<PictureTimes> Flush()
    {
        _times.Clear();
        _order.Flush();
        return Counted();
    }

    private List<PictureTimes> Counted()
    {
        while (_order.TryTake(out long rank))
        {
            _times.Add(new PictureTimes(new MediaTime(Ticks(rank + _depth)), new MediaTime(Ticks(_counted))));
            _counted++;
        }

        return _times;
    }

    /// <summary>H.264 and most H.265 encoders count two a frame; within a GOP the distance to the last known picture gives the time.</summary>
    private MediaTime Predict(MediaTime decode, in PictureInfo picture)
    {
        if (_depth == 0 || picture.StartsSequence || _reference is not { } reference)
        {
            return decode + Ticks(_depth);
        }

        MediaTime predicted = reference.Presentation + Ticks(picture.OrderCount - reference.OrderCount) / picture.OrderStep;
        return predicted < decode ? decode : predicted;
    }

    private long Ticks(long frames) => Timescale.Scale(frames * _timescale.TicksPerSecond, _rate.Denominator, _rate.Numerator);
}

/// <summary>The times of one picture.</summary>
public readonly record struct PictureTimes(MediaTime Presentation, MediaTime Decode);
