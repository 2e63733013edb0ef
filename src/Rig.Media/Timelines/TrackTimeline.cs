using Rig.Media.Codecs.Opus;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Timelines;

/// <summary>The times of one track: unwraps, finds jumps, orders, counts samples, estimates captures. See <see cref="Timeline"/>.</summary>
internal sealed class TrackTimeline
{
    private const long NoArrival = long.MinValue;

    /// <summary>Backwards steps of audio stamps below this are jitter of the sender's timer.</summary>
    private static readonly MediaSpan AudioJitter = MediaSpan.FromMilliseconds(100);

    /// <summary>Reordered pictures that are allowed for where the parameter sets say nothing: B-pyramids of cameras are at most this deep.</summary>
    private const int PresumedDepth = 4;

    private const int PresumedFrameRate = 25;
    private const int AacSamples = 1024;

    private readonly ClockDomain _domain;
    private readonly TimelineStatistics _statistics;
    private readonly Timescale _wire;
    private readonly Timescale _output;
    private readonly int _bits;
    private readonly SampleCounter? _samples;
    private readonly CaptureEstimate _capture = new();
    private DecodeOrder? _order;
    private TrackFormat _format;
    private ClockDomain.Epoch? _epoch;
    private long _epochOffset;
    private long _offset;
    private long _lastWire;
    private long _lastOut = long.MinValue;
    private long _duration;

    public TrackTimeline(TrackFormat format, ClockDomain domain, TimelineStatistics statistics, TrackTimeline? before)
    {
        (_format, _domain, _statistics, _wire, _bits) = (format, domain, statistics, format.Timescale, format.ClockBits);
        _output = OutputScale(format);
        _duration = _output.TicksPerSecond / PresumedFrameRate;
        if (format.Audio is { } audio && format.Kind == TrackKind.Audio)
        {
            _samples = new SampleCounter(audio.SampleRate);
        }

        UseVideo(format);
        if (before is { _lastOut: not long.MinValue })
        {
            _lastOut = before._output.Convert(new MediaTime(before._lastOut), _output).Ticks;
        }
    }

    public ClockDomain Domain => _domain;

    public TrackKind Kind => _format.Kind;

    /// <summary>The format with the times that this gives.</summary>
    public TrackFormat Format => _format with { Timescale = _output, ClockBits = 64 };

    /// <summary>Takes a new format over when the clock goes on; false when the track must start anew.</summary>
    public bool TryChange(TrackFormat format)
    {
        if (format.Timescale != _wire || format.ClockBits != _bits || OutputScale(format) != _output || format.Kind != Kind)
        {
            return false;
        }

        _format = format;
        UseVideo(format);
        return true;
    }

    /// <summary>The unit with its times on the output line.</summary>
    /// <param name="unit">The unit with wire times.</param>
    /// <param name="reference">The domain whose line others are aligned with.</param>
    /// <param name="jumped">Whether the clock jumped here.</param>
    public AccessUnit Place(in AccessUnit unit, ClockDomain reference, out bool jumped)
    {
        long arrival = unit.Arrival.IsKnown && unit.Arrival != default ? unit.Arrival.Nanoseconds : NoArrival;
        UnitFlags flags = unit.Flags;
        (long decode, long presentation) = Unwrap(unit);
        jumped = Follow(decode, unit.Capture.IsKnown && unit.Capture != default ? unit.Capture.Nanoseconds : arrival, arrival, reference);
        flags |= jumped ? UnitFlags.Discontinuity : UnitFlags.None;
        Measure(decode - _lastWire, jumped);
        _lastWire = decode;

        long outDecode = ToOutput(decode);
        long outPresentation = ToOutput(presentation);
        long stamp = outPresentation;
        if (_samples is { } samples)
        {
            outDecode = Count(samples, unit, outPresentation, reference, ref flags);
            outPresentation = outDecode;
        }
        else if (_order is { } order)
        {
            outDecode = order.Next(outPresentation, _duration);
        }

        if (_lastOut != long.MinValue && outDecode <= _lastOut)
        {
            _statistics.ForcedDecodeTimes++;
            outDecode = _lastOut + 1;
        }

        _lastOut = outDecode;
        outPresentation = Math.Max(outPresentation, outDecode);
        _domain.Advance(_epoch!, Nanoseconds(_wire, decode), Nanoseconds(_output, outDecode), arrival);
        return unit with
        {
            DecodeTime = new MediaTime(outDecode),
            PresentationTime = new MediaTime(outPresentation),
            Capture = Capture(unit, Nanoseconds(_output, stamp), arrival),
            Flags = flags,
        };
    }

