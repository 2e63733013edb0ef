using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Rig.Media;
using Rig.Media.Codecs;
using Rig.Media.Formats;
using Rig.Media.MpegTs;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Processes;
using Rig.Streams.Sources;

namespace Rig.Streams.TestCamera;

/// <summary>
/// The test camera behind a real encoder, for what it does not make itself: H.265 and B-pictures. Its pictures go to a child ffmpeg as a raw
/// stream and come back as MPEG-TS; each gets back the times and the capture instant that it was sent with, found by its place in
/// presentation order. Sound goes past the encoder.
/// </summary>
internal sealed class TranscodedTestCamera(TestCameraSource camera, TestCameraOptions options, SourceContext context) : ISource
{
    /// <summary>Pictures on their way to the encoder; more than that is an encoder that cannot keep up.</summary>
    private const int QueueLength = 256;

    private readonly SourceCounters _counters = new();
    private ChildProcess? _encoder;

    public string Description => $"{camera.Description} {options.Codec}";

    public EncoderSetting Encoder { get; } =
        new(
            options.Codec == Codec.H265 ? "libx265" : "libx264",
            "ultrafast",
            options.Rate.Value,
            "Lower the test camera's size or rate, or leave out codec and bframes."
        );

    EncoderSetting? ISource.Encoder => Encoder;

    public SourceStatistics Statistics =>
        _counters.Read() with
        {
            ErrorOutput = _encoder?.ErrorOutput ?? [],
            ChildProcessId = _encoder is { Exited.IsCompleted: false } child ? child.Id : null,
        };

    public async Task RunAsync(ISourceOutput output, CancellationToken cancellation)
    {
        _encoder = ChildProcess.Start(
            new ChildCommand
            {
                Program = Programs.Find("ffmpeg", context),
                HasInput = true,
                Arguments = Arguments(),
            }
        );
        var sent = new SentPictures();
        var feed = new Feed(sent);
        var back = new Return(output, sent, feed, options.Rate);
        using var demuxer = new TsDemuxer(new CountingSink(back, _counters), context.Pool);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] all =
        [
            camera.RunAsync(feed, stop.Token),
            feed.WriteAsync(_encoder.Input!, stop.Token),
            BytePump.RunAsync($"source {context.CameraId}", new ChildReader(_encoder), demuxer, back, _counters, context.Time, stop.Token),
        ];
        try
        {
            await await Task.WhenAny(all);
            throw new SourceException($"The test camera's encoder ended. It said: {string.Join(" | ", _encoder.ErrorOutput.TakeLast(3))}");
        }
        finally
        {
            await stop.CancelAsync();
            await _encoder.DisposeAsync();
            await Task.WhenAll(all)
                .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            feed.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_encoder is not null)
        {
            await _encoder.DisposeAsync();
        }

