namespace Rig.Media.Timelines;

/// <summary>
/// Capture instants of one track from the clock relation that <see cref="TransitFilter"/> finds: they rise with the presentation time
/// in whatever order the pictures come, because pictures between two others get an instant between theirs. Nanoseconds.
/// </summary>
internal sealed class CaptureEstimate
{
    private long _media;
    private long _offset;
    private long _earlierMedia;
    private long _earlierOffset;
    private bool _started;

    public long At(long media, TransitFilter transit)
    {
        if (!_started)
        {
            _started = true;
            (_media, _offset) = (_earlierMedia, _earlierOffset) = (media, transit.Offset);
        }

        if (media > _media)
        {
            (_earlierMedia, _earlierOffset) = (_media, _offset);
            _offset = TransitFilter.Follow(_offset, transit.Minimum, media - _media);
            _media = media;
        }

        return media + OffsetAt(media);
    }

    /// <summary>The node's clock was moved.</summary>
    public void Shift(long by)
    {
        _offset += by;
        _earlierOffset += by;
    }

    private long OffsetAt(long media)
    {
        if (media >= _media)
        {
            return _offset;
        }

        if (media <= _earlierMedia)
        {
            return _earlierOffset;
        }

        double part = (double)(media - _earlierMedia) / (_media - _earlierMedia);
        return _earlierOffset + (long)(part * (_offset - _earlierOffset));
    }
}
