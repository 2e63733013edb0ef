using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>Stands between a parser and the demultiplexer's sink: gives formats, units and faults their track, the MPEG clock and the place in the input.</summary>
internal sealed class TsTrack(int number, TrackKind kind, IAccessUnitSink sink, TsDemuxer owner) : IAccessUnitSink
{
    private const int ClockBits = 33;
    private const long ClockMask = (1L << ClockBits) - 1;

    private UnitFlags _pending;

    public int Number => number;

    public TrackKind Kind => kind;

    /// <summary>The next unit does not continue the last one of this track: the program changed.</summary>
    public void Interrupt() => _pending |= UnitFlags.Discontinuity;

    public void Report(StreamFaultKind fault, string detail) => sink.OnFault(new StreamFault(fault, number, owner.Position, detail));

    public void OnFormat(int track, TrackFormat format) =>
        sink.OnFormat(number, format with { ClockBits = ClockBits, Timescale = Timescale.Mpeg });

    public void OnUnit(in AccessUnit unit)
    {
        AccessUnit mine = unit with
        {
            Track = number,
            DecodeTime = Wrap(unit.DecodeTime),
            PresentationTime = Wrap(unit.PresentationTime),
            Flags = unit.Flags | _pending,
        };
        _pending = UnitFlags.None;
        sink.OnUnit(mine);
    }

    public void OnFault(in StreamFault fault) => sink.OnFault(fault with { Track = number, Offset = owner.Position });

    /// <summary>Times that a parser counted on from a PES packet's may have passed the end of the 33-bit clock.</summary>
    private static MediaTime Wrap(MediaTime time) => time.IsKnown ? new MediaTime(time.Ticks & ClockMask) : time;
}
