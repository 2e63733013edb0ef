using System.Buffers.Binary;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.TestCamera;

/// <summary>The tone as 16-bit PCM, one channel, 20 ms a unit. A second of it is made ahead and repeated.</summary>
internal sealed class PcmTone(BlockPool pool, int track, double driftPpm) : ITone
{
    public const int SampleRate = 48_000;
    public const int SamplesPerUnit = SampleRate / 50;

    private const int BytesPerSample = 2;
    private const int Frequency = 1_000;

    private static readonly Timescale Scale = new(SampleRate);

    private readonly UnitBuilder _builder = new(pool);
    private readonly byte[] _second = MakeSecond();
    private UtcInstant _start;
    private long _unit;

    public Task PrepareAsync(CancellationToken cancellation) => Task.CompletedTask;

    public void Begin(IAccessUnitSink output, UtcInstant start)
    {
        _start = start;
        output.OnFormat(
            track,
            new TrackFormat
            {
                Codec = Codec.Pcm,
                Timescale = Scale,
                Audio = new AudioFormat
                {
                    SampleRate = SampleRate,
                    Channels = 1,
                    SamplesPerUnit = SamplesPerUnit,
                    BitsPerSample = 8 * BytesPerSample,
                },
                CaptureClock = CaptureClock.FrameStamp,
            }
        );
    }

    public bool TryTake(MediaSpan elapsed, MediaSpan shift, out AccessUnit unit)
    {
        unit = default;
        long first = _unit * SamplesPerUnit;
        if (Scale.ToSpan(first + SamplesPerUnit) > elapsed)
        {
            return false;
        }

        long phase = Scale.ToTicks(new MediaSpan(_start.Nanoseconds % 1_000_000_000));
        CopySamples((int)((first + phase) % SampleRate));
        (UnitBlock block, int offset, int length) = _builder.Take();
        MediaTime time = new MediaTime(first) + Scale.ToTicks(shift);
        unit = new AccessUnit
        {
            Block = block,
            Offset = offset,
            Length = length,
            Track = track,
            DecodeTime = time,
            PresentationTime = time,
            Capture = _start + DriftedSpan(first),
            Flags = UnitFlags.Key,
        };
        _unit++;
        return true;
    }

    public void SkipTo(MediaSpan elapsed) => _unit = Math.Max(_unit, Scale.ToTicks(elapsed) / SamplesPerUnit);

    public void Dispose() => _builder.Dispose();

    /// <summary>A second of the tone as it is on the wire, big-endian, beginning on the second.</summary>
    public static byte[] MakeSecond()
    {
        const double loud = 0.25 * short.MaxValue;
        const double soft = 0.02 * short.MaxValue;
        byte[] second = new byte[SampleRate * BytesPerSample];
        for (int i = 0; i < SampleRate; i++)
        {
            double level = i < SampleRate / 10 ? loud : soft;
            short sample = (short)(level * Math.Sin(2 * Math.PI * Frequency * i / SampleRate));
            BinaryPrimitives.WriteInt16BigEndian(second.AsSpan(i * BytesPerSample), sample);
        }

        return second;
    }

    private MediaSpan DriftedSpan(long samples)
    {
        long nanoseconds = Scale.ToSpan(samples).Nanoseconds;
        return new MediaSpan(nanoseconds - (long)(driftPpm / 1e6 * nanoseconds));
    }

    private void CopySamples(int from)
    {
        int whole = Math.Min(SamplesPerUnit, SampleRate - from);
        _builder.Append(_second.AsSpan(from * BytesPerSample, whole * BytesPerSample));
        _builder.Append(_second.AsSpan(0, (SamplesPerUnit - whole) * BytesPerSample));
    }
}
