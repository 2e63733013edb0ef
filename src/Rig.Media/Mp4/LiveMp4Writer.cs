using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// Makes fragmented MP4 for viewers: an initialization segment, then fragments of one unit or many. Keeps nothing of what it wrote but where the time lines are.
/// Makes bytes only; payloads stay where they are and follow the head in the given order. One thread.
/// <code>
/// ftyp moov (mvex)            initialization segment (ISO/IEC 23009-1 6.3.3, MSE byte stream format 3)
/// [prft] moof mdat ...        fragments; prft where decoding can start
/// </code>
/// Media time 0 of all tracks is the epoch less <see cref="Lead"/>; each track is tied to it by the capture instant of its first unit here and goes on by its own clock.
/// </summary>
public sealed class LiveMp4Writer
{
    /// <summary>Media time of the epoch: sound that was captured before the first picture, and decode times before presentation times, stay above zero.</summary>
    public static readonly MediaSpan Lead = MediaSpan.FromSeconds(1);

    private readonly BoxWriter _head = new(1024);
    private readonly LiveTrack?[] _tracks;
    private readonly LiveTrack _leading;
    private readonly UtcInstant _epoch;
    private int[] _starts;
    private int[] _order = new int[8];
    private TableSample[] _samples = new TableSample[8];
    private FragmentTrack[] _groups;
    private uint _sequence;

    /// <param name="formats">The formats by the units' track numbers; null for tracks that are left out.</param>
    /// <param name="epoch">Any instant not much later than the first unit's capture; the same for writers that continue each other.</param>
    /// <param name="before">The writer of the same source before its formats changed: tracks whose clock is the same go on where it was.</param>
    /// <exception cref="ArgumentException">No track, or one that MP4 does not carry, or parameter sets that cannot be read.</exception>
    public LiveMp4Writer(IReadOnlyList<TrackFormat?> formats, UtcInstant epoch, LiveMp4Writer? before = null)
    {
        ArgumentNullException.ThrowIfNull(formats);
        _epoch = epoch;
        _tracks = new LiveTrack?[formats.Count];
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i] is { } format)
            {
                LiveTrack? known = before is not null && i < before._tracks.Length ? before._tracks[i] : null;
                _tracks[i] = new LiveTrack((uint)i + 1, format, known);
            }
        }

        _leading =
            Array.Find(_tracks, track => track is { IsVideo: true })
            ?? Array.Find(_tracks, track => track is not null)
            ?? throw new ArgumentException("A stream takes at least one track.", nameof(formats));
        _sequence = before?._sequence ?? 0;
        _starts = new int[_tracks.Length + 1];
        _groups = new FragmentTrack[_tracks.Length];
    }

    /// <summary>The initialization segment.</summary>
    public byte[] Init()
    {
        _head.Clear();
        int ftyp = _head.Begin("ftyp"u8);
        _head.Bytes("iso6"u8);
        _head.U32(1);
        _head.Bytes("iso6mp41dashcmfc"u8);
        _head.End(ftyp);
        LiveTrack[] all = [.. _tracks.OfType<LiveTrack>()];
        MovieBoxes.Write(
            _head,
            new Movie
            {
                Timescale = 1000,
                Created = 0,
                Fragmented = true,
                Tracks = [.. all.Select(track => MovieTracks.Media(track.Id, track.Format, track.SampleDescription, first: true))],
            }
        );
        return _head.ToArray();
    }

    /// <summary>Whether units of this track are part of the stream.</summary>
    public bool Has(int track) => (uint)track < (uint)_tracks.Length && _tracks[track] is not null;

    /// <summary>Where a unit is presented, from media time 0. Ties the unit's track if it was not.</summary>
    public MediaSpan MediaTimeOf(in AccessUnit unit)
    {
        LiveTrack track = TrackOf(in unit);
        return track.Format.Timescale.ToSpan(unit.PresentationTime.Ticks - track.Zero);
    }

    /// <summary>Makes a fragment of units of tracks of this stream, in decode order within each. Its views hold until the next call.</summary>
    /// <param name="next">Decode time of the leading track's next unit, where it is known: the last one's duration then is exact.</param>
    /// <exception cref="ArgumentException">No units, or of a track that is left out.</exception>
    public Mp4Fragment Fragment(ReadOnlySpan<AccessUnit> units, MediaTime? next = null)
    {
        if (units.IsEmpty)
        {
            throw new ArgumentException("A fragment takes at least one unit.", nameof(units));
        }

        long payload = Sort(units);
        int groups = Group(next);
        _head.Clear();
        WriteReferenceTime(units);
        FragmentBoxes.Write(_head, ++_sequence, _groups.AsSpan(0, groups));
        return new Mp4Fragment(_head.Written, _order.AsMemory(0, units.Length), payload);
    }

    private LiveTrack TrackOf(in AccessUnit unit)
    {
        LiveTrack track = Has(unit.Track)
            ? _tracks[unit.Track]!
            : throw new ArgumentException($"There is no track {unit.Track} in this stream.", nameof(unit));
        track.Tie(in unit, _epoch);
        return track;
    }

    /// <summary>A counting sort by track into <see cref="_order"/> and <see cref="_samples"/>; afterwards each entry of <see cref="_starts"/> is the end of its track's.</summary>
    private long Sort(ReadOnlySpan<AccessUnit> units)
    {
        Array.Clear(_starts);
        if (_order.Length < units.Length)
        {
            _order = new int[units.Length * 2];
            _samples = new TableSample[units.Length * 2];
        }

        long payload = 0;
        foreach (ref readonly AccessUnit unit in units)
        {
            TrackOf(in unit);
            _starts[unit.Track + 1]++;
            payload += unit.Length;
        }

        for (int i = 1; i < _starts.Length; i++)
        {
            _starts[i] += _starts[i - 1];
        }

        for (int i = 0; i < units.Length; i++)
        {
            ref readonly AccessUnit unit = ref units[i];
            int place = _starts[unit.Track]++;
            _order[place] = i;
            _samples[place] = _tracks[unit.Track]!.Sample(in unit);
        }

        return payload;
    }

    private int Group(MediaTime? next)
    {
        int groups = 0;
        int from = 0;
        for (int i = 0; i < _tracks.Length; i++)
        {
            int to = _starts[i];
            if (to > from)
            {
                LiveTrack track = _tracks[i]!;
                ReadOnlyMemory<TableSample> samples = _samples.AsMemory(from, to - from);
                int last = track.DurationOf(samples.Span[^1], track == _leading ? next : null);
                _groups[groups++] = new FragmentTrack(track.Id, track.IsVideo, samples.Span[0].DecodeTime, last, samples);
                from = to;
            }
        }

        return groups;
    }

    private void WriteReferenceTime(ReadOnlySpan<AccessUnit> units)
    {
        foreach (ref readonly AccessUnit unit in units)
        {
            if (_tracks[unit.Track] == _leading)
            {
                if (unit.IsKey && unit.Capture.IsKnown && _leading.IsVideo)
                {
                    FragmentBoxes.WriteReferenceTime(_head, _leading.Id, unit.Capture, unit.PresentationTime.Ticks - _leading.Zero);
                }

                return;
            }
        }
    }
}
