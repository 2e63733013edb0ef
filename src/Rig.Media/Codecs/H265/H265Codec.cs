using Rig.Media.AnnexB;
using Rig.Media.Bits;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Codecs.H265;

/// <summary>What access unit assembly must know of H.265: boundaries (ITU-T H.265 7.4.2.4.4), parameter sets, order (8.3.1), flags.</summary>
internal sealed class H265Codec : INalCodec
{
    /// <summary>Bytes of a slice that are looked at, without emulation prevention.</summary>
    private const int SliceHeaderBytes = 24;

    /// <summary>Bytes of an SEI NAL unit that are looked at: recovery points and HDR descriptions come first and are short.</summary>
    private const int SeiBytes = 256;

    private readonly ElementaryTrack _track;
    private readonly UnitOutput _output;
    private readonly ParameterSetTable<H265Vps> _vps = new();
    private readonly ParameterSetTable<H265Sps> _sps = new();
    private readonly ParameterSetTable<H265Pps> _pps = new();

    private H265SliceHeader _candidate;
    private H265Sps? _candidateSps;
    private H265Sps? _activeSps;
    private H265Sps? _announcedSps;
    private bool _inPicture;
    private PictureInfo _picture;

    /// <summary>The next IRAP picture begins the bitstream: at the start and after an end of sequence (8.1.3).</summary>
    private bool _atStart = true;

    /// <summary>RASL pictures that follow have lost their references: all of them, or perhaps.</summary>
    private bool _dropLeading;
    private bool _leadingDamaged;
    private bool _lossBeforeIrap;

    private int _previousOrderCount;
    private bool _recoveryPoint;
    private byte[] _masteringDisplay = [];
    private byte[] _contentLightLevel = [];
    private bool _formatMayDiffer = true;

    public H265Codec(ElementaryTrack track, UnitOutput output)
    {
        _track = track;
        _output = output;
        foreach (ReadOnlyMemory<byte> set in track.ParameterSets)
        {
            Learn(set.Span);
        }
    }

    public TrackFormat? Format { get; private set; }

    /// <summary>Fields are pictures of their own in H.265.</summary>
    public bool AwaitsSecondField => false;

    public NalRole Classify(ReadOnlySpan<byte> head)
    {
        if (head.Length <= H265NalHeader.Bytes || H265NalHeader.Of(head) is { IsForbidden: true })
        {
            return head.Length == H265NalHeader.Bytes ? ClassifyEmpty(H265NalHeader.Of(head)) : NalRole.Drop;
        }

        H265NalHeader header = H265NalHeader.Of(head);
        if (header.LayerId > 0)
        {
            // Other layers follow the base layer's picture; a decoder of the base layer ignores them (F.3).
            return NalRole.Suffix;
        }

        return header.IsSlice ? ClassifySlice(head, header) : ClassifyOther(header);
    }

    public void AcceptSlice(NalRole role)
    {
        if (role != NalRole.Slice)
        {
            BeginPicture(role);
        }
    }

