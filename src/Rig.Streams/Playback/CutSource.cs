using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Files;

namespace Rig.Streams.Playback;

/// <summary>
/// One recorded file in a cut: which of its samples are taken, and where they lie on the cut's line. That line counts in each track's own ticks from
/// the first file's beginning; a file that goes on where the one before ended continues it without a step, whatever the camera's clock did meanwhile.
/// </summary>
internal sealed class CutSource
{
    /// <summary>Files whose instants differ from one another's line by less belong together: a camera's clock drifts by that in half an hour of 500 ppm.</summary>
    private static readonly MediaSpan Tolerance = MediaSpan.FromSeconds(1);

    /// <summary>Memory of units whose payload stays in its file: nothing is ever read from it.</summary>
    private static readonly UnitBlock NoPayload = BlockPool.Shared.Rent(1);

    private readonly Mp4Track[] _tracks;
    private readonly int _leading;
    private readonly (int From, int To)[] _chosen;

    private CutSource(FileBytes file, Mp4Track[] tracks, UtcInstant zero)
    {
        (File, _tracks, Zero) = (file, tracks, zero);
        _leading = Math.Max(0, Array.FindIndex(tracks, track => track.Format!.Kind == TrackKind.Video));
        _chosen = new (int From, int To)[tracks.Length];
    }

    public FileBytes File { get; }

    public IReadOnlyList<Mp4Track> Tracks => _tracks;

    /// <summary>Capture instant of presentation time 0 of this file.</summary>
    public UtcInstant Zero { get; private set; }

    /// <summary>How long the last picture stands.</summary>
    public MediaSpan PictureSpan => Span(Leading.Count - 1);

    private Mp4Track Leading => _tracks[_leading];

    /// <summary>Null when there is nothing in the file that can be given out.</summary>
    /// <param name="before">The file before it, if any: this one goes on where that ends, unless something is missing in between.</param>
    public static CutSource? Open(RecordedFile recorded, CutSource? before)
    {
        var file = new FileBytes(recorded.Path);
        Mp4File read = Mp4File.Read(file);
        Mp4Track[] tracks =
        [
            .. read.Tracks.Where(track => track.Count > 0 && track.Format is { } format && Mp4SegmentWriter.CanWrite(format.Codec)),
        ];
        if (tracks.Length == 0 || !recorded.Start.IsKnown)
        {
            file.Dispose();
            return null;
        }

        var source = new CutSource(file, tracks, recorded.Start);
        UtcInstant end = before?.End ?? UtcInstant.Unknown;
        MediaSpan step = end.IsKnown ? source.Instant(source._leading, source.Leading[0].DecodeTime) - end : Tolerance;
        if (step.Abs() < Tolerance)
        {
            source.Zero -= step;
        }

        return source;
    }

    public bool GoesOnFrom(CutSource first) =>
        _tracks.Length == first._tracks.Length
        && _tracks
            .Zip(first._tracks)
            .All(pair => pair.First.Format!.IsSameStreamAs(pair.Second.Format!) || IsSameButRate(pair.First, pair.Second));

    /// <summary>Where the file's own edit list ends what is shown: T1 in a session's last file.</summary>
    public UtcInstant ShownUntil =>
        Leading.PresentationEnd == long.MaxValue ? End : Zero + Leading.Timescale.ToSpan(Leading.PresentationEnd);

    /// <summary>Chooses the samples of a span; false when there are none of the leading track.</summary>
    public bool Select(UtcInstant start, UtcInstant end)
    {
        end = end < ShownUntil ? end : ShownUntil;
        for (int track = 0; track < _tracks.Length; track++)
        {
            int to = FirstFrom(track, end);
            // The frame of sound that begins before the start is cut by the edit list.
            int from = track == _leading ? KeyBefore(start) : Math.Max(0, FirstFrom(track, start) - 1);
            _chosen[track] = (from, Math.Max(from, to));
        }

        (int first, int after) = _chosen[_leading];
        return after > first
            && Enumerable.Range(first, after - first).Any(i => Instant(_leading, Leading[i].PresentationTime) + Span(i) > start);
    }

