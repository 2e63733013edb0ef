using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Timelines;
using Rig.Media.Units;

namespace Rig.Media.Tests.Timelines;

/// <summary>A timeline between units made up by a test and a list of what came out. Every unit holds one byte.</summary>
internal sealed class TimelineRig : IAccessUnitSink
{
    public static readonly UtcInstant Start = UtcInstant.FromMicroseconds(1_800_000_000_000_000);

    private readonly BlockPool _pool = new();

    public TimelineRig() => Timeline = new Timeline(this);

    public Timeline Timeline { get; }

    public List<AccessUnit> Units { get; } = [];

    public List<StreamFault> Faults { get; } = [];

    public List<(int Track, TrackFormat Format)> Formats { get; } = [];

    public IReadOnlyList<AccessUnit> Track(int track) => [.. Units.Where(unit => unit.Track == track)];

    public static TrackFormat Video(int bits = 33, int depth = 0, int fps = 25) =>
        new()
        {
            Codec = Codec.H264,
            Timescale = Timescale.Mpeg,
            ClockBits = bits,
            Video = new VideoFormat
            {
                Width = 640,
                Height = 360,
                FrameRate = new Ratio(fps, 1),
                ReorderDepth = depth,
            },
        };

    public static TrackFormat Audio(int bits = 33, uint wire = 90_000, int rate = 48_000) =>
        new()
        {
            Codec = Codec.Aac,
            Timescale = new Timescale(wire),
            ClockBits = bits,
            Audio = new AudioFormat
            {
                SampleRate = rate,
                Channels = 2,
                SamplesPerUnit = 1024,
            },
        };

    /// <summary>Pushes a unit whose wire times are cut to the clock's width.</summary>
    public AccessUnit Push(
        int track,
        long decode,
        double arrivalSeconds,
        long? presentation = null,
        int bits = 33,
        UtcInstant? capture = null
    )
    {
        long mask = bits >= 64 ? -1 : (1L << bits) - 1;
        UnitBlock block = _pool.Rent(1);
        Timeline.OnUnit(
            new AccessUnit
            {
                Block = block,
                Offset = 0,
                Length = 1,
                Track = track,
                DecodeTime = new MediaTime(decode & mask),
                PresentationTime = new MediaTime((presentation ?? decode) & mask),
                Arrival = Start + MediaSpan.FromSeconds(arrivalSeconds),
                Capture = capture ?? UtcInstant.Unknown,
            }
        );
        return Units[^1];
    }

    public void OnFormat(int track, TrackFormat format) => Formats.Add((track, format));

    public void OnUnit(in AccessUnit unit)
    {
        Units.Add(unit);
        unit.Release();
        Assert.Equal(0, _pool.RentedBytes);
    }

    public void OnFault(in StreamFault fault) => Faults.Add(fault);

    /// <summary>What every output must keep, whatever came in.</summary>
    public void AssertOrdered()
    {
        foreach (IGrouping<int, AccessUnit> track in Units.GroupBy(unit => unit.Track))
        {
            AccessUnit[] units = [.. track];
            for (int index = 0; index < units.Length; index++)
            {
                Assert.True(units[index].PresentationTime >= units[index].DecodeTime, "A unit is presented before it is decoded.");
                Assert.True(
                    index == 0 || units[index].DecodeTime > units[index - 1].DecodeTime,
                    $"Decode times do not rise at unit {index}."
                );
            }
        }
    }
}
