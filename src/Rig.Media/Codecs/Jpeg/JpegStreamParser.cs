using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.Jpeg;

/// <summary>
/// JPEG images one behind the other (MJPEG of cameras, pipes and files) to units of one image each. Walks the markers
/// (ITU-T T.81 B.1.1), so that thumbnails inside application segments do not end an image.
/// </summary>
public sealed class JpegStreamParser : IElementaryStreamParser
{
    private const int MicrosecondsPerSecond = 1_000_000;

    /// <summary>When neither the track nor its reader says.</summary>
    private static readonly Ratio DefaultRate = new(25, 1);

    private readonly AudioOutput _output;
    private readonly ElementaryTrack _track;
    private readonly Ratio _rate;
    private State _state = State.Outside;
    private int _segmentLeft;
    private bool _inGarbage;
    private long _offset;
    private long _imageOffset;
    private JpegHeader _header;

    /// <param name="track">What the container knows.</param>
    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults.</param>
    public JpegStreamParser(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        _track = track with { Timescale = track.Timescale ?? Timescale.Mpeg };
        _rate = track.FrameRate ?? DefaultRate;
        _output = new AudioOutput(_track, pool, sink);
    }

    private enum State
    {
        /// <summary>Before an image.</summary>
        Outside,

        /// <summary>A 0xFF outside of an image.</summary>
        OutsidePrefix,

        /// <summary>Between segments: a 0xFF is due.</summary>
        Marker,

        /// <summary>The code behind a 0xFF is due.</summary>
        Code,
        LengthHigh,
        LengthLow,
        Segment,

        /// <summary>In the length of a start of scan.</summary>
        ScanLengthHigh,
        ScanLengthLow,
        ScanHeader,

        /// <summary>In entropy-coded data.</summary>
        Scan,
        ScanPrefix,
    }

