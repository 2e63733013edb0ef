using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// What the writer knows of one track while the segment grows: where its time line begins in the file, where T0 lies on it, and its
/// tables. All times are ticks of the track's own, absolute line; the file's line is that less <see cref="Zero"/>.
/// </summary>
internal sealed class SegmentTrackState
{
    private readonly long _margin;
    private long _lastDecodeTime = long.MinValue;

    private SegmentTrackState(int index, SegmentTrack track)
    {
        Id = (uint)index + 1;
        Format = track.Format;
        SampleDescription = SampleEntries.Of(track);
        _margin = Format.Timescale.ToTicks(Mp4SegmentWriter.UnseenMargin);
    }

    public uint Id { get; }

    public TrackFormat Format { get; }

    public byte[] SampleDescription { get; }

    public SampleTable Samples { get; } = new();

    /// <summary>The tick at which the fragmented file's time line begins.</summary>
    public long Zero { get; private set; }

    /// <summary>The tick of T0.</summary>
    public long EditStart { get; private set; }

    /// <summary>T0 on the fragmented file's time line: what its edit list says.</summary>
    public long EditMediaTime { get; private set; }

    /// <summary>False as long as neither the start nor a unit has tied the line to UTC.</summary>
    public bool IsTied { get; private set; }

    /// <summary>The unit presented last whose capture instant is known.</summary>
    public (long Time, UtcInstant Capture) LastAnchor { get; private set; } = (0, UtcInstant.Unknown);

    /// <summary>The track that decides where presentation begins; returns its state and that instant (unknown when captures are).</summary>
    public static (SegmentTrackState State, UtcInstant Start) Leading(int index, SegmentTrack track, UtcInstant wanted)
    {
        var state = new SegmentTrackState(index, track) { IsTied = true };
        long first = track.FirstPresentationTime.Ticks;
        UtcInstant start = track.AnchorCapture.IsKnown
            ? track.AnchorCapture + track.Format.Timescale.ToSpan(first - track.AnchorTime.Ticks)
            : UtcInstant.Unknown;
        state.EditStart = first;
        if (start.IsKnown && wanted.IsKnown && wanted > start)
        {
            state.EditStart = Math.Max(first, track.AnchorTime.Ticks + track.Format.Timescale.ToTicks(wanted - track.AnchorCapture));
            start = wanted;
        }

        state.Zero = Math.Min(track.FirstDecodeTime.Ticks, state.EditStart);
        state.EditMediaTime = state.EditStart - state.Zero;
        return (state, start);
    }

    /// <summary>A track that begins where the leading one does.</summary>
    public static SegmentTrackState Following(int index, SegmentTrack track, UtcInstant start)
    {
        var state = new SegmentTrackState(index, track);
        if (track.FirstDecodeTime.IsKnown && track.AnchorTime.IsKnown)
        {
            state.IsTied = true;
            state.EditStart =
                start.IsKnown && track.AnchorCapture.IsKnown
                    ? track.AnchorTime.Ticks + track.Format.Timescale.ToTicks(start - track.AnchorCapture)
                    : track.FirstPresentationTime.Ticks;
            state.Zero = Math.Min(track.FirstDecodeTime.Ticks, state.EditStart);
            state.EditMediaTime = state.EditStart - state.Zero;
        }
        else
        {
            state.EditMediaTime = state._margin;
        }

        return state;
    }

    /// <summary>Ties a track that had no unit at the start, by its first.</summary>
    public void Tie(in AccessUnit unit, UtcInstant start)
    {
        long pts = unit.PresentationTime.Ticks;
        EditStart = start.IsKnown && unit.Capture.IsKnown ? pts + Format.Timescale.ToTicks(start - unit.Capture) : pts;
        Zero = EditStart - _margin;
        IsTied = true;
    }

    /// <summary>
    /// A unit as the tables take it. Decode times that run backwards or lie before the file's line are moved up (14496-12 cannot express
    /// them); the presentation time stays exact.
    /// </summary>
    public TableSample Sample(in AccessUnit unit, out bool moved)
    {
        long earliest = Math.Max(_lastDecodeTime, Zero);
        long presentation = unit.PresentationTime.IsKnown ? unit.PresentationTime.Ticks : Math.Max(unit.DecodeTime.Ticks, earliest);
        long decode = unit.DecodeTime.IsKnown ? unit.DecodeTime.Ticks : Math.Max(presentation, earliest);
        moved = decode < earliest;
        _lastDecodeTime = Math.Max(decode, earliest);
        return new TableSample(_lastDecodeTime, presentation, unit.Length, unit.Flags);
    }

    /// <summary>A fragment was given up: the next unit continues the committed ones.</summary>
    public void Rewind() => _lastDecodeTime = Samples.Count == 0 ? long.MinValue : Samples.LastDecodeTime;

    public void Note(in AccessUnit unit)
    {
        if (unit.Capture.IsKnown && (!LastAnchor.Capture.IsKnown || unit.PresentationTime.Ticks >= LastAnchor.Time))
        {
            LastAnchor = (unit.PresentationTime.Ticks, unit.Capture);
        }
    }

    /// <summary>
    /// Ticks that a unit takes whose successor is unknown: as long as the one before it, unless that was stretched by a gap.
    /// </summary>
    public int GuessDuration(long previous)
    {
        int nominal = Format.NominalUnitTicks();
        return previous > 0 && previous <= 2L * nominal ? (int)previous : nominal;
    }
}
