using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Bench.Micro;

/// <summary>Lets go of every unit.</summary>
internal sealed class Drain : IAccessUnitSink
{
    public void OnFormat(int track, TrackFormat format) { }

    public void OnUnit(in AccessUnit unit) => unit.Release();

    public void OnFault(in StreamFault fault) { }
}

/// <summary>Keeps every unit.</summary>
internal sealed class UnitStore : IAccessUnitSink, IDisposable
{
    /// <summary>Ticks by which the times of one pass lie after those of the one before; a clip is shorter.</summary>
    private const double PassSeconds = 5;

    public List<AccessUnit> Units { get; } = [];

    public Dictionary<int, TrackFormat> Formats { get; } = [];

    public void OnFormat(int track, TrackFormat format) => Formats[track] = format;

    public void OnUnit(in AccessUnit unit) => Units.Add(unit);

    public void OnFault(in StreamFault fault) { }

    /// <summary>Sends all units to a sink; their times go on from pass to pass.</summary>
    public void Send(IAccessUnitSink sink, int pass)
    {
        foreach (AccessUnit unit in Units)
        {
            long ticks = (long)(pass * PassSeconds * Formats[unit.Track].Timescale.TicksPerSecond);
            unit.AddReference();
            sink.OnUnit(unit with { DecodeTime = unit.DecodeTime + ticks, PresentationTime = unit.PresentationTime + ticks });
        }
    }

    public void Dispose() => Units.ForEach(unit => unit.Release());
}