    public void SetTimes(MediaTime presentation, MediaTime decode) => _output.SetTimes(_offset, presentation, decode);

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        _output.Arrival = arrival;
        while (!bytes.IsEmpty)
        {
            int count = Step(bytes);
            _offset += count;
            bytes = bytes[count..];
        }
    }

    /// <inheritdoc/>
    /// <remarks>An image ends with its marker; nothing waits for its successor.</remarks>
    public void EndOfUnit() { }

    public void Gap()
    {
        Abandon(StreamFaultKind.UnitDropped, "An image lost some of its bytes.");
        _output.Discontinuity = true;
    }

    public void Flush() => Abandon(StreamFaultKind.UnitDropped, "The stream ends within an image.");

    public void Dispose() => _output.Dispose();

    /// <summary>Handles as many bytes as the state allows at once.</summary>
    private int Step(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Outside:
                return SkipOutside(bytes);
            case State.Segment or State.ScanHeader:
                return CopySegment(bytes);
            case State.Scan:
                return CopyScan(bytes);
            default:
                Take(bytes[0]);
                return 1;
        }
    }

    private int SkipOutside(ReadOnlySpan<byte> bytes)
    {
        int prefix = bytes.IndexOf(JpegMarker.Prefix);
        int skipped = prefix < 0 ? bytes.Length : prefix;
        if (!_inGarbage && bytes[..skipped].ContainsAnyExcept((byte)0))
        {
            // Zeros fill up images to sectors or packets.
            _inGarbage = true;
            _output.Fault(StreamFaultKind.Garbage, _offset, "Bytes between images (ITU-T T.81 B.2.1).");
        }

        _state = prefix < 0 ? State.Outside : State.OutsidePrefix;
        return prefix < 0 ? skipped : skipped + 1;
    }

    private int CopySegment(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _segmentLeft);
        Store(bytes[..count]);
        _segmentLeft -= count;
        if (_segmentLeft == 0 && _state is State.Segment or State.ScanHeader)
        {
            EndSegment();
        }

        return count;
    }

    private void EndSegment()
    {
        if (_segmentLeft == 0)
        {
            _state = _state == State.Segment ? State.Marker : State.Scan;
        }
    }

    private int CopyScan(ReadOnlySpan<byte> bytes)
    {
        int prefix = bytes.IndexOf(JpegMarker.Prefix);
        int count = prefix < 0 ? bytes.Length : prefix + 1;
        _state = prefix < 0 ? State.Scan : State.ScanPrefix;
        Store(bytes[..count]);
        return count;
    }

    /// <summary>One byte in the states that look at single bytes.</summary>
    private void Take(byte value)
    {
        if (_state == State.OutsidePrefix)
        {
            BeginImage(value);
            return;
        }

        State state = _state;
        Store([value]);
        if (_state != state)
        {
            return; // The image grew too large.
        }

        switch (state)
        {
            case State.Marker when value == JpegMarker.Prefix:
                _state = State.Code;
                break;
            case State.Marker:
                Abandon(StreamFaultKind.UnitDropped, "No marker follows a segment (ITU-T T.81 B.1.1.2).");
                break;
            case State.Code:
                TakeCode(value, inScan: false);
                break;
            case State.ScanPrefix:
                TakeCode(value, inScan: true);
                break;
            case State.LengthHigh or State.ScanLengthHigh:
                _segmentLeft = value << 8;
                _state++;
                break;
            case State.LengthLow or State.ScanLengthLow:
                TakeLength(value);
                break;
        }
    }

    private void BeginImage(byte code)
    {
        if (code != JpegMarker.StartOfImage)
        {
            _state = code == JpegMarker.Prefix ? State.OutsidePrefix : State.Outside;
            return;
        }

        _imageOffset = _offset - 1;
        _inGarbage = false;
        _state = State.Marker;
        Store([JpegMarker.Prefix, JpegMarker.StartOfImage]);
    }

    private void TakeCode(byte code, bool inScan)
    {
        if (code == JpegMarker.EndOfImage)
        {
            EndImage();
        }
        else if (inScan && (code == 0 || JpegMarker.IsRestart(code)))
        {
            _state = State.Scan;
        }
        else if (code == JpegMarker.Prefix)
        {
            _state = inScan ? State.ScanPrefix : State.Code; // Fill bytes.
        }
        else if (code == JpegMarker.StartOfScan)
        {
            _state = State.ScanLengthHigh;
        }
        else if (JpegMarker.HasSegment(code))
        {
            _state = State.LengthHigh;
        }
        else if (code == JpegMarker.StartOfImage)
        {
            // The end of the last image is missing.
            Abandon(StreamFaultKind.UnitDropped, "An image begins within an image.");
            BeginImage(code);
        }
        else
        {
            _state = State.Marker;
        }
    }

    private void TakeLength(byte low)
    {
        _segmentLeft = (_segmentLeft | low) - 2;
        if (_segmentLeft < 0)
        {
            Abandon(StreamFaultKind.UnitDropped, "A segment shorter than its length (ITU-T T.81 B.1.1.4).");
            return;
        }

        _state = _state == State.LengthLow ? State.Segment : State.ScanHeader;
        EndSegment();
    }

    private void EndImage()
    {
        _state = State.Outside;
        if (!JpegHeader.TryParse(_output.Builder.Span, out JpegHeader header))
        {
            Drop(StreamFaultKind.Malformed, "An image without a frame header (ITU-T T.81 B.2.2).");
            return;
        }

        if (header != _header || _output.Format is null)
        {
            _header = header;
            TrackFormat format = new()
            {
                Codec = Codec.Jpeg,
                Timescale = Timescale.Mpeg,
                Video = header.ToVideoFormat(_track.FrameRate),
            };
            _output.Announce(format, MicrosecondsPerSecond);
        }

        _output.Emit(_imageOffset, (int)Timescale.Scale(MicrosecondsPerSecond, _rate.Denominator, _rate.Numerator));
    }

    private void Store(ReadOnlySpan<byte> bytes)
    {
        if (_output.Builder.Length + bytes.Length > StreamLimits.UnitBytes)
        {
            Abandon(StreamFaultKind.LimitExceeded, "An image is larger than StreamLimits.UnitBytes.");
            return;
        }

        _output.Builder.Append(bytes);
    }

    private void Abandon(StreamFaultKind kind, string detail)
    {
        if (_state is not (State.Outside or State.OutsidePrefix))
        {
            Drop(kind, detail);
        }

        _state = State.Outside;
    }

    private void Drop(StreamFaultKind kind, string detail)
    {
        _output.Builder.Discard();
        _output.Fault(kind, _imageOffset, detail);
        _output.Discontinuity = true;
    }
}
