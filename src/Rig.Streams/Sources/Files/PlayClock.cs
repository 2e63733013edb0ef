using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Sources.Files;

/// <summary>
/// The times of a file that is played over and over: unwraps the counters of the wire, gives units without times the track's own spacing,
/// and shifts each repetition behind the last one's presentation, all tracks by the same span, so that sound stays with its picture.
/// </summary>
internal sealed class PlayClock
{
    /// <summary>The spacing of units where neither times nor a rate are given: 25 pictures a second.</summary>
    private const double DefaultSpacing = 0.04;

    private readonly Dictionary<int, Track> _tracks = [];
    private MediaSpan _shift;
    private MediaSpan? _passFirst;
    private MediaSpan _passEnd = new(long.MinValue);
    private MediaSpan _newest;

    public void SetFormat(int track, TrackFormat format)
    {
        if (!_tracks.TryGetValue(track, out Track? known) || known.Format.Timescale != format.Timescale)
        {
            _tracks[track] = new Track(format);
        }
        else
        {
            known.Format = format;
        }
    }

    /// <summary>The unit's times on a line that goes on, and its place there for pacing. Its track's format must have been set.</summary>
    public (MediaTime Decode, MediaTime Presentation, MediaSpan Place) Place(in AccessUnit unit)
    {
        Track track = _tracks[unit.Track];
        Timescale scale = track.Format.Timescale;
        long decode = track.Unwrap(unit, scale.ToTicks(_newest), _passFirst is not null);
        long reorder =
            unit.PresentationTime.IsKnown && unit.DecodeTime.IsKnown ? track.Difference(unit.PresentationTime, unit.DecodeTime) : 0;
        MediaSpan place = scale.ToSpan(decode);
        _newest = place;
        MediaSpan shown = scale.ToSpan(decode + reorder);
        _passFirst = _passFirst is { } first && first <= shown ? first : shown;
        MediaSpan end = scale.ToSpan(decode + reorder + track.Spacing);
        _passEnd = _passEnd > end ? _passEnd : end;
        long shifted = decode + scale.ToTicks(_shift);
        return (new MediaTime(shifted), new MediaTime(shifted + reorder), place + _shift);
    }

    /// <summary>The file is over: what comes next comes behind it.</summary>
    public void EndPass()
    {
        if (_passFirst is { } first)
        {
            _shift += _passEnd - first;
        }

        _passFirst = null;
        _passEnd = new MediaSpan(long.MinValue);
        foreach (Track track in _tracks.Values)
        {
            track.Restart();
        }
    }

    private sealed class Track(TrackFormat format)
    {
        private long? _last;

        public TrackFormat Format { get; set; } = format;

        /// <summary>Ticks from the last unit but one to the last.</summary>
        public long Spacing { get; private set; } = Nominal(format);

        /// <summary>The decode time without wraps.</summary>
        /// <param name="near">For the first unit: where the other tracks are.</param>
        /// <param name="hasNear">Whether there are others.</param>
        public long Unwrap(in AccessUnit unit, long near, bool hasNear)
        {
            MediaTime given = unit.DecodeTime.IsKnown ? unit.DecodeTime : unit.PresentationTime;
            long next = given.IsKnown ? given.Ticks : (_last + Spacing) ?? (hasNear ? near : 0);
            if (given.IsKnown && Format.ClockBits < 64)
            {
                long reference = _last ?? (hasNear ? near : given.Ticks);
                next = reference + Wrap(given.Ticks - reference);
            }

            if (_last is { } last && next > last)
            {
                Spacing = next - last;
            }

            _last = next;
            return next;
        }

        public long Difference(MediaTime presentation, MediaTime decode) =>
            Format.ClockBits < 64 ? Wrap(presentation - decode) : presentation - decode;

        public void Restart() => _last = null;

        /// <summary>The difference of two wrapping counters, nearest to 0.</summary>
        private long Wrap(long difference) => difference << (64 - Format.ClockBits) >> (64 - Format.ClockBits);

        private static long Nominal(TrackFormat format)
        {
            double seconds = format switch
            {
                { Video.FrameRate: { } rate } => 1 / rate.Value,
                { Audio: { SamplesPerUnit: > 0 } audio } => (double)audio.SamplesPerUnit / audio.SampleRate,
                _ => DefaultSpacing,
            };
            return format.Timescale.ToTicks(MediaSpan.FromSeconds(seconds));
        }
    }
}
