using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Support;

/// <summary>What a sink saw of one unit: a copy of its bytes and its properties. The unit's memory is already released.</summary>
/// <param name="FormatIndex">How many formats of any track had been announced before it.</param>
public sealed record CollectedUnit(
    int Track,
    byte[] Bytes,
    MediaTime Decode,
    MediaTime Presentation,
    UtcInstant Arrival,
    UnitFlags Flags,
    int FormatIndex
)
{
    public bool IsKey => (Flags & UnitFlags.Key) != 0;

    public bool IsDisposable => (Flags & UnitFlags.Disposable) != 0;

    public bool IsDiscontinuity => (Flags & UnitFlags.Discontinuity) != 0;

    public bool IsDamaged => (Flags & UnitFlags.Damaged) != 0;
}

/// <summary>Keeps copies of everything it is given and releases the memory at once; holds producers to the order that the interface promises.</summary>
public sealed class CollectingSink : IAccessUnitSink
{
    public List<CollectedUnit> Units { get; } = [];

    public List<(int Track, TrackFormat Format)> Formats { get; } = [];

    public List<StreamFault> Faults { get; } = [];

    /// <summary>The newest format of a track.</summary>
    public TrackFormat Format(int track = 0) => Formats.Last(entry => entry.Track == track).Format;

    public IEnumerable<CollectedUnit> Track(int track) => Units.Where(unit => unit.Track == track);

    public int Count(StreamFaultKind kind) => Faults.Count(fault => fault.Kind == kind);

    public void OnFormat(int track, TrackFormat format) => Formats.Add((track, format));

    public void OnUnit(in AccessUnit unit)
    {
        int track = unit.Track;
        Assert.True(Formats.Exists(entry => entry.Track == track), $"A unit of track {track} came before the track's format.");
        Assert.True(unit.Length > 0, "An empty unit came out.");
        Units.Add(
            new CollectedUnit(
                unit.Track,
                unit.Span.ToArray(),
                unit.DecodeTime,
                unit.PresentationTime,
                unit.Arrival,
                unit.Flags,
                Formats.Count
            )
        );
        unit.Release();
    }

    public void OnFault(in StreamFault fault) => Faults.Add(fault);
}
