using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs;

/// <summary>The outgoing side of parsers whose units follow each other without reordering (audio, JPEG): times, formats, faults.</summary>
internal sealed class AudioOutput(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink) : IDisposable
{
    /// <summary>Times that wait for the unit that begins behind them; more only when bytes come that form no unit.</summary>
    private const int MaxWaitingTimes = 16;

    private readonly UnitBuilder _builder = new(pool);
    private readonly List<(long Offset, MediaTime Presentation, MediaTime Decode)> _times = [];
    private TrackFormat? _format;

    /// <summary>The last given time and the units since then, in steps of the unit's own clock.</summary>
    private MediaTime _anchor = track.CountTimes ? MediaTime.Zero : MediaTime.Unknown;
    private long _sinceAnchor;
    private long _stepRate = 1;

    public UtcInstant Arrival { get; set; }

    public bool Discontinuity { get; set; }

    public TrackFormat? Format => _format;

    public UnitBuilder Builder => _builder;

    /// <summary>Times for the first unit that begins at <paramref name="offset"/> or later.</summary>
    public void SetTimes(long offset, MediaTime presentation, MediaTime decode)
    {
        if (_times.Count == MaxWaitingTimes)
        {
            _times.RemoveAt(0);
        }

        _times.Add((offset, presentation, decode));
    }

    public void Announce(TrackFormat format, int stepRate)
    {
        Timescale own = track.Timescale ?? new Timescale((uint)stepRate);
        if (_anchor.IsKnown && _format is { } last)
        {
            _anchor = last.Timescale.Convert(Next(last.Timescale), own);
            _sinceAnchor = 0;
        }

        _stepRate = stepRate;
        _format = format with { Timescale = own, ClockBits = track.ClockBits, CaptureClock = track.CaptureClock };
        sink.OnFormat(track.Track, _format);
    }

    /// <summary>Gives out what is in the builder.</summary>
    /// <param name="offset">Where in the stream it began.</param>
    /// <param name="steps">Its length in steps of the rate given with the format.</param>
    public void Emit(long offset, int steps)
    {
        MediaTime presentation = MediaTime.Unknown;
        MediaTime decode = MediaTime.Unknown;
        while (_times.Count > 0 && _times[0].Offset <= offset)
        {
            (_, presentation, decode) = _times[0];
            _times.RemoveAt(0);
        }

        if (presentation.IsKnown)
        {
            (_anchor, _sinceAnchor) = (presentation, 0);
        }
        else if (_anchor.IsKnown)
        {
            presentation = Next(_format!.Timescale);
        }

        (UnitBlock block, int start, int length) = _builder.Take();
        sink.OnUnit(
            new AccessUnit
            {
                Block = block,
                Offset = start,
                Length = length,
                Track = track.Track,
                DecodeTime = decode.IsKnown ? decode : presentation,
                PresentationTime = presentation,
                Arrival = Arrival,
                Capture = UtcInstant.Unknown,
                Flags = UnitFlags.Key | (Discontinuity ? UnitFlags.Discontinuity : UnitFlags.None),
            }
        );
        Discontinuity = false;
        _sinceAnchor += steps;
    }

    public void Fault(StreamFaultKind kind, long offset, string detail) => sink.OnFault(new StreamFault(kind, track.Track, offset, detail));

    public void Dispose() => _builder.Dispose();

    private MediaTime Next(Timescale timescale) => _anchor + Timescale.Scale(_sinceAnchor * timescale.TicksPerSecond, 1, _stepRate);
}