        await camera.DisposeAsync();
    }

    private string[] Arguments()
    {
        string rate = string.Create(CultureInfo.InvariantCulture, $"{options.Rate.Numerator}/{options.Rate.Denominator}");
        string[] encoder =
            options.Codec == Codec.H265
                ?
                [
                    "-c:v",
                    "libx265",
                    "-preset",
                    "ultrafast",
                    "-x265-params",
                    $"log-level=error:keyint={options.Gop}:bframes={options.BPictures}:rc-lookahead=5",
                ]
                : ["-c:v", "libx264", "-preset", "ultrafast", "-g", $"{options.Gop}", "-bf", $"{options.BPictures}", "-rc-lookahead", "5"];
        return
        [
            "-hide_banner",
            "-loglevel",
            "error",
            "-probesize",
            "32768",
            "-f",
            "h264",
            "-framerate",
            rate,
            "-i",
            "pipe:0",
            .. encoder,
            "-muxdelay",
            "0",
            "-muxpreload",
            "0",
            "-flush_packets",
            "1",
            "-f",
            "mpegts",
            "pipe:1",
        ];
    }

    /// <summary>Times and instants of the newest pictures sent, by their number. Written by the camera, read by the encoder's reader.</summary>
    private sealed class SentPictures
    {
        private readonly ConcurrentDictionary<long, (MediaTime Time, UtcInstant Capture)> _pictures = new();
        private long _count;

        public void Add(MediaTime time, UtcInstant capture)
        {
            _pictures[_count] = (time, capture);
            _pictures.TryRemove(_count - (4 * QueueLength), out _);
            _count++;
        }

        public bool TryFind(long number, out (MediaTime Time, UtcInstant Capture) picture) => _pictures.TryGetValue(number, out picture);
    }

    /// <summary>Where the camera's units go: pictures to the encoder's input, sound to wait for the next picture that comes back.</summary>
    private sealed class Feed(SentPictures sent) : ISourceOutput
    {
        private static readonly byte[] StartCode = [0, 0, 0, 1];

        private readonly Channel<AccessUnit> _pictures = Channel.CreateBounded<AccessUnit>(QueueLength);
        private TrackFormat? _video;

        /// <summary>Formats and units of the sound, in order.</summary>
        public ConcurrentQueue<(TrackFormat? Format, AccessUnit Unit)> Sound { get; } = new();

        public void OnFormat(int track, TrackFormat format)
        {
            if (format.Kind == TrackKind.Video)
            {
                _video = format;
            }
            else
            {
                Sound.Enqueue((format, default));
            }
        }

        public void OnUnit(in AccessUnit unit)
        {
            if (unit.Track != 0)
            {
                Sound.Enqueue((null, unit));
            }
            else if (_pictures.Writer.TryWrite(unit))
            {
                sent.Add(unit.PresentationTime, unit.Capture);
            }
            else
            {
                unit.Release();
                _pictures.Writer.TryComplete(new SourceException("The test camera's encoder cannot keep up. Lower its size or rate."));
            }
        }

        public void OnFault(in StreamFault fault) { }

        public ValueTask WaitUntilWritableAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public async Task WriteAsync(Stream encoder, CancellationToken cancellation)
        {
            await foreach (AccessUnit picture in _pictures.Reader.ReadAllAsync(cancellation))
            {
                byte[] bytes = ToByteStream(picture);
                picture.Release();
                await encoder.WriteAsync(bytes, cancellation);
            }
        }

        public void Clear()
        {
            while (_pictures.Reader.TryRead(out AccessUnit picture))
            {
                picture.Release();
            }

            while (Sound.TryDequeue(out (TrackFormat? Format, AccessUnit Unit) sound))
            {
                if (sound.Format is null)
                {
                    sound.Unit.Release();
                }
            }
        }

        /// <summary>The picture as a byte stream (H.264 Annex B), a key picture behind its parameter sets.</summary>
        private byte[] ToByteStream(in AccessUnit picture)
        {
            using var stream = new MemoryStream(picture.Length + 256);
            foreach (ReadOnlyMemory<byte> set in picture.IsKey ? _video!.ParameterSets : [])
            {
                stream.Write(StartCode);
                stream.Write(set.Span);
            }

            foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(picture.Span))
            {
                stream.Write(StartCode);
                stream.Write(nal);
            }

            return stream.ToArray();
        }
    }

    /// <summary>What comes back from the encoder, with the times it was sent with. All output happens here, on the reader's thread.</summary>
    private sealed class Return(ISourceOutput output, SentPictures sent, Feed feed, Ratio rate) : ISourceOutput
    {
        private const int WireBits = 33;

        private readonly double _ticksPerPicture = Timescale.Mpeg.TicksPerSecond / rate.Value;
        private long _firstTicks = long.MinValue;
        private long _lastTicks;

        public void OnFormat(int track, TrackFormat format) =>
            output.OnFormat(track, format with { ClockBits = 64, CaptureClock = CaptureClock.FrameStamp });

        public void OnUnit(in AccessUnit unit)
        {
            long ticks = Unwrap(unit.PresentationTime.Ticks);
            long number = (long)Math.Round((ticks - _firstTicks) / _ticksPerPicture);
            if (!sent.TryFind(number, out (MediaTime Time, UtcInstant Capture) picture))
            {
                unit.Release();
                return;
            }

            long reorder = Wrap(unit.PresentationTime - unit.DecodeTime);
            output.OnUnit(unit with { PresentationTime = picture.Time, DecodeTime = picture.Time - reorder, Capture = picture.Capture });
            SendSound();
        }

        public void OnFault(in StreamFault fault) => output.OnFault(fault);

        public ValueTask WaitUntilWritableAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        private void SendSound()
        {
            while (feed.Sound.TryDequeue(out (TrackFormat? Format, AccessUnit Unit) sound))
            {
                if (sound.Format is { } format)
                {
                    output.OnFormat(1, format);
                }
                else
                {
                    output.OnUnit(sound.Unit);
                }
            }
        }

        /// <summary>The first picture to come back is the first that was sent: a key picture, which none precedes in presentation order.</summary>
        private long Unwrap(long ticks)
        {
            if (_firstTicks == long.MinValue)
            {
                _firstTicks = ticks;
                _lastTicks = ticks;
            }

            _lastTicks += Wrap(ticks - _lastTicks);
            return _lastTicks;
        }

        private static long Wrap(long difference) => difference << (64 - WireBits) >> (64 - WireBits);
    }
}
