using Rig.Media.AnnexB;
using Rig.Media.Bits;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Codecs.H264;

/// <summary>What access unit assembly must know of H.264: boundaries (ITU-T H.264 7.4.1.2.3, 7.4.1.2.4), parameter sets, order, flags.</summary>
internal sealed class H264Codec : INalCodec
{
    /// <summary>Bytes of a slice that are looked at, without emulation prevention.</summary>
    private const int SliceHeaderBytes = 40;

    /// <summary>Bytes of an SEI NAL unit that are looked at: recovery points and HDR descriptions come first and are short; captions are not read.</summary>
    private const int SeiBytes = 256;

    /// <summary>Picture order counts from one frame to the next: one a field (8.2.1).</summary>
    private const int OrderStep = 2;

    private readonly ElementaryTrack _track;
    private readonly UnitOutput _output;
    private readonly ParameterSetTable<H264Sps> _sps = new();
    private readonly ParameterSetTable<H264Pps> _pps = new();
    private readonly H264PictureOrderCount _orderCount = new();

    private H264SliceHeader _candidate;
    private H264Sps? _candidateSps;

    private H264SliceHeader _slice;
    private H264Sps? _activeSps;
    private bool _inPicture;
    private bool _isSecondField;
    private bool _sawFirstMacroblock;
    private PictureInfo _picture;

    /// <summary>The sequence parameter set of the format announced last.</summary>
    private H264Sps? _announcedSps;

    /// <summary>From SEI that preceded the next picture.</summary>
    private bool _recoveryPoint;
    private byte[] _masteringDisplay = [];
    private byte[] _contentLightLevel = [];

    /// <summary>Parameter sets or HDR description changed since the format was announced.</summary>
    private bool _formatMayDiffer = true;

    public H264Codec(ElementaryTrack track, UnitOutput output)
    {
        _track = track;
        _output = output;
        foreach (ReadOnlyMemory<byte> set in track.ParameterSets)
        {
            Learn(set.Span);
        }
    }

    public TrackFormat? Format { get; private set; }

    public bool AwaitsSecondField => _inPicture && _slice.IsField && !_isSecondField;

    public NalRole Classify(ReadOnlySpan<byte> head)
    {
        H264NalHeader header = new(head[0]);
        if (header.IsForbidden)
        {
            return NalRole.Drop;
        }

        switch (header.Type)
        {
            case H264NalType.NonIdrSlice or H264NalType.IdrSlice or H264NalType.PartitionA:
                return ClassifySlice(head);
            case H264NalType.AccessUnitDelimiter:
                return NalRole.Delimiter;
            case H264NalType.EndOfSequence or H264NalType.EndOfStream:
                return NalRole.End;
            case H264NalType.FillerData:
                return NalRole.Drop;
            case H264NalType.Sei or H264NalType.SequenceParameterSet or H264NalType.PictureParameterSet:
                return NalRole.Prefix;
            case H264NalType.Prefix or H264NalType.SubsetSequenceParameterSet or (H264NalType)16 or (H264NalType)17 or (H264NalType)18:
                return NalRole.SlicePrefix;
            default:
                return NalRole.Suffix;
        }
    }

    public void AcceptSlice(NalRole role)
    {
        if (role is NalRole.FirstSlice or NalRole.Orphan)
        {
            BeginPicture(role);
        }
        else
        {
            ContinuePicture(role);
        }

        _slice = _candidate;
        _sawFirstMacroblock |= _candidate.FirstMacroblock == 0;
        _recoveryPoint = false;
    }

    public bool Complete(ReadOnlySpan<byte> nal, bool damaged)
    {
        switch (new H264NalHeader(nal[0]).Type)
        {
            case H264NalType.Sei:
                if (!damaged)
                {
                    ReadSei(nal);
                }

                return !damaged;
            case H264NalType.SequenceParameterSet or H264NalType.PictureParameterSet:
                if (damaged || Format is null)
                {
                    // The first format holds them.
                    _ = !damaged && Learn(nal);
                    return false;
                }

                return !IsInFormat(nal) && Learn(nal);
            default:
                return true;
        }
    }

    public PictureInfo FinishPicture()
    {
        _inPicture = false;
        return _picture with { IsDamaged = _picture.IsDamaged || !_sawFirstMacroblock, NewFormat = ChangedFormat(_picture.IsKey) };
    }

    public void Lost() => _recoveryPoint = false;

    public void Restart()
    {
        _inPicture = false;
        _recoveryPoint = false;
    }

    /// <summary>An IDR picture follows (7.4.1.2.3), which begins everything anew by itself.</summary>
    public void EndSequence() => _inPicture = false;

