using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>
/// Follows PAT and PMT (ISO/IEC 13818-1 2.4.4): listens to the maps of all programs until the first one with supported streams
/// arrives, then to that program, through every change of its map, until the PAT drops it.
/// </summary>
internal sealed class ProgramSelector
{
    private const int None = -1;

    private readonly TsDemuxer _demuxer;
    private readonly IAccessUnitSink _sink;
    private readonly BlockPool _pool;
    private readonly List<ProgramEntry> _programs = [];
    private readonly List<TsTrack> _free = [];

    /// <summary>PID and stream_type of streams that were reported as unsupported already. Bounded by clearing.</summary>
    private readonly HashSet<int> _reported = [];

    private int _selected = None;
    private int _tracks;
    private uint _patCrc;
    private int _patVersion = None;
    private uint _pmtCrc;
    private StreamContents _contents;

    public ProgramSelector(TsDemuxer demuxer, IAccessUnitSink sink, BlockPool pool)
    {
        (_demuxer, _sink, _pool) = (demuxer, sink, pool);
        HandlePat = OnPat;
        HandlePmt = OnPmt;
    }

    /// <summary>Made once, so that packets of tables allocate no delegates.</summary>
    public SectionAssembler.SectionHandler HandlePat { get; }

    public SectionAssembler.SectionHandler HandlePmt { get; }

    public bool IsKnown => _selected != None;

    public int PcrPid { get; private set; } = None;

    /// <summary>A packet of a stream announced as MPEG audio: the first two bytes of its first frame tell whether it is AAC in ADTS (live encoders announce 0x04 for it).</summary>
    public void Probe(PidState state, ReadOnlySpan<byte> payload, bool starts, UtcInstant arrival)
    {
        if (
            state.Entry is null
            || !starts
            || PesHeader.Read(payload, out PesHeader header) != PesParse.Good
            || payload.Length < header.Size + 2
        )
        {
            return;
        }

        // ISO/IEC 13818-7 6.2: 12 bits of syncword, 1 bit ID, 2 bits layer, always 0; in MPEG audio layer 0 is reserved (ISO/IEC 11172-3 2.4.2.3).
        bool isAdts = payload[header.Size] == 0xff && (payload[header.Size + 1] & 0xf6) == 0xf0;
        if (isAdts && Open(state, StreamKind.Adts))
        {
            state.Stream!.Append(payload, starts, stuffed: false, arrival);
            return;
        }

        ReportUnsupported(state.Entry);
        _contents = _contents with { Audio = _contents.Audio - 1 };
        _sink.OnContents(_contents);
        if (state.Pid != PcrPid)
        {
            _demuxer.Abandon(state.Pid);
        }
        else
        {
            state.Entry = null;
        }
    }

    private void OnPat(ReadOnlySpan<byte> section)
    {
        if (!IsUsable(section, ProgramTables.PatTable) || ProgramTables.Crc(section) == _patCrc)
        {
            return;
        }

        _patCrc = ProgramTables.Crc(section);
        int version = ProgramTables.Version(section);
        if (version != _patVersion || ProgramTables.LastSectionNumber(section) == 0)
        {
            _programs.Clear();
        }

        _patVersion = version;
        ProgramTables.ReadPat(section, _programs);
        bool complete = ProgramTables.SectionNumber(section) == ProgramTables.LastSectionNumber(section);
        if (complete && _selected != None && !IsListed(_selected))
        {
            Leave();
        }

        Listen();
    }

    private void OnPmt(ReadOnlySpan<byte> section)
    {
        if (!IsUsable(section, ProgramTables.PmtTable))
        {
            return;
        }

        int number = ProgramTables.TableExtension(section);
        uint crc = ProgramTables.Crc(section);
        if (_selected == None ? IsListed(number) : number == _selected && crc != _pmtCrc)
        {
            OnNewPmt(section, number, crc);
        }
    }

    /// <summary>Apart from <see cref="OnPmt"/>, so that repetitions, which come ten times a second, do not pay for its closures.</summary>
    private void OnNewPmt(ReadOnlySpan<byte> section, int number, uint crc)
    {
        if (ProgramTables.ReadPmt(section) is not { } map)
        {
            _demuxer.Report(StreamFaultKind.Malformed, "PMT with contradicting lengths (ISO/IEC 13818-1 2.4.4.8).");
            return;
        }

        if (_selected == None && !map.Streams.Any(stream => StreamTypes.Kind(stream) != StreamKind.Unsupported))
        {
            foreach (StreamEntry stream in map.Streams)
            {
                ReportUnsupported(stream);
            }

            return;
        }

        _selected = number;
        _pmtCrc = crc;
        _demuxer.Statistics.ProgramChanges++;
        Apply(map);
        Listen();
    }

    private bool IsListed(int number) => _programs.Exists(entry => entry.Number == number);

    private bool IsUsable(ReadOnlySpan<byte> section, byte table)
    {
        if (section[0] != table)
        {
            return false;
        }

        if (!ProgramTables.IsValid(section, table))
        {
            _demuxer.Report(StreamFaultKind.Malformed, "PAT or PMT with a wrong CRC_32 or header (ISO/IEC 13818-1 2.4.4).");
            return false;
        }

        return ProgramTables.IsCurrent(section);
    }

