using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// Makes one segment file: header, fragments while it grows, and what turns it into a plain MP4 when it ends. Makes bytes only; the
/// caller writes them, and keeps the units' memory alive until it has. One thread.
/// <code>
/// growing            closed
/// ftyp               ftyp
/// free (8 bytes)     mdat (64-bit size, spans what follows up to the last moov)
/// moov (mvex)         .
/// prft moof mdat      .
/// prft moof mdat      .
///                    moov (complete tables, pointing into the old mdats)
/// </code>
/// A fragment counts as written when the next call follows; when its write failed, call <see cref="Abandon"/> first.
/// </summary>
public sealed class Mp4SegmentWriter
{
    /// <summary>How far before T0 units of a track may lie of which nothing was known at the start: twice the longest GOP.</summary>
    public static readonly MediaSpan UnseenMargin = MediaSpan.FromSeconds(20);

    /// <summary>Bytes of one fragment's payload: a second at 400 Mbit/s twenty times over; `trun` offsets are 32 bits, signed.</summary>
    public const long MaxFragmentBytes = 1 << 30;

    /// <summary>Length of the patch that turns the head: an empty `free` box and the header of the `moov` behind it.</summary>
    public const int HeadPatchBytes = 16;

    private readonly SegmentStart _start;
    private readonly SegmentTrackState[] _tracks;
    private readonly SegmentTrackState _leading;
    private readonly UtcInstant _presentationStart;
    private readonly Timecode? _timecode;
    private readonly BoxWriter _head = new();
    private readonly FragmentTrack[] _groups;
    private TableSample[] _samples = [];
    private int[] _order = [];
    private int[] _starts;
    private int _groupCount;
    private uint _sequence;
    private long _committed;
    private long _pending;
    private long _timecodeOffset;
    private State _state;

    private enum State
    {
        New,
        Growing,
        Closed,
    }

    /// <exception cref="ArgumentException">
    /// No track, a codec that MP4 does not carry here, parameter sets that cannot be read, or a leading track without its first unit's times.
    /// </exception>
    public Mp4SegmentWriter(SegmentStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (start.Tracks.Count is 0 or > StreamLimits.Tracks || start.Tracks.Any(track => !CanWrite(track.Format.Codec)))
        {
            throw new ArgumentException($"A segment takes 1 to {StreamLimits.Tracks} tracks of codecs that MP4 carries.", nameof(start));
        }

        int leading = LeadingTrack(start.Tracks);
        if (!start.Tracks[leading].FirstDecodeTime.IsKnown || !start.Tracks[leading].FirstPresentationTime.IsKnown)
        {
            throw new ArgumentException("The leading track needs the times of its first unit.", nameof(start));
        }

        _start = start;
        _tracks = new SegmentTrackState[start.Tracks.Count];
        (_leading, _presentationStart) = SegmentTrackState.Leading(leading, start.Tracks[leading], start.EditStart);
        for (int i = 0; i < _tracks.Length; i++)
        {
            _tracks[i] = i == leading ? _leading : SegmentTrackState.Following(i, start.Tracks[i], _presentationStart);
        }

        if (start.Timecode is { } settings && _leading.Format.Kind == TrackKind.Video)
        {
            UtcInstant timeOfDay = _presentationStart.IsKnown ? _presentationStart : start.Created;
            _timecode = Timecode.At(timeOfDay, settings, _leading.Format.Video?.FrameRate);
        }

        _starts = new int[_tracks.Length + 1];
        _groups = new FragmentTrack[_tracks.Length + 1];
    }

    /// <summary>Instant of presentation time 0: T0, or the leading track's first unit when that came later; unknown when captures are.</summary>
    public UtcInstant PresentationStart => _presentationStart;

    /// <summary>Bytes given out and not abandoned: where the next ones belong.</summary>
    public long Length => _committed + _pending;

    /// <summary>Units whose decode time had to be moved because it ran backwards; presentation times stay as given.</summary>
    public long MovedUnits { get; private set; }

    /// <summary>At most so many bytes will be needed to close the file, metadata beyond 100 KB apart: keep them reserved.</summary>
    public long ClosingBytes => 300_000 + _tracks.Sum(track => SampleTableBoxes.SizeBound(track.Samples) + track.SampleDescription.Length);

    /// <summary>Whether a track of this codec can be written.</summary>
    public static bool CanWrite(Codec codec) => SampleEntries.CanWrite(codec);