    private NalRole ClassifySlice(ReadOnlySpan<byte> head)
    {
        Span<byte> rbsp = stackalloc byte[SliceHeaderBytes];
        BitReader reader = new(rbsp[..Rbsp.Unescape(head[1..], rbsp)]);
        if (!H264SliceHeader.TryParseStart(head, ref reader, out H264SliceHeader slice))
        {
            return NalRole.Drop;
        }

        _candidateSps = _pps.Find(slice.PpsId) is { } pps ? _sps.Find(pps.SpsId) : null;
        if (_candidateSps is null || !H264SliceHeader.TryParseRest(ref reader, _candidateSps, _pps.Find(slice.PpsId)!, ref slice))
        {
            _candidate = slice;
            return slice.FirstMacroblock == 0 || !_inPicture ? NalRole.Orphan : NalRole.Slice;
        }

        _candidate = slice;
        if (!_inPicture)
        {
            return NalRole.FirstSlice;
        }

        // The standard never repeats macroblock 0: this separates pictures whose other fields agree by mistake.
        bool repeated = slice.FirstMacroblock == 0 && _sawFirstMacroblock && slice.RedundantPicCnt == 0;
        if (!repeated && !slice.IsFirstOfNewPicture(_slice))
        {
            return NalRole.Slice;
        }

        return !_isSecondField && slice.IsSecondFieldOf(_slice) ? NalRole.SecondField : NalRole.FirstSlice;
    }

    private void BeginPicture(NalRole role)
    {
        _inPicture = true;
        _isSecondField = false;
        _sawFirstMacroblock = false;
        _activeSps = _candidateSps;
        if (role == NalRole.Orphan)
        {
            return;
        }

        _picture = new PictureInfo
        {
            IsKey = _candidate.IsIdr || _recoveryPoint,
            IsDisposable = _candidate.Nal.RefIdc == 0,
            StartsSequence = _candidate.IsIdr,
            OrderCount = _orderCount.Next(_candidate, _candidateSps!),
            OrderStep = OrderStep,
        };
    }

    private void ContinuePicture(NalRole role)
    {
        if (role == NalRole.SecondField)
        {
            _isSecondField = true;
            _sawFirstMacroblock = false;
            int orderCount = _orderCount.Next(_candidate, _candidateSps!);
            _picture = _picture with { OrderCount = Math.Min(_picture.OrderCount, orderCount) };
        }

        _picture = _picture with { IsDisposable = _picture.IsDisposable && _candidate.Nal.RefIdc == 0 };
    }

    /// <summary>Takes note of a parameter set.</summary>
    /// <returns>Whether it can be read.</returns>
    private bool Learn(ReadOnlySpan<byte> nal)
    {
        bool known;
        if (nal.IsEmpty)
        {
            return false;
        }

        if (new H264NalHeader(nal[0]).Type == H264NalType.SequenceParameterSet)
        {
            known = H264Sps.Parse(nal) is { } sps && _sps.Set(sps.Id, nal, sps);
        }
        else
        {
            known = H264Pps.Parse(nal) is { } pps && _pps.Set(pps.Id, nal, pps);
        }

        _formatMayDiffer |= known;
        if (!known)
        {
            _output.Fault(StreamFaultKind.Malformed, -1, "A parameter set that cannot be read (H.264 7.3.2).");
        }

        return known;
    }

    private bool IsInFormat(ReadOnlySpan<byte> nal)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> sets = Format!.ParameterSets;
        for (int i = 0; i < sets.Count; i++)
        {
            if (nal.SequenceEqual(sets[i].Span))
            {
                return true;
            }
        }

        return false;
    }

    private void ReadSei(ReadOnlySpan<byte> nal)
    {
        Span<byte> rbsp = stackalloc byte[SeiBytes];
        SeiReader reader = new(rbsp[..Rbsp.Unescape(nal[1..], rbsp)]);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case SeiReader.RecoveryPoint:
                    _recoveryPoint = true;
                    break;
                case SeiReader.MasteringDisplay:
                    Update(ref _masteringDisplay, reader.Payload);
                    break;
                case SeiReader.ContentLightLevel:
                    Update(ref _contentLightLevel, reader.Payload);
                    break;
            }
        }
    }

    private void Update(ref byte[] known, ReadOnlySpan<byte> payload)
    {
        if (!payload.SequenceEqual(known))
        {
            known = payload.ToArray();
            _formatMayDiffer = true;
        }
    }

    /// <summary>
    /// The format if it is not the one announced. A change waits for a key unit, where a file or decoder can begin with it; until then
    /// the changed sets stay in the units.
    /// </summary>
    private TrackFormat? ChangedFormat(bool isKey)
    {
        H264Sps sps = _activeSps!;
        bool activated = Format is not null && !ReferenceEquals(sps, _announcedSps);
        if (!(_formatMayDiffer || activated) || (Format is not null && !isKey))
        {
            return null;
        }

        _formatMayDiffer = false;
        _announcedSps = sps;
        TrackFormat format = BuildFormat(sps);
        if (Format is not null && Format.IsSameStreamAs(format))
        {
            return null;
        }

        Format = format;
        return format;
    }

    private TrackFormat BuildFormat(H264Sps sps)
    {
        List<ReadOnlyMemory<byte>> sets = [_sps.Nal(sps.Id)];
        sets.AddRange(_pps.All.Where(entry => entry.Set.SpsId == sps.Id).Select(entry => (ReadOnlyMemory<byte>)entry.Nal));
        return H264Format.Create(_track, sets, sps, _masteringDisplay, _contentLightLevel);
    }
}