    /// <summary>Claims the PIDs of the maps that are to be watched and lets go of the others'.</summary>
    private void Listen()
    {
        foreach (PidState? state in _demuxer.States)
        {
            if (state is { Sections: not null, Pid: not TsPacket.PatPid } && !IsWatched(state.Pid))
            {
                _demuxer.Abandon(state.Pid);
            }
        }

        foreach (ProgramEntry entry in _programs)
        {
            if (IsWatched(entry.PmtPid) && !_demuxer.IsClaimed(entry.PmtPid))
            {
                _demuxer.Claim(entry.PmtPid).Sections = new SectionAssembler();
            }
        }
    }

    private bool IsWatched(int pid) => _programs.Exists(entry => entry.PmtPid == pid && (_selected == None || entry.Number == _selected));

    /// <summary>Closes streams that are gone or changed, opens new ones. Unchanged ones go on without a break.</summary>
    private void Apply(ProgramMap map)
    {
        CloseStreams(state => !map.Streams.Any(entry => entry.IsSameAs(state.Entry!)));
        if (PcrPid != map.PcrPid && PcrPid != None && _demuxer.Find(PcrPid) is { Sections: null, Entry: null })
        {
            _demuxer.Abandon(PcrPid);
        }

        PcrPid = map.PcrPid;
        _contents = new StreamContents(Count(map, TrackKind.Video), Count(map, TrackKind.Audio));
        _sink.OnContents(_contents);
        foreach (StreamEntry entry in map.Streams.OrderBy(entry => KindOrder(StreamTypes.Kind(entry))))
        {
            OpenEntry(entry);
        }

        if (PcrPid != TsPacket.NullPid)
        {
            _demuxer.Claim(PcrPid);
        }
    }

    private static int Count(ProgramMap map, TrackKind kind) =>
        map.Streams.Count(entry => StreamTypes.Kind(entry) is not StreamKind.Unsupported and var found && TrackKindOf(found) == kind);

    private void OpenEntry(StreamEntry entry)
    {
        StreamKind kind = StreamTypes.Kind(entry);
        if (kind == StreamKind.Unsupported)
        {
            ReportUnsupported(entry);
            return;
        }

        if (
            entry.Pid == TsPacket.NullPid
            || _demuxer.Find(entry.Pid) is { } taken && (taken.Sections is not null || taken.Entry is not null)
        )
        {
            return;
        }

        PidState state = _demuxer.Claim(entry.Pid);
        state.Entry = entry;
        if (kind != StreamKind.MpegAudio && !Open(state, kind))
        {
            state.Entry = null;
            _demuxer.Abandon(entry.Pid);
        }
    }

    private bool Open(PidState state, StreamKind kind)
    {
        if (TakeTrack(TrackKindOf(kind)) is not { } track)
        {
            _demuxer.Report(StreamFaultKind.LimitExceeded, "More supported streams in one program than StreamLimits.Tracks.");
            return false;
        }

        (IElementaryStreamParser parser, PesUnits units) = StreamParsers.Create(kind, state.Entry!, track, _pool);
        state.Stream = new PesStream(state.Pid, parser, track, units);
        return true;
    }

    private TsTrack? TakeTrack(TrackKind kind)
    {
        int index = _free.FindIndex(track => track.Kind == kind);
        if (index >= 0)
        {
            TsTrack freed = _free[index];
            _free.RemoveAt(index);
            freed.Interrupt();
            return freed;
        }

        return _tracks < StreamLimits.Tracks ? new TsTrack(_tracks++, kind, _sink, _demuxer) : null;
    }

    private void Leave()
    {
        CloseStreams(_ => true);
        if (PcrPid != None && _demuxer.Find(PcrPid) is { Sections: null })
        {
            _demuxer.Abandon(PcrPid);
        }

        (_selected, PcrPid, _pmtCrc) = (None, None, 0);
    }

    private void CloseStreams(Predicate<PidState> which)
    {
        foreach (PidState? state in _demuxer.States)
        {
            if (state is { Entry: not null } && which(state))
            {
                if (state.Stream is { } stream)
                {
                    stream.Flush();
                    _free.Add(stream.Track);
                    _free.Sort((left, right) => left.Number.CompareTo(right.Number));
                }

                _demuxer.Abandon(state.Pid);
            }
        }
    }

    private void ReportUnsupported(StreamEntry entry)
    {
        const int MaxReported = 1024;
        if (_reported.Count >= MaxReported)
        {
            _reported.Clear();
        }

        if (_reported.Add((entry.Pid << 8) | entry.StreamType))
        {
            _demuxer.Report(
                StreamFaultKind.Unsupported,
                "Elementary stream of a type that is not recorded; skipped (ISO/IEC 13818-1 table 2-34)."
            );
        }
    }

    private static TrackKind TrackKindOf(StreamKind kind) =>
        kind switch
        {
            StreamKind.H264 or StreamKind.H265 => TrackKind.Video,
            StreamKind.Klv or StreamKind.KlvCells => TrackKind.Data,
            _ => TrackKind.Audio,
        };

    private static int KindOrder(StreamKind kind) => (int)TrackKindOf(kind);
}