    /// <summary>The file's first bytes. Valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">Called twice.</exception>
    public ReadOnlyMemory<byte> Start()
    {
        if (_state != State.New)
        {
            throw new InvalidOperationException("The segment has already begun.");
        }

        _state = State.Growing;
        _head.Clear();
        int ftyp = _head.Begin("ftyp"u8);
        _head.Bytes("iso6"u8);
        _head.U32(1);
        _head.Bytes("iso6isommp42"u8);
        _head.End(ftyp);
        _head.End(_head.Begin("free"u8));
        var movie = new Movie
        {
            Timescale = MovieTimescale(),
            Created = MovieBoxes.Seconds1904(_start.Created),
            Fragmented = true,
            Tracks = [.. InitialTracks()],
            UserData = MetadataBoxes.Write(_start.Metadata, _start.Created, []),
        };
        MovieBoxes.Write(_head, movie);
        _committed = _head.Length;
        return _head.Written;
    }

    /// <summary>Makes a fragment of the units: of all tracks, in decode order within each. They must stay alive until written.</summary>
    /// <exception cref="ArgumentException">No units, an unknown track, or more than <see cref="MaxFragmentBytes"/>.</exception>
    /// <exception cref="InvalidOperationException">Before <see cref="Start"/> or after <see cref="Close"/>.</exception>
    public Mp4Fragment Fragment(ReadOnlySpan<AccessUnit> units)
    {
        EnsureGrowing();
        Commit();
        long payload = Sort(units);
        _head.Clear();
        WriteReferenceTime(units);
        FragmentBoxes.Write(_head, ++_sequence, _groups.AsSpan(0, _groupCount));
        if (IsTimecodeDue)
        {
            _timecodeOffset = _committed + _head.Length;
            _head.U32(_timecode!.Value.FirstFrame);
        }

        _pending = _head.Length + payload;
        return new Mp4Fragment(_head.Written, _order.AsMemory(0, units.Length), payload);
    }

    /// <summary>Forgets the fragment made last: it could not be written. What reached the disk must be cut off at <see cref="Length"/>.</summary>
    public void Abandon()
    {
        _pending = 0;
        _groupCount = 0;
        _timecodeOffset = _timecodeOffset >= _committed ? 0 : _timecodeOffset;
        foreach (SegmentTrackState track in _tracks)
        {
            track.Rewind();
        }
    }

    /// <summary>Ends the segment.</summary>
    /// <exception cref="InvalidOperationException">Before <see cref="Start"/> or after <see cref="Close"/>.</exception>
    public Mp4Closing Close(SegmentEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        EnsureGrowing();
        Commit();
        _state = State.Closed;
        var closing = new SegmentClosing(_start, end, _presentationStart, _tracks, _leading);
        (byte[] tail, int moovAt, MediaSpan duration) = closing.Build(MovieTimescale(), _timecode, _timecodeOffset, _committed);
        byte[] patch = HeadPatch(FtypBytes, _committed + moovAt);
        (long presented, UtcInstant last) = closing.Shown();
        return new Mp4Closing(tail, _committed, patch, FtypBytes, duration, presented, last);
    }

