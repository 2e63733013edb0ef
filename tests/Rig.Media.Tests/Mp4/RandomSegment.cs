using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Mp4;

/// <summary>Units of several tracks with random sizes, distances and reordering, cut into random fragments; all of it follows from the seed.</summary>
public sealed class RandomSegment : IDisposable
{
    private readonly Random _random;
    private readonly BlockPool _pool = new();

    public RandomSegment(int seed)
    {
        _random = new Random(seed);
        Formats = [.. AllFormats().Where((_, index) => index == 0 || _random.Next(3) > 0)];
        for (int track = 0; track < Formats.Count; track++)
        {
            AddUnits(track);
        }

        Units.Sort((left, right) => Decoded(left).CompareTo(Decoded(right)));
        Writer = new SegmentFile(Start());
        for (int i = 0; i < Units.Count; )
        {
            int count = Math.Min(_random.Next(1, 40), Units.Count - i);
            Writer.Write([.. Units.Skip(i).Take(count)]);
            i += count;
        }
    }

    public List<TrackFormat> Formats { get; }

    public List<AccessUnit> Units { get; } = [];

    public SegmentFile Writer { get; }

    public void Dispose() => Units.ForEach(unit => unit.Release());

    private static TrackFormat[] AllFormats() =>
        [
            new()
            {
                Codec = Codec.Av1,
                Timescale = Timescale.Mpeg,
                Video = new VideoFormat
                {
                    Width = 640,
                    Height = 360,
                    SampleAspectRatio = new Ratio(4, 3),
                    Colour = new Colour(9, 16, 9, FullRange: false),
                    MasteringDisplay = new byte[24],
                    ContentLightLevel = new byte[4],
                    Interlaced = true,
                },
                ParameterSets = [new byte[] { 10, 11, 0, 0, 0, 36, 206, 63, 250, 140, 128, 0, 64 }],
            },
            new()
            {
                Codec = Codec.Aac,
                Timescale = new Timescale(44_100),
                Audio = new AudioFormat
                {
                    SampleRate = 44_100,
                    Channels = 2,
                    SamplesPerUnit = 1024,
                },
                ParameterSets = [new byte[] { 0x12, 0x10 }],
            },
            new()
            {
                Codec = Codec.Opus,
                Timescale = new Timescale(48_000),
                Audio = new AudioFormat { SampleRate = 48_000, Channels = 2 },
                ParameterSets = [new byte[] { 79, 112, 117, 115, 72, 101, 97, 100, 1, 2, 56, 1, 128, 187, 0, 0, 0, 0, 0 }],
            },
            new()
            {
                Codec = Codec.PcmALaw,
                Timescale = new Timescale(8_000),
                Audio = new AudioFormat { SampleRate = 8_000, Channels = 1 },
            },
            new()
            {
                Codec = Codec.Pcm,
                Timescale = new Timescale(48_000),
                Audio = new AudioFormat
                {
                    SampleRate = 48_000,
                    Channels = 2,
                    BitsPerSample = 24,
                },
            },
            new() { Codec = Codec.Klv, Timescale = Timescale.Mpeg },
        ];

    private void AddUnits(int track)
    {
        TrackFormat format = Formats[track];
        using var builder = new UnitBuilder(_pool);
        bool video = format.Kind == TrackKind.Video;
        bool reorders = video && _random.Next(2) == 0;
        long tick = _random.NextInt64(-1_000_000_000_000, 1_000_000_000_000);
        long origin = tick;
        UtcInstant capture = Recording.Epoch + MediaSpan.FromMilliseconds(track == 0 ? 0 : _random.Next(0, 500));
        int count = _random.Next(1, 150);
        for (int i = 0; i < count; i++)
        {
            _random.NextBytes(builder.Grow(_random.Next(1, 1500)));
            (UnitBlock block, int offset, int length) = builder.Take();
            bool key = !video || i == 0 || _random.Next(12) == 0;
            long shift = reorders ? _random.Next(-2, 5) * 1000L : 0;
            shift = i == 0 ? 5000 : shift;
            Units.Add(
                new AccessUnit
                {
                    Block = block,
                    Offset = offset,
                    Length = length,
                    Track = track,
                    DecodeTime = new MediaTime(tick),
                    PresentationTime = new MediaTime(tick + (reorders ? shift : 0)),
                    Capture = capture + format.Timescale.ToSpan(tick - origin + (reorders ? shift : 0)),
                    Flags = (key ? UnitFlags.Key : 0) | (video && !key && _random.Next(3) == 0 ? UnitFlags.Disposable : 0),
                }
            );
            tick += _random.Next(1, (int)format.Timescale.TicksPerSecond / 20);
        }
    }

    private SegmentStart Start()
    {
        List<SegmentTrack> tracks = [];
        for (int track = 0; track < Formats.Count; track++)
        {
            AccessUnit first = Units.Find(unit => unit.Track == track);
            bool unseen = track > 0 && _random.Next(3) == 0;
            tracks.Add(unseen ? SegmentTrack.Unseen(Formats[track]) : SegmentTrack.From(Formats[track], first, first));
        }

        return new SegmentStart { Created = Recording.Epoch, Tracks = tracks };
    }

    /// <summary>The decode time as an instant: the order in which a camera delivers.</summary>
    private UtcInstant Decoded(AccessUnit unit) =>
        unit.Capture - Formats[unit.Track].Timescale.ToSpan(unit.PresentationTime - unit.DecodeTime);
}
