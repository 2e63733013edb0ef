using Rig.Media.Codecs;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.AnnexB;

/// <summary>How to read a raw byte stream.</summary>
public sealed record AnnexBOptions
{
    /// <summary>H.264 or H.265; null to find out from the first NAL units.</summary>
    public Codec? Codec { get; init; }

    /// <summary>Frames a second, against what the stream says; null to believe its VUI, and 25 where that says nothing.</summary>
    public Ratio? FrameRate { get; init; }

    public CaptureClock CaptureClock { get; init; }
}

/// <summary>A raw H.264 or H.265 file or pipe: one track, whose times are counted from 0 at 90 kHz.</summary>
public sealed class AnnexBDemuxer : IDemuxer
{
    /// <summary>Bytes that are enough to tell the codec: encoders begin with delimiters, parameter sets and SEI of a few hundred.</summary>
    private const int ProbeBytes = 4096;

    private readonly BlockPool _pool;
    private readonly IAccessUnitSink _sink;
    private readonly AnnexBOptions _options;
    private readonly byte[] _probe = new byte[ProbeBytes];
    private int _probed;
    private IElementaryStreamParser? _parser;
    private UtcInstant _arrival = UtcInstant.Unknown;

    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults of track 0.</param>
    /// <param name="options">Null for the defaults.</param>
    public AnnexBDemuxer(BlockPool pool, IAccessUnitSink sink, AnnexBOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        (_pool, _sink, _options) = (pool, sink, options ?? new AnnexBOptions());
        if (_options.Codec is { } codec)
        {
            _parser = Create(codec);
        }
    }

    public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        _arrival = arrival;
        if (_parser is null)
        {
            int count = Math.Min(bytes.Length, ProbeBytes - _probed);
            bytes[..count].CopyTo(_probe.AsSpan(_probed));
            _probed += count;
            bytes = bytes[count..];
            Probe(final: _probed == ProbeBytes);
        }

        _parser?.Append(bytes, arrival);
    }

    public void Flush()
    {
        if (_parser is null)
        {
            Probe(final: true);
        }

        _parser?.Flush();
    }

    public void Dispose() => _parser?.Dispose();

    private void Probe(bool final)
    {
        ReadOnlySpan<byte> bytes = _probe.AsSpan(0, _probed);
        Codec? codec = AnnexBProbe.Detect(bytes, final);
        if (codec is null && final)
        {
            codec = Codec.H264;
            _sink.OnFault(
                new StreamFault(
                    StreamFaultKind.Missing,
                    -1,
                    0,
                    "No parameter sets at the beginning tell H.264 from H.265; H.264 is assumed."
                )
            );
        }

        if (codec is { } known)
        {
            _parser = Create(known);
            _parser.Append(bytes, _arrival);
        }
    }

    private IElementaryStreamParser Create(Codec codec)
    {
        ElementaryTrack track = new(0)
        {
            CountTimes = true,
            FrameRate = _options.FrameRate,
            CaptureClock = _options.CaptureClock,
        };
        return codec == Codec.H265 ? new H265Parser(track, _pool, _sink) : new H264Parser(track, _pool, _sink);
    }
}

/// <summary>Tells H.264 from H.265 by what their parameter sets look like when read as the one and the other.</summary>
public static class AnnexBProbe
{
    /// <summary>The codec; null when there is nothing to tell it yet.</summary>
    /// <param name="bytes">The beginning of a stream.</param>
    /// <param name="whole">The last NAL unit is complete, too.</param>
    public static Codec? Detect(ReadOnlySpan<byte> bytes, bool whole)
    {
        int last = bytes.LastIndexOf(AnnexBReader.StartCode);
        ReadOnlySpan<byte> complete = whole || last < 0 ? bytes : bytes[..last];
        foreach (ReadOnlySpan<byte> nal in AnnexBReader.Read(complete))
        {
            if (
                nal.Length > H265NalHeader.Bytes
                && H265NalHeader.Of(nal) is { Type: H265NalType.SequenceParameterSet, LayerId: 0 }
                && H265Sps.Parse(nal) is not null
            )
            {
                return Codec.H265;
            }

            if (
                new H264NalHeader(nal[0]) is { Type: H264NalType.SequenceParameterSet, IsForbidden: false }
                && H264Sps.Parse(nal) is not null
            )
            {
                return Codec.H264;
            }
        }

        return null;
    }
}
