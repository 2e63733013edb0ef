using Rig.Media.Bits;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.Aac;

/// <summary>
/// LOAS, AudioSyncStream() of ISO/IEC 14496-3 1.7.2, to raw AAC frames:
/// <code>
/// { sync 11 = 0x2B7 | length 13 | useSameStreamMux 1 [ StreamMuxConfig ] { payload lengths, payloads } x subframes }*
/// </code>
/// Frames before the first configuration are dropped. A first element is believed only when another follows it.
/// </summary>
public sealed class LatmParser : IElementaryStreamParser
{
    private const int HeaderBytes = 3;
    private const int MaxElementBytes = 8191;

    private readonly AudioOutput _output;
    private readonly ScanBuffer _scan;
    private StreamMuxConfig? _mux;
    private bool _locked;
    private bool _inGarbage;

    /// <param name="track">What the container knows.</param>
    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults.</param>
    public LatmParser(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        _output = new AudioOutput(track, pool, sink);
        _scan = new ScanBuffer(MaxElementBytes + (2 * HeaderBytes), (window, offset) => Scan(window, offset, final: false));
    }

    public void SetTimes(MediaTime presentation, MediaTime decode) => _output.SetTimes(_scan.End, presentation, decode);

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        _output.Arrival = arrival;
        _scan.Push(bytes);
    }

    /// <inheritdoc/>
    /// <remarks>Elements carry their length; a first element no longer waits for the one behind it.</remarks>
    public void EndOfUnit() => _scan.Consume(Scan(_scan.Waiting, _scan.Start, final: true));

    public void Gap()
    {
        Abandon("An AudioMuxElement lost its end.");
        _locked = false;
        _output.Discontinuity = true;
    }

    public void Flush()
    {
        EndOfUnit();
        Abandon("The stream ends within an AudioMuxElement.");
    }

    public void Dispose() => _output.Dispose();

    private static bool IsSync(ReadOnlySpan<byte> bytes) => bytes[0] == 0x56 && (bytes[1] & 0xE0) == 0xE0;

    private void Abandon(string detail)
    {
        if (_scan.Waiting.Length > 0)
        {
            _output.Fault(StreamFaultKind.UnitDropped, _scan.Start, detail);
        }

        _scan.Clear();
    }

    private int Scan(ReadOnlySpan<byte> window, long offset, bool final)
    {
        int at = 0;
        while (window.Length - at >= HeaderBytes)
        {
            ReadOnlySpan<byte> rest = window[at..];
            int length = HeaderBytes + (((rest[1] & 0x1F) << 8) | rest[2]);
            if (!IsSync(rest))
            {
                at += Resync(rest, offset + at);
                continue;
            }

            if (rest.Length < length || (!_locked && !final && rest.Length < length + 2))
            {
                return at;
            }

            if (!_locked && rest.Length >= length + 2 && !IsSync(rest[length..]))
            {
                at += Resync(rest, offset + at);
                continue;
            }

            (_locked, _inGarbage) = (true, false);
            if (!ReadElement(rest[HeaderBytes..length], offset + at))
            {
                _output.Discontinuity = true;
            }

            at += length;
        }

        return at;
    }

    private int Resync(ReadOnlySpan<byte> bytes, long offset)
    {
        _locked = false;
        if (!_inGarbage)
        {
            _inGarbage = true;
            _output.Fault(StreamFaultKind.Garbage, offset, "Bytes that belong to no AudioMuxElement (ISO/IEC 14496-3 1.7.2).");
            _output.Discontinuity = true;
        }

        int next = bytes[1..].IndexOf((byte)0x56);
        return next < 0 ? bytes.Length : next + 1;
    }

    /// <summary>AudioMuxElement(1) of 1.7.3.</summary>
    private bool ReadElement(ReadOnlySpan<byte> element, long offset)
    {
        BitReader reader = new(element);
        bool sameMux = reader.Flag();
        if (!sameMux)
        {
            StreamMuxConfig? mux = StreamMuxConfig.Parse(ref reader);
            if (mux is null)
            {
                _output.Fault(
                    StreamFaultKind.Malformed,
                    offset,
                    "A StreamMuxConfig that is malformed or of several layers (ISO/IEC 14496-3 1.7.3)."
                );
                return false;
            }

            Announce(mux);
        }

        if (_mux is null)
        {
            _output.Fault(StreamFaultKind.Missing, offset, "AudioMuxElements before the first StreamMuxConfig.");
            return false;
        }

        for (int i = 0; i < _mux.SubFrames; i++)
        {
            int length = _mux.FixedPayloadBytes ?? PayloadLength(ref reader);
            if (reader.Overrun || length == 0 || length > reader.Left / 8)
            {
                _output.Fault(StreamFaultKind.UnitDamaged, offset, "Payloads longer than their AudioMuxElement.");
                return false;
            }

            StreamMuxConfig.CopyBits(ref reader, _output.Builder.Grow(length));
            _output.Emit(offset, _mux.Config.CoreSamplesPerFrame);
        }

        return true;
    }

    /// <summary>PayloadLengthInfo() with frameLengthType 0.</summary>
    private static int PayloadLength(ref BitReader reader)
    {
        int length = 0;
        uint part;
        do
        {
            part = reader.Bits(8);
            length += (int)part;
        } while (part == byte.MaxValue);
        return length;
    }

    private void Announce(StreamMuxConfig mux)
    {
        _mux = mux;
        byte[] bytes = mux.Config.ToBytes();
        if (_output.Format is { } known && known.ParameterSets[0].Span.SequenceEqual(bytes))
        {
            return;
        }

        TrackFormat format = new()
        {
            Codec = Codec.Aac,
            Timescale = Timescale.Mpeg,
            ParameterSets = [bytes],
            Audio = mux.Config.ToAudioFormat(),
        };
        _output.Announce(format, mux.Config.SampleRate);
    }
}
