using System.Globalization;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Clocks;
using Rig.Streams.Log;

namespace Rig.Streams.Sources.Ingest;

/// <summary>Settings of an ingest.</summary>
public sealed record IngestOptions
{
    /// <summary>Silence after which a camera counts as stalled.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>False: audio tracks are left out.</summary>
    public bool Audio { get; init; } = true;
}

/// <summary>
/// One run of one camera: source, timeline and GOP log put together, watched for life and measured. When and whether to try again is
/// the business of whoever owns it.
/// </summary>
public sealed class CameraIngest
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(500);

    /// <summary>Ticks from one sample of the rates to the next: a second.</summary>
    private const int TicksPerSample = 2;

    private readonly ISource _source;
    private readonly IIngestObserver _observer;
    private readonly IngestOptions _options;
    private readonly TimeProvider _time;
    private readonly UnitMeter _meter;
    private readonly CameraTimeline _line;
    private readonly Output _output;
    private readonly RateMeter _rates = new();
    private readonly Lock _tickGate = new();
    private readonly long _begun;
    private readonly bool[] _hasFormat = new bool[StreamLimits.Tracks];
    private long _lastUnit;
    private int _state;
    private int _ticks;
    private bool _wasBehind;

    /// <param name="source">Run once and disposed by this.</param>
    /// <param name="log">Takes the units; stays open.</param>
    /// <param name="observer">Told what happens.</param>
    /// <param name="line">The camera's time line where the camera outlives this run; a new one without it.</param>
    public CameraIngest(
        ISource source,
        GopLog log,
        IIngestObserver observer,
        TimeProvider time,
        IngestOptions? options = null,
        CameraTimeline? line = null
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(time);
        _source = source;
        _observer = observer;
        _options = options ?? new IngestOptions();
        _time = time;
        _meter = new UnitMeter(log, OnFormat, OnUnit);
        _line = line ?? new CameraTimeline();
        IAccessUnitSink begin = _line.Begin(_meter);
        IAccessUnitSink chosen = _options.Audio ? begin : new WithoutAudio(begin);
        _output = new Output(time is SteadyTime steady ? new ShiftFollower(chosen, _line, steady) : chosen, log);
        _begun = time.GetTimestamp();
        _lastUnit = _begun;
    }

    /// <summary>The stream as it is now; any thread.</summary>
    public IngestStatistics GetStatistics()
    {
        (double frames, double bits) = ReadRates();
        return new IngestStatistics
        {
            State = (IngestState)Volatile.Read(ref _state),
            Source = _source.Description,
            Video = _meter.First(TrackKind.Video),
            Audio = _meter.First(TrackKind.Audio),
            FramesPerSecond = frames,
            BitsPerSecond = bits,
            Units = _meter.Units,
            Pictures = _meter.Pictures,
            KeyPictures = _meter.KeyPictures,
            Bytes = _meter.Bytes,
            Gaps = _meter.Gaps,
            Faults = _meter.Faults,
            DriftPpm = _line.DriftPpm,
            LastUnit = new UtcInstant(_meter.LastUnit),
            Input = _source.Statistics,
        };
    }

    /// <summary>Runs until the source ends, fails or is cancelled; never throws. Once.</summary>
    public async Task<IngestEnd> RunAsync(CancellationToken cancellation)
    {
        IngestEnd end;
        await using (_time.CreateTimer(static state => ((CameraIngest)state!).Tick(), this, TickPeriod, TickPeriod))
        {
            end = await RunSourceAsync(cancellation);
        }

        Volatile.Write(ref _state, (int)IngestState.Ended);
        _observer.OnEnded(end);
        return end;
    }

    private async Task<IngestEnd> RunSourceAsync(CancellationToken cancellation)
    {
        try
        {
            await using (_source)
            {
                await _source.RunAsync(_output, cancellation);
            }

            return new IngestEnd(IngestEndKind.Ended, $"{_source.Description} ended.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new IngestEnd(IngestEndKind.Cancelled, "");
        }
        catch (SourceException failure)
        {
            return new IngestEnd(IngestEndKind.Failed, failure.Message, failure);
        }
        catch (Exception failure)
        {
            return new IngestEnd(
                IngestEndKind.Failed,
                $"{_source.Description} failed in a way that was not foreseen: {failure.Message}",
                failure
            );
        }
    }

    private void OnFormat(int track, TrackFormat format)
    {
        bool isChange = _hasFormat[track];
        _hasFormat[track] = true;
        _observer.OnFormat(track, format, isChange);
    }

    private void OnUnit()
    {
        long now = _time.GetTimestamp();
        long before = Interlocked.Exchange(ref _lastUnit, now);
        if (Volatile.Read(ref _state) == (int)IngestState.Streaming)
        {
            return;
        }

        if (Interlocked.Exchange(ref _state, (int)IngestState.Streaming) == (int)IngestState.Stalled && _meter.Units > 1)
        {
            _observer.OnResumed(_time.GetElapsedTime(before, now));
        }
        else
        {
            _observer.OnStarted();
        }
    }

    private void Tick()
    {
        TimeSpan silence = _time.GetElapsedTime(Volatile.Read(ref _lastUnit));
        int state = Volatile.Read(ref _state);
        if (silence >= _options.StallTimeout && state < (int)IngestState.Stalled)
        {
            if (Interlocked.CompareExchange(ref _state, (int)IngestState.Stalled, state) == state)
            {
                _observer.OnStalled(silence);
            }
        }

        Measure(state);
    }

    private void Measure(int state)
    {
        bool isBehind;
        bool wasBehind;
        EncoderSetting? encoder = _source.Encoder;
        lock (_tickGate)
        {
            if (++_ticks % TicksPerSample != 0)
            {
                return;
            }

            if (state == (int)IngestState.Stalled)
            {
                _rates.Restart();
            }

            _rates.Sample(_time.GetElapsedTime(_begun).TotalSeconds, _meter.Pictures, _meter.Bytes, encoder?.Nominal);
            isBehind = _rates.IsBehind;
            wasBehind = _wasBehind;
            _wasBehind = isBehind;
        }

        if (isBehind && !wasBehind)
        {
            _observer.OnEncoderBehind(Describe(encoder!));
        }
        else if (wasBehind && !isBehind)
        {
            _observer.OnEncoderRecovered();
        }
    }

    private string Describe(EncoderSetting encoder)
    {
        string preset = encoder.Preset is null ? "" : $" (preset {encoder.Preset})";
        (double frames, _) = ReadRates();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The encoder {encoder.Name}{preset} makes {frames:0.#} of {encoder.Nominal:0.##} pictures a second. {encoder.Remedy}"
        );
    }

    private (double Frames, double Bits) ReadRates()
    {
        lock (_tickGate)
        {
            return (_rates.FramesPerSecond, _rates.BitsPerSecond);
        }
    }

    /// <summary>What the source sees: the timeline in front of the log, and the log's word on whether more is welcome.</summary>
    private sealed class Output(IAccessUnitSink timeline, GopLog log) : ISourceOutput
    {
        public void OnFormat(int track, TrackFormat format) => timeline.OnFormat(track, format);

        public void OnContents(StreamContents contents) => timeline.OnContents(contents);

        public void OnUnit(in AccessUnit unit) => timeline.OnUnit(unit);

        public void OnFault(in StreamFault fault) => timeline.OnFault(fault);

        public ValueTask WaitUntilWritableAsync(CancellationToken cancellation) => log.WhenWritableAsync(cancellation);
    }
}