    /// <summary>The node's clock was moved; the domain is told apart.</summary>
    public void ShiftCaptures(long by) => _capture.Shift(by);

    private static Timescale OutputScale(TrackFormat format) =>
        format.Kind == TrackKind.Audio && format.Audio is { SampleRate: > 0 } audio
            ? new Timescale((uint)audio.SampleRate)
            : Timescale.Mpeg;

    private static long Nanoseconds(Timescale scale, long ticks) => scale.ToSpan(ticks).Nanoseconds;

    private void UseVideo(TrackFormat format)
    {
        if (format.Video is not { } video)
        {
            return;
        }

        if (video.FrameRate is { Numerator: > 0, Denominator: > 0 } rate)
        {
            _duration = Math.Max(1, (long)_output.TicksPerSecond * rate.Denominator / rate.Numerator);
        }

        // RTP has no decode times at all (RFC 6184 5.1); MPEG-TS sends them where they differ (2.7.5).
        if (_bits == 32 && video.ReorderDepth > 0 && _order?.Depth != video.ReorderDepth)
        {
            _order = new DecodeOrder(video.ReorderDepth);
        }
    }

    /// <summary>The unit's wire times as counters that do not wrap: nearest to the last one, or to the other tracks' at the start.</summary>
    private (long Decode, long Presentation) Unwrap(in AccessUnit unit)
    {
        MediaTime presentation = unit.PresentationTime.IsKnown ? unit.PresentationTime : unit.DecodeTime;
        MediaTime decode = unit.DecodeTime.IsKnown ? unit.DecodeTime : presentation;
        long near =
            _epoch is not null ? _lastWire
            : _domain.LastWire is { } last ? _wire.ToTicks(new MediaSpan(last))
            : long.MinValue;
        if (!decode.IsKnown)
        {
            _statistics.MissingTimes++;
            long next = near == long.MinValue ? 0 : near + Timescale.Scale(DurationOf(unit), _wire.TicksPerSecond, _output.TicksPerSecond);
            return (next, next);
        }

        long unwrapped = near == long.MinValue ? decode.Ticks : near + Signed(decode.Ticks - near);
        long delay = Signed(presentation.Ticks - decode.Ticks);
        return (unwrapped, Math.Abs(delay) <= _wire.ToTicks(new MediaSpan(ClockDomain.JumpLimit)) ? unwrapped + delay : unwrapped);
    }

    /// <summary>A difference of counters of the wire's width, as the shortest way round.</summary>
    private long Signed(long difference) => _bits >= 64 ? difference : difference << (64 - _bits) >> (64 - _bits);

    private bool Follow(long decode, long instant, long arrival, ClockDomain reference)
    {
        long wire = Nanoseconds(_wire, decode);
        if (_epoch is null)
        {
            long start =
                reference != _domain && reference.HasCaptureOffset && instant != NoArrival ? instant - reference.CaptureOffset
                : _bits == 32 ? 0
                : wire;
            Enter(_domain.Enter(wire, arrival, Nanoseconds(_output, _duration), null, start));
            return false;
        }

        if (_epoch.Offset != _epochOffset)
        {
            Enter(_epoch);
        }

        long step = decode - _lastWire;
        if (step <= _wire.ToTicks(new MediaSpan(ClockDomain.JumpLimit)) && step >= -BackwardLimit())
        {
            return false;
        }

        _statistics.ClockJumps++;
        _order?.Reset();
        _samples?.Restart();
        Enter(_domain.Enter(wire, arrival, Nanoseconds(_output, _duration), _epoch, 0));
        AvoidOverlap(decode);
        return true;
    }

