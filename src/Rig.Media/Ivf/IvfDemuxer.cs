using System.Buffers.Binary;
using Rig.Media.Codecs;
using Rig.Media.Codecs.Av1;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Ivf;

/// <summary>
/// IVF, the container of AV1's tools:
/// <code>
/// "DKIF" | version 16 | header length 16 | fourcc 32 | width 16 | height 16 | rate 32 | scale 32 | frames 32 | unused 32
/// { frame length 32 | time 64 | frame }*
/// </code>
/// little-endian; times count in scale / rate seconds. Only AV1 is read, its frames low-overhead or length-delimited.
/// </summary>
public sealed class IvfDemuxer : IDemuxer
{
    private const int FileHeaderBytes = 32;
    private const int FrameHeaderBytes = 12;

    private readonly BlockPool _pool;
    private readonly IAccessUnitSink _sink;

    /// <summary>Header or frame under construction.</summary>
    private byte[] _buffer = new byte[4096];
    private int _count;
    private int _needed = FileHeaderBytes;
    private long _offset;
    private State _state = State.FileHeader;
    private Av1Assembler? _frames;
    private Timescale _clock;
    private uint _scale;
    private long _time;
    private long _skip;

    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults of track 0.</param>
    public IvfDemuxer(BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        (_pool, _sink) = (pool, sink);
    }

    private enum State
    {
        FileHeader,
        FileHeaderRest,
        FrameHeader,
        Frame,
        SkippedFrame,
        Unreadable,
    }

    public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        while (!bytes.IsEmpty && _state != State.Unreadable)
        {
            if (_state is State.SkippedFrame or State.FileHeaderRest)
            {
                int skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                _offset += skipped;
                bytes = bytes[skipped..];
                if (_skip == 0)
                {
                    Expect(State.FrameHeader, FrameHeaderBytes);
                }

                continue;
            }

            int count = Math.Min(bytes.Length, _needed - _count);
            Reserve(_count + count);
            bytes[..count].CopyTo(_buffer.AsSpan(_count));
            _count += count;
            _offset += count;
            bytes = bytes[count..];
            if (_count == _needed)
            {
                Complete(arrival);
            }
        }
    }

    public void Flush()
    {
        if (_count > 0 && _state is State.Frame or State.FileHeader)
        {
            Fault(StreamFaultKind.UnitDropped, "The file ends within a frame.");
        }

        Expect(_state, _needed);
    }

    public void Dispose() => _frames?.Dispose();

    private void Complete(UtcInstant arrival)
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _needed);
        switch (_state)
        {
            case State.FileHeader:
                ReadFileHeader(bytes);
                break;
            case State.FrameHeader:
                ReadFrameHeader(bytes);
                break;
            case State.Frame:
                MediaTime time = new(unchecked(_time * _scale));
                if (Av1AnnexB.IsLengthDelimited(bytes))
                {
                    _frames!.PushLengthDelimited(bytes, time, arrival, _offset - _needed);
                }
                else
                {
                    _frames!.Push(bytes, time, arrival, _offset - _needed);
                }

                Expect(State.FrameHeader, FrameHeaderBytes);
                break;
        }
    }

    private void ReadFileHeader(ReadOnlySpan<byte> header)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        _scale = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        if (!header.StartsWith("DKIF"u8) || !header[8..].StartsWith("AV01"u8) || length < FileHeaderBytes || rate == 0)
        {
            Fault(StreamFaultKind.Unsupported, "Not an IVF file with AV1.");
            _state = State.Unreadable;
            return;
        }

        _clock = new Timescale(rate);
        _frames = new Av1Assembler(new ElementaryTrack(0, _clock) { FrameRate = VuiTables.Rate(rate, _scale) }, _pool, _sink);
        _skip = length - FileHeaderBytes;
        Expect(_skip > 0 ? State.FileHeaderRest : State.FrameHeader, FrameHeaderBytes);
    }

    private void ReadFrameHeader(ReadOnlySpan<byte> header)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        _time = BinaryPrimitives.ReadInt64LittleEndian(header[4..]);
        if (length is 0 or > StreamLimits.UnitBytes)
        {
            Fault(StreamFaultKind.LimitExceeded, "An IVF frame that is empty or larger than StreamLimits.UnitBytes.");
            _frames!.Gap();
            _skip = length;
            Expect(length == 0 ? State.FrameHeader : State.SkippedFrame, FrameHeaderBytes);
            return;
        }

        Expect(State.Frame, (int)length);
    }

    private void Expect(State state, int bytes) => (_state, _needed, _count) = (state, bytes, 0);

    /// <summary>Grows with what comes, not with what a length field announces.</summary>
    private void Reserve(int bytes)
    {
        if (bytes > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes));
        }
    }

    private void Fault(StreamFaultKind kind, string detail) => _sink.OnFault(new StreamFault(kind, -1, _offset, detail));
}