    /// <summary>The header of an `mdat` with 64-bit size (14496-12 4.2) that spans from the `free` box at <paramref name="at"/> to <paramref name="end"/>.</summary>
    internal static byte[] HeadPatch(long at, long end)
    {
        byte[] patch = new byte[HeadPatchBytes];
        BinaryPrimitives.WriteUInt32BigEndian(patch, 1);
        "mdat"u8.CopyTo(patch.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(patch.AsSpan(8), end - at);
        return patch;
    }

    private const int FtypBytes = 28;

    private bool IsTimecodeDue => _timecode.HasValue && _timecodeOffset == 0;

    private static int LeadingTrack(IReadOnlyList<SegmentTrack> tracks)
    {
        for (int i = 0; i < tracks.Count; i++)
        {
            if (tracks[i].Format.Kind == TrackKind.Video)
            {
                return i;
            }
        }

        return 0;
    }

    private void EnsureGrowing()
    {
        if (_state != State.Growing)
        {
            throw new InvalidOperationException(_state == State.New ? "The segment has not begun." : "The segment is closed.");
        }
    }

    /// <summary>
    /// The finest of the tracks' scales, so that no duration or offset loses a tick when a reader converts it back to the track's.
    /// </summary>
    private uint MovieTimescale() => _tracks.Max(track => track.Format.Timescale.TicksPerSecond);

    private IEnumerable<MovieTrack> InitialTracks() =>
        MovieTracks
            .Of(_tracks, _leading, _timecode)
            .Select(track =>
                track.Id <= _tracks.Length ? track with { Edits = [new EditEntry(0, _tracks[track.Id - 1].EditMediaTime)] } : track
            );

    /// <summary>Groups the units by track, keeping their order: a counting sort into <see cref="_order"/> and <see cref="_samples"/>.</summary>
    private long Sort(ReadOnlySpan<AccessUnit> units)
    {
        Array.Clear(_starts);
        long payload = 0;
        foreach (ref readonly AccessUnit unit in units)
        {
            if ((uint)unit.Track >= (uint)_tracks.Length)
            {
                throw new ArgumentException($"There is no track {unit.Track} in this segment.", nameof(units));
            }

            _starts[unit.Track + 1]++;
            payload += unit.Length;
        }

        if (units.IsEmpty || payload > MaxFragmentBytes)
        {
            throw new ArgumentException($"A fragment takes at least one unit and at most {MaxFragmentBytes} bytes.", nameof(units));
        }

        if (_samples.Length < units.Length + 1)
        {
            _samples = new TableSample[units.Length * 2];
            _order = new int[units.Length * 2];
        }

        for (int i = 1; i < _starts.Length; i++)
        {
            _starts[i] += _starts[i - 1];
        }

        for (int i = 0; i < units.Length; i++)
        {
            ref readonly AccessUnit unit = ref units[i];
            SegmentTrackState track = _tracks[unit.Track];
            if (!track.IsTied)
            {
                track.Tie(in unit, _presentationStart);
            }

            int place = _starts[unit.Track]++;
            _order[place] = i;
            _samples[place] = track.Sample(in unit, out bool moved);
            MovedUnits += moved ? 1 : 0;
            track.Note(in unit);
        }

        Group();
        return payload;
    }

    /// <summary>After the sort each entry of <see cref="_starts"/> is the end of its track's samples.</summary>
    private void Group()
    {
        _groupCount = 0;
        if (IsTimecodeDue)
        {
            // One sample at the beginning of the presentation; its length is known when the file is closed.
            _samples[^1] = new TableSample(0, 0, sizeof(uint), UnitFlags.Key);
            int frame = (int)_timecode!.Value.FrameDuration;
            _groups[_groupCount++] = new FragmentTrack(TimecodeId, IsVideo: false, 0, frame, _samples.AsMemory(_samples.Length - 1));
        }

        int from = 0;
        for (int i = 0; i < _tracks.Length; i++)
        {
            int to = _starts[i];
            if (to > from)
            {
                SegmentTrackState track = _tracks[i];
                Memory<TableSample> samples = _samples.AsMemory(from, to - from);
                long previous = to - from > 1 ? samples.Span[^1].DecodeTime - samples.Span[^2].DecodeTime : track.Samples.LastDuration;
                bool video = track.Format.Kind == TrackKind.Video;
                int last = track.GuessDuration(previous);
                _groups[_groupCount++] = new FragmentTrack(track.Id, video, samples.Span[0].DecodeTime - track.Zero, last, samples);
                from = to;
            }
        }
    }

    private uint TimecodeId => (uint)_tracks.Length + 1;

    private void WriteReferenceTime(ReadOnlySpan<AccessUnit> units)
    {
        foreach (ref readonly AccessUnit unit in units)
        {
            SegmentTrackState track = _tracks[unit.Track];
            if (track == _leading && unit.Capture.IsKnown)
            {
                FragmentBoxes.WriteReferenceTime(_head, track.Id, unit.Capture, unit.PresentationTime.Ticks - track.Zero);
                return;
            }
        }
    }

    /// <summary>Takes the last fragment into the tables: it has been written.</summary>
    private void Commit()
    {
        if (_groupCount == 0)
        {
            return;
        }

        long offset = _committed + _head.Length;
        for (int i = 0; i < _groupCount; i++)
        {
            ref readonly FragmentTrack group = ref _groups[i];
            if (group.Id > _tracks.Length)
            {
                continue;
            }

            SampleTable table = _tracks[group.Id - 1].Samples;
            table.BeginChunk(offset);
            foreach (ref readonly TableSample sample in group.Samples.Span)
            {
                table.Add(in sample);
                offset += sample.Size;
            }

            table.LastDuration = group.Duration;
        }

        _committed += _pending;
        _pending = 0;
        _groupCount = 0;
    }
}
