using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Node.Hosting;
using Rig.Streams.Clocks;
using Rig.Streams.Log;
using Rig.Streams.Recording;
using Rig.Streams.Sources;
using Rig.Streams.Sources.Ingest;

namespace Rig.Node.Recording;

/// <summary>One source recorded without a node: ingest, log and recorder joined for one run.</summary>
internal sealed class DirectCamera(string id, DirectRecordingOptions options, LogBudget budget, DiskThreads disk, TimeProvider time)
    : IIngestObserver,
        IRecorderObserver
{
    private CameraRecorder? _recorder;
    private string? _problem;

    public string Id { get; } = id;

    public CameraIngest? Ingest { get; private set; }

    public RecorderStatistics Recorded => _recorder?.GetStatistics() ?? default;

    /// <summary>Records until the source ends or the token is cancelled; closes the files. Gives what went wrong, null when nothing did.</summary>
    public async Task<string?> RunAsync(ISource source, CancellationToken cancel)
    {
        using GopLog log = new(budget: budget);
        using IDisposable? steady = SteadyTime.Hold(time);
        Ingest = new CameraIngest(source, log, this, time);
        RecordingRequest request = new()
        {
            SessionId = options.SessionId,
            CameraId = Id,
            Folder = options.Folder,
            Metadata = new SegmentMetadata
            {
                Session = options.SessionId,
                Camera = Id,
                Software = $"RecorderRig {ProductVersion.Text}",
            },
        };
        RecorderOptions settings = new() { RotationSpan = MediaSpan.From(options.Rotation) };
        await using (_recorder = CameraRecorder.Start(log, request, new LinuxSegmentFiles(), disk, this, settings, time))
        {
            IngestEnd end = await Ingest.RunAsync(cancel);
            _recorder.Stop(UtcInstant.Unknown);
            await _recorder.Completion;
            return end.Kind == IngestEndKind.Failed ? end.Reason : _problem;
        }
    }

    void IIngestObserver.OnStarted() { }

    void IIngestObserver.OnFormat(int track, TrackFormat format, bool isChange) { }

    void IIngestObserver.OnStalled(TimeSpan silence) { }

    void IIngestObserver.OnResumed(TimeSpan silence) { }

    void IIngestObserver.OnEncoderBehind(string text) => _problem = text;

    void IIngestObserver.OnEncoderRecovered() { }

    void IIngestObserver.OnEnded(IngestEnd end) { }

    void IRecorderObserver.OnState(RecorderState state) { }

    void IRecorderObserver.OnOpened(SegmentOpened segment) { }

    void IRecorderObserver.OnDurable(long bytes, UtcInstant lastCapture) { }

    void IRecorderObserver.OnGap(SegmentGap gap) { }

    void IRecorderObserver.OnClosed(SegmentClosed segment) { }

    void IRecorderObserver.OnDiskFault(SegmentIoException fault) => _problem = fault.Message;

    void IRecorderObserver.OnDiskRecovered() { }

    void IRecorderObserver.OnFailed(Exception error) => _problem = error.Message;
}
