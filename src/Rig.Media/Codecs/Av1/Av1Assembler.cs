using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.Av1;

/// <summary>
/// Temporal units of AV1 (7.5) to units of the rig: OBUs with size fields, without temporal delimiters and padding. Takes whole temporal
/// units, in the low-overhead format (5.2) or the length-delimited one (Annex B); containers such as IVF and MP4 hold them so.
/// </summary>
public sealed class Av1Assembler : IDisposable
{
    private readonly ElementaryTrack _track;
    private readonly IAccessUnitSink _sink;
    private readonly UnitBuilder _builder;
    private byte[] _sequenceHeader = [];
    private TrackFormat? _format;
    private bool _formatChanged;
    private bool _reducedStillPicture;
    private bool _isKey;
    private bool _hasFrame;
    private bool _discontinuity;

    /// <param name="track">What the container knows.</param>
    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults.</param>
    public Av1Assembler(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        (_track, _sink, _builder) = (track, sink, new UnitBuilder(pool));
        foreach (ReadOnlyMemory<byte> set in track.ParameterSets)
        {
            ReadOnlySpan<byte> rest = set.Span;
            if (Obu.TryRead(ref rest, out Obu obu))
            {
                Learn(obu);
            }
        }
    }

    /// <summary>A temporal unit in the low-overhead format.</summary>
    public void Push(ReadOnlySpan<byte> temporalUnit, MediaTime presentation, UtcInstant arrival, long offset)
    {
        Begin();
        bool whole = AddAll(temporalUnit);
        Finish(whole, presentation, arrival, offset);
    }

    /// <summary>A temporal unit in the length-delimited format: temporal_unit_size { frame_unit_size { obu_length, OBU } }.</summary>
    public void PushLengthDelimited(ReadOnlySpan<byte> temporalUnit, MediaTime presentation, UtcInstant arrival, long offset)
    {
        Begin();
        Finish(
            Av1AnnexB.TryUnwrap(ref temporalUnit, out ReadOnlySpan<byte> frames) && AddFrameUnits(frames),
            presentation,
            arrival,
            offset
        );
    }

    /// <summary>Temporal units before the next one are missing.</summary>
    public void Gap() => _discontinuity = true;

    public void Dispose() => _builder.Dispose();

    private void Begin()
    {
        _builder.Discard();
        _isKey = _hasFrame = false;
    }