    public bool Complete(ReadOnlySpan<byte> nal, bool damaged)
    {
        H265NalHeader header = H265NalHeader.Of(nal);
        if (header.LayerId > 0)
        {
            return true;
        }

        switch (header.Type)
        {
            case H265NalType.PrefixSei:
                if (!damaged)
                {
                    ReadSei(nal);
                }

                return !damaged;
            case H265NalType.VideoParameterSet or H265NalType.SequenceParameterSet or H265NalType.PictureParameterSet:
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
        return _picture.IsUndecodable ? _picture : _picture with { NewFormat = ChangedFormat(_picture.IsKey) };
    }

    public void Lost()
    {
        _recoveryPoint = false;
        _lossBeforeIrap = true;
    }

    public void Restart()
    {
        _inPicture = false;
        Lost();
    }

    public void EndSequence() => _atStart = true;

    /// <summary>End codes and delimiters may be nothing but a header.</summary>
    private static NalRole ClassifyEmpty(H265NalHeader header) =>
        header.Type is H265NalType.EndOfSequence or H265NalType.EndOfBitstream ? NalRole.End
        : header.Type == H265NalType.AccessUnitDelimiter ? NalRole.Delimiter
        : NalRole.Drop;

    private static NalRole ClassifyOther(H265NalHeader header) =>
        (int)header.Type switch
        {
            (int)H265NalType.AccessUnitDelimiter => NalRole.Delimiter,
            (int)H265NalType.EndOfSequence or (int)H265NalType.EndOfBitstream => NalRole.End,
            (int)H265NalType.FillerData => NalRole.Drop,
            >= (int)H265NalType.VideoParameterSet and <= (int)H265NalType.PictureParameterSet => NalRole.Prefix,
            (int)H265NalType.PrefixSei or (>= 41 and <= 44) or (>= 48 and <= 55) => NalRole.Prefix,
            _ => NalRole.Suffix,
        };

    private NalRole ClassifySlice(ReadOnlySpan<byte> head, H265NalHeader header)
    {
        if (header.Type is > H265NalType.ReservedIrap23 or (> H265NalType.RaslR and < H265NalType.BlaWLp))
        {
            return NalRole.Drop; // Reserved: decoders ignore them (7.4.2.2).
        }

        Span<byte> rbsp = stackalloc byte[SliceHeaderBytes];
        BitReader reader = new(rbsp[..Rbsp.Unescape(head[H265NalHeader.Bytes..], rbsp)]);
        if (!H265SliceHeader.TryParseStart(head, ref reader, out H265SliceHeader slice))
        {
            return NalRole.Drop;
        }

        if (!slice.IsFirstInPicture && _inPicture)
        {
            return NalRole.Slice;
        }

        _candidateSps = _pps.Find(slice.PpsId) is { } pps ? _sps.Find(pps.SpsId) : null;
        bool known =
            _candidateSps is not null
            && (!slice.IsFirstInPicture || H265SliceHeader.TryParseRest(ref reader, _candidateSps, _pps.Find(slice.PpsId)!, ref slice));
        _candidate = slice;
        return known ? NalRole.FirstSlice : NalRole.Orphan;
    }

    private void BeginPicture(NalRole role)
    {
        _inPicture = true;
        _activeSps = _candidateSps;
        if (role == NalRole.Orphan)
        {
            return;
        }

        H265NalHeader nal = _candidate.Nal;
        bool noRaslOutput = nal.IsIrap && (nal.IsIdr || nal.IsBla || _atStart);
        if (nal.IsIrap)
        {
            _dropLeading = noRaslOutput;
            _leadingDamaged = _lossBeforeIrap;
            _lossBeforeIrap = _atStart = false;
        }

        _picture = new PictureInfo
        {
            IsKey = nal.IsIrap || _recoveryPoint,
            // A picture of a higher sub-layer may still refer to it, so that only the highest counts.
            IsDisposable = nal.IsSubLayerNonReference && nal.TemporalId >= _activeSps!.MaxSubLayersMinus1,
            IsDamaged = !_candidate.IsFirstInPicture || (nal.IsRasl && _leadingDamaged),
            IsUndecodable = nal.IsRasl && _dropLeading,
            StartsSequence = noRaslOutput,
            OrderCount = OrderCount(noRaslOutput),
            OrderStep = 1,
        };
        _recoveryPoint = false;
    }

    /// <summary>Decoding process for picture order count (8.3.1).</summary>
    private int OrderCount(bool noRaslOutput)
    {
        H265NalHeader nal = _candidate.Nal;
        if (!_candidate.IsFirstInPicture)
        {
            return _picture.OrderCount + 1;
        }

        int range = 1 << _activeSps!.PicOrderCntLsbBits;
        int previousLsb = _previousOrderCount & (range - 1);
        int msb = noRaslOutput ? 0 : _previousOrderCount - previousLsb;
        int lsb = _candidate.PicOrderCntLsb;
        if (!noRaslOutput && lsb < previousLsb && previousLsb - lsb >= range / 2)
        {
            msb += range;
        }
        else if (!noRaslOutput && lsb > previousLsb && lsb - previousLsb > range / 2)
        {
            msb -= range;
        }

        if (nal.TemporalId == 0 && !nal.IsRasl && !nal.IsRadl && !nal.IsSubLayerNonReference)
        {
            _previousOrderCount = msb + lsb;
        }

        return msb + lsb;
    }

    private bool Learn(ReadOnlySpan<byte> nal)
    {
        bool known = nal.Length > H265NalHeader.Bytes && Store(nal);
        _formatMayDiffer |= known;
        if (!known)
        {
            _output.Fault(StreamFaultKind.Malformed, -1, "A parameter set that cannot be read (H.265 7.3.2).");
        }

        return known;
    }

    private bool Store(ReadOnlySpan<byte> nal) =>
        H265NalHeader.Of(nal).Type switch
        {
            H265NalType.VideoParameterSet => H265Vps.Parse(nal) is { } vps && _vps.Set(vps.Id, nal, vps),
            H265NalType.SequenceParameterSet => H265Sps.Parse(nal) is { } sps && _sps.Set(sps.Id, nal, sps),
            H265NalType.PictureParameterSet => H265Pps.Parse(nal) is { } pps && _pps.Set(pps.Id, nal, pps),
            _ => false,
        };

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
        SeiReader reader = new(rbsp[..Rbsp.Unescape(nal[H265NalHeader.Bytes..], rbsp)]);
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

    /// <summary>The format if it is not the one announced; a change waits for a key unit, where a file or decoder can begin with it.</summary>
    private TrackFormat? ChangedFormat(bool isKey)
    {
        H265Sps sps = _activeSps!;
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

    private TrackFormat BuildFormat(H265Sps sps)
    {
        List<ReadOnlyMemory<byte>> sets = [];
        if (_vps.Nal(sps.VpsId) is { } vps)
        {
            sets.Add(vps);
        }

        sets.Add(_sps.Nal(sps.Id));
        sets.AddRange(_pps.All.Where(entry => entry.Set.SpsId == sps.Id).Select(entry => (ReadOnlyMemory<byte>)entry.Nal));
        return H265Format.Create(_track, sets, sps, _vps.Find(sps.VpsId), _masteringDisplay, _contentLightLevel);
    }
}