    private void Enter(ClockDomain.Epoch epoch)
    {
        _epoch = epoch;
        _epochOffset = epoch.Offset;
        _offset = _output.ToTicks(new MediaSpan(epoch.Offset));
    }

    /// <summary>Sound that jumped first may have chosen a place that is too early for the picture: pictures cannot be pressed together, so that the sound gets a gap.</summary>
    private void AvoidOverlap(long decode)
    {
        long overlap = _lastOut + _duration - ToOutput(decode);
        if (_samples is null && overlap > 0)
        {
            _epoch!.Delay(Nanoseconds(_output, overlap));
            Enter(_epoch);
        }
    }

    /// <summary>How far stamps may go back without the clock having jumped, in wire ticks.</summary>
    private long BackwardLimit()
    {
        if (_samples is not null)
        {
            return _wire.ToTicks(AudioJitter);
        }

        int depth = _format.Video?.ReorderDepth ?? 0;
        depth = _bits == 32 ? Math.Max(depth, PresumedDepth) : depth;
        return Timescale.Scale((depth + 1) * _duration, _wire.TicksPerSecond, _output.TicksPerSecond);
    }

    /// <summary>Learns the spacing of pictures where the format does not tell.</summary>
    private void Measure(long step, bool jumped)
    {
        if (
            _samples is null
            && _format.Video?.FrameRate is null
            && !jumped
            && step > 0
            && step < _wire.TicksPerSecond
            && _lastOut != long.MinValue
        )
        {
            long ticks = Timescale.Scale(step, _output.TicksPerSecond, _wire.TicksPerSecond);
            _duration = Math.Max(1, ((7 * _duration) + ticks) / 8);
        }
    }

    private long ToOutput(long wire) => Timescale.Scale(wire, _output.TicksPerSecond, _wire.TicksPerSecond) + _offset;

    private long Count(SampleCounter samples, in AccessUnit unit, long stamp, ClockDomain reference, ref UnitFlags flags)
    {
        if (reference != _domain && reference.HasCaptureOffset && _domain.HasCaptureOffset)
        {
            stamp += _output.ToTicks(new MediaSpan(_domain.CaptureOffset - reference.CaptureOffset));
        }

        _duration = DurationOf(unit);
        double corrected = samples.CorrectedSamples;
        long start = samples.Next(stamp, (int)_duration, out bool gap);
        _statistics.CorrectedSamples += (long)(samples.CorrectedSamples - corrected);
        if (gap)
        {
            _statistics.AudioGaps++;
            flags |= UnitFlags.Discontinuity;
        }

        return start;
    }

    /// <summary>The unit's length in output ticks.</summary>
    private long DurationOf(in AccessUnit unit)
    {
        if (_samples is null || _format.Audio is not { } audio)
        {
            return _duration;
        }

        int channels = Math.Max(1, audio.Channels);
        return _format.Codec switch
        {
            Codec.PcmALaw or Codec.PcmMuLaw => unit.Length / channels,
            Codec.Pcm => unit.Length / Math.Max(1, channels * audio.BitsPerSample / 8),
            Codec.Opus => Math.Max(1, OpusPacket.Samples(unit.Span)),
            _ => audio.SamplesPerUnit > 0 ? audio.SamplesPerUnit : AacSamples,
        };
    }

    private UtcInstant Capture(in AccessUnit unit, long media, long arrival)
    {
        if (arrival != NoArrival)
        {
            _domain.Transit.Add(media, arrival);
        }

        if (unit.Capture.IsKnown && unit.Capture != default)
        {
            _domain.SetExact(unit.Capture.Nanoseconds - media);
            return unit.Capture;
        }

        return _domain.Transit.IsStarted ? new UtcInstant(_capture.At(media, _domain.Transit)) : UtcInstant.Unknown;
    }
}