    private bool AddAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!Obu.TryRead(ref bytes, out Obu obu) || !Add(obu))
            {
                return false;
            }
        }

        return true;
    }

    private bool AddFrameUnits(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            if (!Av1AnnexB.TryUnwrap(ref frames, out ReadOnlySpan<byte> frame))
            {
                return false;
            }

            while (!frame.IsEmpty)
            {
                if (!Av1AnnexB.TryUnwrap(ref frame, out ReadOnlySpan<byte> bytes) || !Obu.TryRead(ref bytes, out Obu obu) || !Add(obu))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Add(in Obu obu)
    {
        switch (obu.Type)
        {
            case ObuType.TemporalDelimiter or ObuType.Padding:
                return true;
            case ObuType.SequenceHeader when !Learn(obu):
                return false;
            case ObuType.Frame or ObuType.FrameHeader:
                _hasFrame = true;
                _isKey |= Av1FrameHeader.IsShownKey(obu.Payload, _reducedStillPicture);
                break;
        }

        if (_builder.Length + obu.WrittenLength > StreamLimits.UnitBytes)
        {
            return false;
        }

        obu.Write(_builder.Grow(obu.WrittenLength));
        return true;
    }

    private bool Learn(in Obu obu)
    {
        if (obu.WrittenLength > StreamLimits.ParameterSetBytes || Av1SequenceHeader.Parse(obu.Payload) is not { } header)
        {
            return false;
        }

        byte[] bytes = new byte[obu.WrittenLength];
        obu.Write(bytes);
        if (bytes.AsSpan().SequenceEqual(_sequenceHeader))
        {
            return true;
        }

        VideoFormat video = header.ToVideoFormat();
        _reducedStillPicture = header.ReducedStillPicture;
        _sequenceHeader = bytes;
        _formatChanged = true;
        _format = new TrackFormat
        {
            Codec = Codec.Av1,
            Timescale = _track.Timescale ?? Timescale.Mpeg,
            ClockBits = _track.ClockBits,
            CaptureClock = _track.CaptureClock,
            ParameterSets = [bytes],
            Video = video with { FrameRate = _track.FrameRate ?? video.FrameRate },
        };
        return true;
    }

    private void Finish(bool whole, MediaTime presentation, UtcInstant arrival, long offset)
    {
        if (!whole || !_hasFrame || _format is null)
        {
            StreamFaultKind kind = whole && _format is null ? StreamFaultKind.Missing : StreamFaultKind.UnitDropped;
            _sink.OnFault(
                new StreamFault(
                    kind,
                    _track.Track,
                    offset,
                    "A temporal unit that is malformed, empty or before any sequence header (AV1 7.5)."
                )
            );
            _builder.Discard();
            _discontinuity = true;
            return;
        }

        if (_formatChanged)
        {
            _formatChanged = false;
            _sink.OnFormat(_track.Track, _format);
        }

        (UnitBlock block, int start, int length) = _builder.Take();
        _sink.OnUnit(
            new AccessUnit
            {
                Block = block,
                Offset = start,
                Length = length,
                Track = _track.Track,
                DecodeTime = presentation,
                PresentationTime = presentation,
                Arrival = arrival,
                Capture = UtcInstant.Unknown,
                Flags = (_isKey ? UnitFlags.Key : 0) | (_discontinuity ? UnitFlags.Discontinuity : 0),
            }
        );
        _discontinuity = false;
    }
}

/// <summary>The length-delimited bitstream format of AV1 Annex B: every level carries its size in front.</summary>
public static class Av1AnnexB
{
    /// <summary>Takes a size and as many bytes off <paramref name="bytes"/>; false when they are not there.</summary>
    public static bool TryUnwrap(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        int length = Leb128.TryRead(bytes, out uint size);
        if (length == 0 || size > (uint)(bytes.Length - length))
        {
            return false;
        }

        content = bytes.Slice(length, (int)size);
        bytes = bytes[(length + (int)size)..];
        return true;
    }

    /// <summary>
    /// Whether a temporal unit is length-delimited rather than low-overhead: its first size covers it all, and the first OBU inside is a
    /// temporal delimiter (7.5 demands one), which a low-overhead unit shows in its first byte.
    /// </summary>
    public static bool IsLengthDelimited(ReadOnlySpan<byte> temporalUnit) =>
        TryUnwrap(ref temporalUnit, out ReadOnlySpan<byte> frames)
        && temporalUnit.IsEmpty
        && TryUnwrap(ref frames, out ReadOnlySpan<byte> frame)
        && TryUnwrap(ref frame, out ReadOnlySpan<byte> bytes)
        && Obu.TryRead(ref bytes, out Obu obu)
        && obu.Type == ObuType.TemporalDelimiter;
}

/// <summary>The first bits of a frame header (AV1 5.9.2).</summary>
internal static class Av1FrameHeader
{
    /// <summary>Whether the frame is a key frame that is shown: decoding can begin with it (7.6.2, Annex A of the ISOBMFF binding).</summary>
    public static bool IsShownKey(ReadOnlySpan<byte> payload, bool reducedStillPicture)
    {
        const uint KeyFrame = 0;
        Bits.BitReader reader = new(payload);
        if (reducedStillPicture)
        {
            return true;
        }

        bool showExisting = reader.Flag();
        return !showExisting && reader.Bits(2) == KeyFrame && reader.Flag() && !reader.Overrun;
    }
}
