using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>One track of a <see cref="LiveMp4Writer"/>: where its own time line lies on the stream's, and how long its units last.</summary>
internal sealed class LiveTrack
{
    private bool _isTied;
    private long _lastDecodeTime = -1;
    private int _lastDuration;

    public LiveTrack(uint id, TrackFormat format, LiveTrack? before)
    {
        Id = id;
        Format = format;
        IsVideo = format.Kind == TrackKind.Video;
        SampleDescription = SampleEntries.Of(SegmentTrack.Unseen(format));
        if (before is { _isTied: true } && before.Format.Timescale == format.Timescale)
        {
            (_isTied, Zero, _lastDecodeTime) = (true, before.Zero, before._lastDecodeTime);
        }
    }

    public uint Id { get; }
    public TrackFormat Format { get; }
    public bool IsVideo { get; }
    public byte[] SampleDescription { get; }

    /// <summary>The tick of the track's own line at media time 0.</summary>
    public long Zero { get; private set; }

    public void Tie(in AccessUnit unit, UtcInstant epoch)
    {
        if (_isTied)
        {
            return;
        }

        MediaSpan at = LiveMp4Writer.Lead + (unit.Capture.IsKnown && epoch.IsKnown ? unit.Capture - epoch : MediaSpan.Zero);
        Zero = unit.PresentationTime.Ticks - Format.Timescale.ToTicks(at);
        _isTied = true;
    }

    /// <summary>The unit on the stream's line. A decode time that does not follow the last one's is moved up; its presentation time stays.</summary>
    public TableSample Sample(in AccessUnit unit)
    {
        long decode = Math.Max(unit.DecodeTime.Ticks - Zero, _lastDecodeTime + 1);
        _lastDuration = _lastDecodeTime < 0 ? 0 : (int)Math.Min(decode - _lastDecodeTime, int.MaxValue);
        _lastDecodeTime = decode;
        return new TableSample(decode, unit.PresentationTime.Ticks - Zero, unit.Length, unit.Flags);
    }

    /// <summary>Ticks of a unit: up to the next one where that is known and no gap lies between; else what units of the track take.</summary>
    public int DurationOf(in TableSample last, MediaTime? next)
    {
        int nominal = Format.NominalUnitTicks();
        if (next is { IsKnown: true } known && known.Ticks - Zero - last.DecodeTime is var span && span > 0 && span <= 4L * nominal)
        {
            return (int)span;
        }

        return IsVideo && _lastDuration > 0 && _lastDuration <= 2L * nominal ? _lastDuration : nominal;
    }
}
