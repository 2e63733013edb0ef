using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Processes;
using Rig.Streams.Sources;

namespace Rig.Streams.TestCamera;

/// <summary>
/// The tone as AAC-LC, one channel. ffmpeg encodes it once at the start; 8 s are exactly 375 frames of 1024 samples and whole periods of the
/// tone, so that they can be repeated without a click.
/// </summary>
internal sealed class AacTone(SourceContext context, int track, double driftPpm) : ITone
{
    private const int SamplesPerFrame = 1024;
    private const int LoopSeconds = 8;
    private const int LoopFrames = LoopSeconds * PcmTone.SampleRate / SamplesPerFrame;

    /// <summary>The encoder's first frame holds silence before the sound (its delay), the next 8 s are for it to settle.</summary>
    private const int SkippedFrames = 1 + LoopFrames;
    private const int EncodedSeconds = (2 * LoopSeconds) + 1;

    private const int AdtsHeaderBytes = 7;

    /// <summary>ISO/IEC 14496-3 1.6.2.1: AAC-LC, 48 kHz, one channel.</summary>
    private static readonly byte[] Configuration = [0x11, 0x88];

    private static readonly Timescale Scale = new(PcmTone.SampleRate);

    private readonly UnitBuilder _builder = new(context.Pool);
    private byte[][] _frames = [];
    private UtcInstant _start;
    private long _firstFrame;
    private long _unit;

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var command = new ChildCommand
        {
            Program = Programs.Find("ffmpeg", context),
            HasInput = true,
            Arguments = [.. "-hide_banner -loglevel error -f s16be -ar 48000 -ac 1 -i pipe:0 -c:a aac -b:a 64k -f adts pipe:1".Split(' ')],
        };
        await using ChildProcess encoder = ChildProcess.Start(command);
        Task<byte[]> encoded = Task.Factory.StartNew(
            () => ReadAll(encoder, cancellation),
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        await FeedAsync(encoder.Input!, cancellation);
        byte[][] frames = CutFrames(await encoded);
        if (frames.Length < SkippedFrames + LoopFrames)
        {
            string said = string.Join(" | ", encoder.ErrorOutput);
            throw new SourceException($"ffmpeg made {frames.Length} AAC frames of the tone. Use audio=pcm. It said: {said}");
        }

        _frames = frames[SkippedFrames..(SkippedFrames + LoopFrames)];
    }

    public void Begin(IAccessUnitSink output, UtcInstant start)
    {
        _start = start;
        _firstFrame = Scale.ToTicks(new MediaSpan(start.Nanoseconds % (LoopSeconds * 1_000_000_000L))) / SamplesPerFrame;
        output.OnFormat(
            track,
            new TrackFormat
            {
                Codec = Codec.Aac,
                Timescale = Scale,
                ParameterSets = [Configuration],
                Audio = new AudioFormat
                {
                    SampleRate = PcmTone.SampleRate,
                    Channels = 1,
                    SamplesPerUnit = SamplesPerFrame,
                },
                CaptureClock = CaptureClock.FrameStamp,
            }
        );
    }

    public bool TryTake(MediaSpan elapsed, MediaSpan shift, out AccessUnit unit)
    {
        unit = default;
        long first = _unit * SamplesPerFrame;
        if (Scale.ToSpan(first + SamplesPerFrame) > elapsed)
        {
            return false;
        }

        _builder.Append(_frames[(_firstFrame + _unit) % LoopFrames]);
        (UnitBlock block, int offset, int length) = _builder.Take();
        MediaTime time = new MediaTime(first) + Scale.ToTicks(shift);
        long nanoseconds = Scale.ToSpan(first).Nanoseconds;
        unit = new AccessUnit
        {
            Block = block,
            Offset = offset,
            Length = length,
            Track = track,
            DecodeTime = time,
            PresentationTime = time,
            Capture = _start + new MediaSpan(nanoseconds - (long)(driftPpm / 1e6 * nanoseconds)),
            Flags = UnitFlags.Key,
        };
        _unit++;
        return true;
    }

    public void SkipTo(MediaSpan elapsed) => _unit = Math.Max(_unit, Scale.ToTicks(elapsed) / SamplesPerFrame);

    public void Dispose() => _builder.Dispose();

    private static async Task FeedAsync(Stream input, CancellationToken cancellation)
    {
        byte[] second = PcmTone.MakeSecond();
        await using (input)
        {
            for (int i = 0; i < EncodedSeconds; i++)
            {
                await input.WriteAsync(second, cancellation);
            }
        }
    }

    private static byte[] ReadAll(ChildProcess encoder, CancellationToken cancellation)
    {
        const int patience = 250;
        using var all = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int count = -1; count != 0; )
        {
            cancellation.ThrowIfCancellationRequested();
            count = encoder.Read(buffer, patience);
            all.Write(buffer, 0, Math.Max(count, 0));
        }

        return all.ToArray();
    }

    /// <summary>adts_frame() (ISO/IEC 13818-7 6.2): the 13 bits of aac_frame_length begin in bit 30.</summary>
    private static byte[][] CutFrames(ReadOnlySpan<byte> adts)
    {
        var frames = new List<byte[]>();
        while (adts.Length >= AdtsHeaderBytes)
        {
            int length = ((adts[3] & 3) << 11) | (adts[4] << 3) | (adts[5] >> 5);
            if (length <= AdtsHeaderBytes || length > adts.Length)
            {
                break;
            }

            frames.Add(adts[AdtsHeaderBytes..length].ToArray());
            adts = adts[length..];
        }

        return [.. frames];
    }
}
