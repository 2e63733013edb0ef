using Rig.Media;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Sources;

namespace Rig.Streams.TestCamera;

/// <summary>
/// The test camera: takes pictures at exact instants of the node's clock, codes them in this process, and misbehaves where its options
/// say so. One timer, no thread of its own.
/// </summary>
internal sealed class TestCameraSource : ISource
{
    /// <summary>Pictures later than this are left out: the process was stopped or the clock was set, and nobody wants a burst of minutes.</summary>
    private static readonly MediaSpan LatestPicture = MediaSpan.FromSeconds(2);

    private const int VideoTrack = 0;

    private readonly TestCameraOptions _options;
    private readonly SourceContext _context;
    private readonly SourceCounters _counters = new();
    private readonly UnitBuilder _video;
    private readonly ITone? _tone;
    private TestPicture _picture;
    private FrameGrid _grid;
    private ulong _dice;
    private UnitFlags _videoFlags;
    private UnitFlags _audioFlags;
    private long _framesInGop;
    private bool _resized;

    /// <param name="options">What to show and how to misbehave.</param>
    /// <param name="context">Clock and memory.</param>
    /// <param name="tone">The sound; null for none. Disposed with the source.</param>
    public TestCameraSource(TestCameraOptions options, SourceContext context, ITone? tone)
    {
        _options = options;
        _context = context;
        _tone = tone;
        _video = new UnitBuilder(context.Pool);
        _picture = new TestPicture(options.Width, options.Height, options);
        _dice = 0x2545F4914F6CDD1D ^ (ulong)options.Name.Sum(character => (long)character);
    }

    public string Description => _options.ToString();

    public SourceStatistics Statistics => _counters.Read();

    public async Task RunAsync(ISourceOutput output, CancellationToken cancellation)
    {
        using var alarm = new Alarm(_context.Time, cancellation);
        if (_tone is not null)
        {
            await _tone.PrepareAsync(cancellation);
        }

        _grid = new FrameGrid(alarm.Now, _options.Rate, _options.DriftPpm);
        output.OnContents(new StreamContents(1, _tone is null ? 0 : 1));
        output.OnFormat(VideoTrack, _picture.Format);
        _tone?.Begin(output, _grid.CaptureOf(0));
        for (long frame = 0; ; frame++)
        {
            await alarm.WaitUntilAsync(_grid.CaptureOf(frame));
            if (alarm.Now - _grid.CaptureOf(frame) > LatestPicture)
            {
                frame = Math.Max(frame, _grid.FrameAt(alarm.Now));
                _tone?.SkipTo(_grid.SinceFirst(frame));
                _videoFlags |= UnitFlags.Discontinuity;
            }

            Take(output, frame, alarm.Now);
        }
    }

    public ValueTask DisposeAsync()
    {
        _video.Dispose();
        _tone?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Take(ISourceOutput output, long frame, UtcInstant now)
    {
        MediaSpan elapsed = _grid.SinceFirst(frame);
        if (IsStalled(elapsed))
        {
            _tone?.SkipTo(elapsed);
            _videoFlags |= UnitFlags.Discontinuity;
            return;
        }

        ResizeWhenDue(output, elapsed);
        MediaSpan shift = Jumped(elapsed);
        TakePicture(output, frame, now, shift);
        if (_tone is not null)
        {
            SendTone(output, elapsed, now, shift);
        }
    }

    private void TakePicture(ISourceOutput output, long frame, UtcInstant now, MediaSpan shift)
    {
        UtcInstant capture = _grid.CaptureOf(frame);
        bool key = _framesInGop % _options.Gop == 0;
        _framesInGop = key ? 1 : _framesInGop + 1;
        _picture.Take(_video, capture, frame, _grid.SinceFirst(frame), key);
        _counters.CountRead(_video.Length);
        if (IsLost(output, VideoTrack))
        {
            _video.Discard();
            _videoFlags |= UnitFlags.Discontinuity;
            return;
        }

        (UnitBlock block, int offset, int length) = _video.Take();
        var time = new MediaTime(Timescale.Mpeg.ToTicks(_grid.SinceFirst(frame) + shift));
        output.OnUnit(
            new AccessUnit
            {
                Block = block,
                Offset = offset,
                Length = length,
                Track = VideoTrack,
                DecodeTime = time,
                PresentationTime = time,
                Arrival = now,
                Capture = capture,
                Flags = _videoFlags | (key ? UnitFlags.Key : UnitFlags.None),
            }
        );
        _videoFlags = UnitFlags.None;
    }

    private void SendTone(ISourceOutput output, MediaSpan elapsed, UtcInstant now, MediaSpan shift)
    {
        while (_tone!.TryTake(elapsed, shift, out AccessUnit unit))
        {
            if (IsLost(output, unit.Track))
            {
                unit.Release();
                _audioFlags |= UnitFlags.Discontinuity;
                continue;
            }

            _counters.CountRead(unit.Length);
            output.OnUnit(unit with { Arrival = now, Flags = unit.Flags | _audioFlags });
            _audioFlags = UnitFlags.None;
        }
    }

    private bool IsStalled(MediaSpan elapsed) =>
        _options.Stall is { } stall && elapsed >= MediaSpan.From(stall.At) && elapsed < MediaSpan.From(stall.At + stall.Length);

    private MediaSpan Jumped(MediaSpan elapsed) =>
        _options.Jump is { } jump && elapsed >= MediaSpan.From(jump.At) ? MediaSpan.From(jump.Length) : MediaSpan.Zero;

    private void ResizeWhenDue(ISourceOutput output, MediaSpan elapsed)
    {
        if (!_resized && _options.Resize is { } resize && elapsed >= MediaSpan.From(resize.At))
        {
            _resized = true;
            _picture = new TestPicture(resize.Width, resize.Height, _options);
            _framesInGop = 0;
            output.OnFormat(VideoTrack, _picture.Format);
        }
    }

    /// <summary>Throws a die that falls the same way in each run of a camera of this name.</summary>
    private bool IsLost(ISourceOutput output, int track)
    {
        if (_options.Loss <= 0)
        {
            return false;
        }

        _dice ^= _dice << 13;
        _dice ^= _dice >> 7;
        _dice ^= _dice << 17;
        bool lost = (_dice >> 11) * (1.0 / (1ul << 53)) < _options.Loss;
        if (lost)
        {
            _counters.CountFault(StreamFaultKind.PacketLost);
            output.OnFault(new StreamFault(StreamFaultKind.PacketLost, track, _counters.Packets, "the test camera was told to lose units"));
        }

        return lost;
    }
}
