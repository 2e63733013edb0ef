using System.Buffers.Binary;
using Rig.Media.Codecs;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.AnnexB;

/// <summary>
/// From the bytes of an Annex B stream to access units with 4-byte lengths; what H.264 and H.265 have in common. Start codes are searched
/// in the piece that arrives, and each byte goes from there to its final place behind the length of its NAL unit. Only the first
/// <see cref="HeadBytes"/> of a NAL unit wait aside until it is known to which access unit they belong.
/// </summary>
internal sealed class NalAssembler(INalCodec codec, UnitOutput output, BlockPool pool) : IDisposable
{
    /// <summary>Enough for every slice header up to the picture order count: 24 bytes at the most (H.264 7.3.3), with emulation prevention 36.</summary>
    private const int HeadBytes = 48;

    private readonly UnitBuilder _builder = new(pool);
    private readonly byte[] _head = new byte[HeadBytes];
    private NalState _state = NalState.None;
    private int _headLength;

    /// <summary>Zeros at the end of what came so far, at most 2: they may belong to a start code.</summary>
    private int _zeros;

    private long _offset;

    /// <summary>Where in the builder the NAL unit under construction has its length.</summary>
    private int _nalStart;
    private int _nalCount;
    private UnitStamp _nalStamp;

    private bool _hasPicture;
    private bool _unitOpen;
    private bool _unusable;
    private bool _damaged;

    /// <summary>A gap lies within the unit: what follows it does not continue it.</summary>
    private bool _lossWithin;
    private bool _ended;
    private UnitStamp _unitStamp;

    /// <summary>Where the next access unit may begin in the builder, when only the next slice can tell; -1 if nowhere.</summary>
    private int _split = -1;
    private UnitStamp _splitStamp;

    private enum NalState
    {
        /// <summary>Before the first start code, or after a gap.</summary>
        None,

        /// <summary>Collecting the first bytes.</summary>
        Head,

        /// <summary>Storing into the unit.</summary>
        Body,

        /// <summary>Passing over a NAL unit that is not kept.</summary>
        Skip,
    }

    public void SetTimes(MediaTime presentation, MediaTime decode) => output.SetTimes(presentation, decode, _offset);

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        output.Arrival = arrival;
        int from = StraddlingStartCode(bytes);
        if (from > 0)
        {
            EndNal();
            BeginNal(_offset + from - 3);
        }

        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[from..];
            int found = rest.IndexOf(AnnexBReader.StartCode);
            if (found < 0)
            {
                break;
            }

