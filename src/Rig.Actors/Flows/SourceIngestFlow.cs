using System.Text.Json;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Sources;
using Rig.Streams.Sources.Ingest;
using IngestState = Rig.Contracts.Cameras.IngestState;

namespace Rig.Actors.Flows;

/// <summary>The real ingest flow: a source and <see cref="CameraIngest"/>, in the words of the contracts.</summary>
public sealed class SourceIngestFlow : IIngestFlow, IIngestObserver
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<IngestSignal> _signal;
    private readonly CameraIngest _ingest;
    private readonly Task _run;

    private SourceIngestFlow(
        ISource source,
        CameraSettings camera,
        GopLog log,
        CameraTimeline line,
        IngestSettings settings,
        TimeProvider time,
        Action<IngestSignal> signal
    )
    {
        _signal = signal;
        WaitsForSender = source.WaitsForSender;
        IngestOptions options = new() { StallTimeout = settings.StallTimeout, Audio = camera.Audio };
        _ingest = new CameraIngest(source, log, this, time, options, line);
        _run = Task.Run(() => _ingest.RunAsync(_stop.Token));
    }

    /// <summary>How one camera starts its sources, one run after the other on one time line.</summary>
    public static StartIngest Starter(LiveSettings settings, SourceRegistry registry, TimeProvider time)
    {
        CameraTimeline line = new();
        return (camera, log, signal) =>
            new SourceIngestFlow(
                registry.Create(camera.Source, new SourceContext { CameraId = camera.Id, Time = time }),
                camera,
                log,
                line,
                settings.Current.Ingest,
                time,
                signal
            );
    }

    /// <summary>A camera's log as configured.</summary>
    public static GopLog OpenLog(LogSettings settings, LogBudget budget) =>
        new(
            new GopLogOptions
            {
                PreRoll = MediaSpan.From(settings.PreRoll),
                MaxBytes = settings.CameraBytes,
                HighWatermark = settings.HighWatermark,
                LowWatermark = settings.LowWatermark,
            },
            budget
        );

    public bool WaitsForSender { get; }

    public IngestStatus Measure()
    {
        IngestStatistics now = _ingest.GetStatistics();
        return new IngestStatus
        {
            State = IngestState.Streaming,
            Resolution = FormatText.Size(now.Video),
            Fps = Math.Round(now.FramesPerSecond, 2),
            NominalFps = FormatText.Fps(now.Video),
            VideoCodec = now.Video is { } video ? FormatText.Name(video.Codec) : null,
            AudioCodec = now.Audio is { } audio ? FormatText.Name(audio.Codec) : null,
            Bitrate = (long)now.BitsPerSecond,
            CaptureClock = (now.Video ?? now.Audio) is { } format ? FormatText.Name(format.CaptureClock) : null,
            DriftPpm = now.DriftPpm is { } drift ? Math.Round(drift, 2) : null,
            Units = now.Units,
            KeyUnits = now.KeyPictures,
            Faults = now.Faults.ToDictionary(
                fault => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{fault.Key}"),
                fault => fault.Value,
                StringComparer.Ordinal
            ),
            LastErrorOutput = now.Input.ErrorOutput.Count > 0 ? now.Input.ErrorOutput : null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    void IIngestObserver.OnStarted() => _signal(new IngestSignal.Streaming());

    void IIngestObserver.OnFormat(int track, TrackFormat format, bool isChange) =>
        _signal(new IngestSignal.FormatChanged(FormatText.Describe(format)));

    void IIngestObserver.OnStalled(TimeSpan silence) => _signal(new IngestSignal.Stalled());

    void IIngestObserver.OnResumed(TimeSpan silence) => _signal(new IngestSignal.Streaming());

    void IIngestObserver.OnEncoderBehind(string text) => _signal(new IngestSignal.TooSlow(text));

    void IIngestObserver.OnEncoderRecovered() => _signal(new IngestSignal.FastEnough());

    void IIngestObserver.OnEnded(IngestEnd end)
    {
        if (end.Kind != IngestEndKind.Cancelled)
        {
            IReadOnlyList<string> output = _ingest.GetStatistics().Input.ErrorOutput;
            _signal(new IngestSignal.Ended(end.Reason, output.Count > 0 ? output : null));
        }
    }
}
