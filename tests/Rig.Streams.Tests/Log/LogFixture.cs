using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Tests.Log;

/// <summary>A log with its own pool, and units whose payload is their sequence number. Disposing checks that every unit was released once.</summary>
internal sealed class LogFixture : IDisposable, IGopLogObserver
{
    public const int Video = 0;
    public const int Audio = 1;

    public static readonly UtcInstant Start = UtcInstant.From(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    public static readonly MediaSpan Frame = MediaSpan.FromMilliseconds(40);

    private readonly UnitBuilder _builder;

    public LogFixture(GopLogOptions? options = null, LogBudget? budget = null, bool formats = true)
    {
        _builder = new UnitBuilder(Pool);
        Log = new GopLog(options, budget, this);
        if (formats)
        {
            Log.OnFormat(Video, VideoFormat());
            Log.OnFormat(Audio, AudioFormat());
        }
    }

    public BlockPool Pool { get; } = new();

    public GopLog Log { get; }

    public List<bool> Pressures { get; } = [];

    public List<(long Units, LogGapCause Cause)> Losses { get; } = [];

    public static TrackFormat VideoFormat(int width = 640) =>
        new()
        {
            Codec = Codec.H264,
            Timescale = Timescale.Mpeg,
            Video = new VideoFormat { Width = width, Height = 360 },
        };

    public static TrackFormat AudioFormat() =>
        new()
        {
            Codec = Codec.Aac,
            Timescale = new Timescale(48_000),
            Audio = new AudioFormat { SampleRate = 48_000, Channels = 2 },
        };

    /// <summary>The capture instant of a frame number.</summary>
    public static UtcInstant At(double frame) => Start + new MediaSpan((long)(frame * Frame.Nanoseconds));

    /// <summary>Writes a unit captured at a frame number; its payload begins with its sequence number.</summary>
    public void Write(double frame, bool key = false, int track = Video, int length = 100, UnitFlags flags = UnitFlags.None)
    {
        BinaryPrimitives.WriteInt64BigEndian(_builder.Grow(Math.Max(8, length)), Log.NextSequence);
        (UnitBlock block, int offset, int taken) = _builder.Take();
        long ticks = (long)(frame * 3600);
        Log.OnUnit(
            new AccessUnit
            {
                Block = block,
                Offset = offset,
                Length = taken,
                Track = track,
                DecodeTime = new MediaTime(ticks),
                PresentationTime = new MediaTime(ticks),
                Capture = At(frame),
                Arrival = At(frame + 1),
                Flags = flags | (key ? UnitFlags.Key : UnitFlags.None),
            }
        );
    }

    /// <summary>Writes so many frames from a number on, with a key unit wherever the number is a multiple of <paramref name="gop"/>.</summary>
    public void WriteFrames(int from, int count, int gop = 10, int length = 100)
    {
        for (int frame = from; frame < from + count; frame++)
        {
            Write(frame, frame % gop == 0, length: length);
        }
    }

    public static long PayloadOf(in LogItem item) => BinaryPrimitives.ReadInt64BigEndian(item.Unit.Span);

    /// <summary>Reads and releases all that is there: the sequence number of a unit, or a gap.</summary>
    public static List<object> ReadAll(LogReader reader, int batch = 7)
    {
        var read = new List<object>();
        var items = new LogItem[batch];
        int count;
        while ((count = reader.TryRead(items)) > 0)
        {
            foreach (ref LogItem item in items.AsSpan(0, count))
            {
                if (item.Gap is { } gap)
                {
                    read.Add(gap);
                    continue;
                }

                Assert.Equal(item.Sequence, PayloadOf(item));
                read.Add(item.Sequence);
                item.Release();
            }
        }

        return read;
    }

    public static List<object> Numbers(long from, long to)
    {
        var numbers = new List<object>();
        for (long number = from; number < to; number++)
        {
            numbers.Add(number);
        }

        return numbers;
    }

    void IGopLogObserver.OnPressure(bool underPressure) => Pressures.Add(underPressure);

    void IGopLogObserver.OnLoss(long units, LogGapCause cause) => Losses.Add((units, cause));

    public void Dispose()
    {
        Log.Dispose();
        _builder.Dispose();
        Assert.Equal(0, Pool.RentedBytes);
    }
}