            Store(rest[..found]);
            EndNal();
            from += found + 3;
            BeginNal(_offset + from - 3);
        }

        Store(bytes[from..]);
        CountZeros(bytes[from..], carry: from == 0);
        _offset += bytes.Length;
    }

    /// <summary>See <see cref="IElementaryStreamParser.EndOfUnit"/>. A lone field waits for its partner nevertheless.</summary>
    public void EndOfUnit()
    {
        EndNal();
        if (_hasPicture && !codec.AwaitsSecondField)
        {
            FinishUnit();
        }
    }

    public void Gap()
    {
        if (_state == NalState.Head)
        {
            _headLength = 0;
        }
        else if (_state == NalState.Body)
        {
            EndNal(damaged: true);
        }

        _state = NalState.None;
        _zeros = 0;
        _damaged |= _unitOpen;
        _lossWithin |= _unitOpen;
        output.Discontinuity |= !_unitOpen;
        codec.Lost();
    }

    public void Flush()
    {
        EndNal();
        FinishUnit();
        output.Flush();
    }

    public void Dispose()
    {
        output.Dispose();
        _builder.Dispose();
    }

    /// <summary>Length of the rest of a start code whose zeros came with earlier pieces; 0 if there is none.</summary>
    private int StraddlingStartCode(ReadOnlySpan<byte> bytes)
    {
        if (_zeros >= 2 && bytes is [1, ..])
        {
            return 1;
        }

        return _zeros >= 1 && bytes is [0, 1, ..] ? 2 : 0;
    }

    private void CountZeros(ReadOnlySpan<byte> stored, bool carry)
    {
        if (stored is [.., not 0])
        {
            _zeros = 0;
            return;
        }

        int zeros = stored.Length - stored.TrimEnd((byte)0).Length;
        _zeros = Math.Min(2, zeros == stored.Length && carry ? _zeros + zeros : zeros);
    }

    private void BeginNal(long offset)
    {
        _state = NalState.Head;
        _headLength = 0;
        _nalStamp = output.Stamp(offset);
    }

    private void Store(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_state == NalState.Head)
        {
            int count = Math.Min(bytes.Length, HeadBytes - _headLength);
            bytes[..count].CopyTo(_head.AsSpan(_headLength));
            _headLength += count;
            bytes = bytes[count..];
            if (_headLength < HeadBytes)
            {
                return;
            }

            Place();
        }

        if (_state == NalState.Body)
        {
            if (_builder.Length + bytes.Length > StreamLimits.UnitBytes)
            {
                output.Fault(StreamFaultKind.LimitExceeded, _nalStamp.Offset, "An access unit is larger than StreamLimits.UnitBytes.");
                AbandonUnit();
                return;
            }

            _builder.Append(bytes);
        }
        else if (_state == NalState.None && bytes.ContainsAnyExcept((byte)0))
        {
            output.Garbage(_offset);
        }
    }

    /// <summary>The head is complete, or the NAL unit is: decides where it belongs and opens its place.</summary>
    private void Place()
    {
        ReadOnlySpan<byte> head = _head.AsSpan(0, _headLength);
        NalRole role = codec.Classify(head);
        _state = NalState.Skip;
        switch (role)
        {
            case NalRole.Drop:
                return;
            case NalRole.Delimiter:
            case NalRole.End:
                Boundary(certain: !codec.AwaitsSecondField);
                _ended |= role == NalRole.End;
                return;
            case NalRole.Prefix:
                Boundary(certain: !codec.AwaitsSecondField);
                break;
            case NalRole.SlicePrefix:
                Boundary(certain: false);
                break;
            case NalRole.FirstSlice or NalRole.Orphan:
                Split();
                OpenUnit(_nalStamp);
                break;
            case NalRole.SecondField or NalRole.Slice:
                _split = -1;
                break;
        }

        if (role >= NalRole.Slice && role != NalRole.End)
        {
            _unusable |= role == NalRole.Orphan;
            _hasPicture = true;
            codec.AcceptSlice(role);
        }

        OpenUnit(_nalStamp);
        if (++_nalCount > StreamLimits.NalUnitsPerPicture)
        {
            output.Fault(
                StreamFaultKind.LimitExceeded,
                _nalStamp.Offset,
                "More NAL units in a picture than StreamLimits.NalUnitsPerPicture."
            );
            _damaged = true;
            return;
        }

        _nalStart = _builder.Length;
        _builder.Grow(LengthPrefixed.PrefixBytes);
        _builder.Append(head);
        _state = NalState.Body;
    }

    /// <summary>A NAL unit that can only come before a picture, or perhaps does.</summary>
    private void Boundary(bool certain)
    {
        if (_ended || (_hasPicture && certain))
        {
            Split();
            OpenUnit(_nalStamp);
        }
        else if (_hasPicture && _split < 0)
        {
            _split = _builder.Length;
            _splitStamp = _nalStamp;
        }
        else if (!_hasPicture)
        {
            OpenUnit(_nalStamp);
        }
    }

    /// <summary>Ends the access unit under construction, at the mark if there is one: what stands behind it opens the next.</summary>
    private void Split()
    {
        if (!_hasPicture)
        {
            return;
        }

        if (_split < 0 || _split == _builder.Length)
        {
            UnitStamp? stamp = _split < 0 ? null : _splitStamp;
            FinishUnit();
            if (stamp is { } known)
            {
                OpenUnit(known);
            }

            return;
        }

        byte[] tail = _builder.Span[_split..].ToArray();
        UnitStamp opening = _splitStamp;
        _builder.Truncate(_split);
        FinishUnit();
        OpenUnit(opening);
        _builder.Append(tail);
    }

    private void OpenUnit(UnitStamp stamp)
    {
        if (!_unitOpen)
        {
            _unitOpen = true;
            _unitStamp = stamp;
        }
    }

    private void EndNal(bool damaged = false)
    {
        if (_state == NalState.Head)
        {
            _headLength = _head.AsSpan(0, _headLength).TrimEnd((byte)0).Length;
            if (_headLength > 0)
            {
                Place();
            }
        }

        if (_state == NalState.Body)
        {
            Span<byte> unit = _builder.Span;
            int end = unit.TrimEnd((byte)0).Length;
            _builder.Truncate(end);
            BinaryPrimitives.WriteInt32BigEndian(unit[_nalStart..], end - _nalStart - LengthPrefixed.PrefixBytes);
            if (!codec.Complete(unit[(_nalStart + LengthPrefixed.PrefixBytes)..end], damaged))
            {
                _builder.Truncate(_nalStart);
                _nalCount--;
            }
        }

        _state = NalState.None;
    }

    private void AbandonUnit()
    {
        _state = NalState.Skip;
        _builder.Discard();
        _unusable = true;
        _hasPicture = true;
        _split = -1;
    }

    private void FinishUnit()
    {
        if (_hasPicture)
        {
            EmitUnit();
        }

        _builder.Discard();
        if (_ended)
        {
            codec.EndSequence();
        }

        output.Discontinuity |= _lossWithin;
        _hasPicture = _unitOpen = _unusable = _damaged = _lossWithin = _ended = false;
        _nalCount = 0;
        _split = -1;
    }

    private void EmitUnit()
    {
        if (_unusable || _builder.Length == 0)
        {
            output.Fault(StreamFaultKind.UnitDropped, _unitStamp.Offset, "A picture without its parameter sets, or too large.");
            output.Discontinuity = true;
            codec.Restart();
            return;
        }

        PictureInfo picture = codec.FinishPicture();
        if (picture.IsUndecodable)
        {
            output.Fault(
                StreamFaultKind.UnitDropped,
                _unitStamp.Offset,
                "A leading picture whose references came before the start (H.265 8.1.3)."
            );
            return;
        }

        output.Emit(_builder, _unitStamp, picture with { IsDamaged = picture.IsDamaged || _damaged });
    }
}