    /// <summary>When the key picture is shown from which the picture of an instant is decoded.</summary>
    public UtcInstant KeyInstant(UtcInstant instant) => Instant(_leading, Leading[KeyBefore(instant)].PresentationTime);

    /// <summary>The instant of the first picture that is shown when presentation is to begin at <paramref name="start"/>.</summary>
    public UtcInstant FirstShown(UtcInstant start)
    {
        (int from, int to) = _chosen[_leading];
        UtcInstant earliest = Instant(_leading, Leading[from].PresentationTime);
        for (int i = from; i < to; i++)
        {
            UtcInstant shown = Instant(_leading, Leading[i].PresentationTime);
            earliest = shown < earliest ? shown : earliest;
        }

        earliest = earliest < Zero ? Zero : earliest; // What lies before T0 is not shown.
        return earliest < start ? start : earliest;
    }

    /// <summary>The first chosen unit of a track; null when there is none.</summary>
    public AccessUnit? First(int track) => _chosen[track] is var (from, to) && from < to ? Unit(track, _tracks[track][from]) : null;

    /// <summary>The chosen samples as units, in the order of their decode times; where each lies in the file; whether it is of the leading track.</summary>
    public IEnumerable<(AccessUnit Unit, long Offset, bool Leads)> Selected()
    {
        int[] next = [.. _chosen.Select(chosen => chosen.From)];
        while (true)
        {
            int track = -1;
            for (int i = 0; i < next.Length; i++)
            {
                if (next[i] < _chosen[i].To && (track < 0 || Decode(i, next[i]) < Decode(track, next[track])))
                {
                    track = i;
                }
            }

            if (track < 0)
            {
                yield break;
            }

            Mp4Sample sample = _tracks[track][next[track]++];
            yield return (Unit(track, sample), sample.Offset, track == _leading);
        }
    }

    /// <summary>Where the next file's first picture belongs: behind this one's last.</summary>
    private UtcInstant End => Instant(_leading, Leading[Leading.Count - 1].DecodeTime + Leading[Leading.Count - 1].Duration);

    /// <summary>A measured frame rate may differ in its last digits from file to file.</summary>
    private static bool IsSameButRate(Mp4Track left, Mp4Track right) =>
        left.Format is { Video: { } mine } format
        && right.Format is { Video: { } theirs } other
        && (format with { Video = mine with { FrameRate = theirs.FrameRate } }).IsSameStreamAs(other);

    private UtcInstant Decode(int track, int sample) => Instant(track, _tracks[track][sample].DecodeTime);

    private UtcInstant Instant(int track, long ticks) => Zero + _tracks[track].Timescale.ToSpan(ticks + _tracks[track].PresentationShift);

    private MediaSpan Span(int sample) => Leading.Timescale.ToSpan(Math.Max(1, Leading[sample].Duration));

    /// <summary>A unit on the cut's line: ticks since 1970 of the track's scale, which 64 bits hold for any scale in use.</summary>
    private AccessUnit Unit(int track, Mp4Sample sample)
    {
        Timescale scale = _tracks[track].Timescale;
        long origin = scale.ToTicks(new MediaSpan(Zero.Nanoseconds)) + _tracks[track].PresentationShift;
        return new AccessUnit
        {
            Block = NoPayload,
            Offset = 0,
            Length = sample.Size,
            Track = track,
            DecodeTime = new MediaTime(origin + sample.DecodeTime),
            PresentationTime = new MediaTime(origin + sample.PresentationTime),
            Capture = Instant(track, sample.PresentationTime),
            Flags = sample.Flags,
        };
    }

    /// <summary>The last key picture presented at or before an instant; the file's first sample when there is none.</summary>
    private int KeyBefore(UtcInstant instant)
    {
        int found = 0;
        for (int i = 0; i < Leading.Count && Decode(_leading, i) <= instant; i++)
        {
            found = Leading[i].IsKey && Instant(_leading, Leading[i].PresentationTime) <= instant ? i : found;
        }

        return found;
    }

    /// <summary>Index of the first sample that is decoded at or after an instant.</summary>
    private int FirstFrom(int track, UtcInstant instant)
    {
        int low = 0;
        int high = _tracks[track].Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Decode(track, middle) < instant ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
